// A network of a few nodes and its inputs, for a comparison with ONNX Runtime.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "import/onnx_writer.h"

namespace lockstep::oracle {

using Shape = std::vector<int64_t>;

inline std::vector<float> Wave(const Shape& shape, float scale, float phase) {
  std::vector<float> values;
  for (int64_t i = 0; i < graph::ElementCount(shape); ++i) {
    values.push_back(scale * std::sin(0.9F * static_cast<float>(i * i % 977) + phase));
  }
  return values;
}

class Network {
 public:
  explicit Network(int64_t opset) : writer(opset) {}

  void Input(const std::string& name, const Shape& shape) {
    writer.Input(name, shape);
    inputs[name] = {shape, Wave(shape, 2.0F, static_cast<float>(name.size() + name[0]))};
  }
  void Weights(const std::string& name, const Shape& shape) {
    writer.Floats(name, shape, Wave(shape, 0.6F, static_cast<float>(name[0])));
  }
  void Strings(onnx::NodeProto& node, const std::string& key, const std::vector<std::string>& values) const {
    auto& attribute = *node.add_attribute();
    attribute.set_name(key);
    attribute.set_type(onnx::AttributeProto::STRINGS);
    for (const std::string& value : values) attribute.add_strings(value);
  }

  importer::OnnxWriter writer;
  std::map<std::string, engine::FloatTensor> inputs;
};

}  // namespace lockstep::oracle
