// A joint model in the making: tensors, constants without duplicates, layers with unique names.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "joint_generated.h"
#include "lower/integer_parameters.h"
#include "lower/layout.h"

namespace lockstep::lower {

// A tensor of the joint model as lowering sees it.
struct Value {
  int32_t tensor = -1;  // index in the joint model
  graph::Shape shape;   // ONNX order
  Axes axes;
  TensorFormat format;

  bool is_float() const { return format.is_float(); }
  AffineParams params() const { return format.affine(); }
};

class ModelDraft {
 public:
  // A tensor that a layer will write. `name` is the ONNX tensor it stands for; copies of a tensor in another order or
  // scale keep its name.
  Value AddActivation(const std::string& name, const graph::Shape& shape, const Axes& axes, const TensorFormat& format);

  // A constant; `bytes` in physical order.
  Value AddConstant(const std::string& name, const graph::Shape& shape, const Axes& axes, const TensorFormat& format,
                    std::vector<uint8_t> bytes);

  // Weights; returns the tensor's index. The tensor's shape is `onnx_shape` in the order of `axes`; `bytes` are packed
  // already.
  int32_t AddWeights(const std::string& name, const graph::Shape& onnx_shape, const Axes& axes, joint::Packing packing,
                     const TensorFormat& format, std::vector<uint8_t> bytes);

  template <typename Options>
  void AddLayer(const std::string& stem, Options options, const std::vector<int32_t>& inputs,
                const std::vector<int32_t>& outputs, const std::vector<std::string>& onnx_nodes, uint64_t macs = 0) {
    auto layer = std::make_unique<joint::LayerT>();
    layer->options.Set(std::move(options));
    FinishLayer(std::move(layer), stem, inputs, outputs, onnx_nodes, macs);
  }

  joint::ModelT& model() { return model_; }
  const std::string& TensorName(const Value& value) const { return model_.tensors[value.tensor]->name; }

 private:
  int32_t AddTensor(const std::string& name, const graph::Shape& shape, const Axes& axes, const TensorFormat& format);
  void SetConstant(int32_t tensor, std::vector<uint8_t> bytes);
  void FinishLayer(std::unique_ptr<joint::LayerT> layer, const std::string& stem, const std::vector<int32_t>& inputs,
                   const std::vector<int32_t>& outputs, const std::vector<std::string>& onnx_nodes, uint64_t macs);

  joint::ModelT model_;
  std::map<std::vector<uint8_t>, int32_t> constants_;  // index by content
  std::set<std::string> layer_names_;
};

// A layer's name from the name of its ONNX node: without the leading '/' and without path components that the next one
// begins with ("/model.22/cv2.0/cv2.0.1/conv/Conv" becomes "model.22/cv2.0.1/Conv").
std::string ShortName(const std::string& onnx_name);

}  // namespace lockstep::lower
