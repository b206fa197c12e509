#include <algorithm>
#include <chrono>
#include <utility>

#include "dump/values.h"
#include "engine/float/float_engine.h"
#include "run/runners.h"
#include "run/source_network.h"

namespace lockstep::run {

using Clock = std::chrono::steady_clock;

FloatRunner::FloatRunner(const std::filesystem::path& onnx, RunnerOptions options)
    : path_(onnx.string()),
      options_(std::move(options)),
      graph_(LoadNetwork(onnx, options_.input_shapes, options_.model_shapes)) {}

FloatRunner::~FloatRunner() = default;

dump::Manifest FloatRunner::Head() const {
  dump::Manifest head;
  head.producer = "float";
  head.model = graph_.name;
  head.target = "host";
  return head;
}

std::vector<OutputTensor> FloatRunner::Run(const input::DataItem& item, dump::DumpWriter* dump) {
  if (!engine_ || observing_ != (dump != nullptr)) Prepare(dump != nullptr);
  const auto inputs =
      input::FloatInputs(path_, graph_, options_.preprocess.value_or(quantize::InputPreprocess()), item);
  int index = 0;
  const auto observer = [&](const std::string& name, const graph::Shape& shape, const float* data) {
    dump::DumpLayer layer = Describe(index++, name, shape);
    const std::vector<float> values = dump::ToPhysical(shape, layer.axes, data);
    if (layer.HoldsIntegers()) {
      const std::vector<int64_t> integers(values.begin(), values.end());
      dump->Add(std::move(layer), integers.data(), integers.size() * sizeof(int64_t));
    } else {
      dump->Add(std::move(layer), values.data(), values.size() * sizeof(float));
    }
  };
  const auto start = Clock::now();
  const auto results = dump != nullptr ? engine_->Run(inputs, observer) : engine_->Run(inputs);
  seconds_ = std::chrono::duration<double>(Clock::now() - start).count();
  std::vector<OutputTensor> outputs;
  for (const graph::TensorId id : graph_.outputs) {
    const std::string& name = graph_.tensor(id).name;
    const engine::FloatTensor& tensor = results.at(name);  // copied: a tensor may be listed more than once
    outputs.push_back({name, tensor.shape, tensor.data, {}});
    if (graph_.tensor(id).type == graph::ElementType::kFloat) continue;
    outputs.back().integers.assign(tensor.data.begin(), tensor.data.end());
  }
  return outputs;
}

void FloatRunner::Prepare(bool observe) {
  engine::FloatEngineOptions engine_options;
  engine_options.threads = options_.threads;
  engine_options.observe_all = observe;
  engine_ = std::make_unique<engine::FloatEngine>(graph_, engine_options);
  observing_ = observe;
}

// A dump holds pictures channels last.
dump::DumpLayer FloatRunner::Describe(int index, const std::string& name, const graph::Shape& shape) const {
  dump::DumpLayer layer;
  layer.index = index;
  layer.name = name;
  layer.tensor = name;
  layer.dtype = "f32";
  layer.shape = shape;
  if (shape.size() == 4) {
    layer.axes = {0, 2, 3, 1};
    layer.shape = {shape[0], shape[2], shape[3], shape[1]};
  }
  layer.op = "Input";
  const graph::TensorId id = graph_.Find(name);
  if (graph_.tensor(id).type != graph::ElementType::kFloat) {
    layer.dtype = "s64";
    layer.scale = 1.0;
  }
  for (const graph::Node& node : graph_.nodes) {
    const bool producer =
        node.pre_activation == id || std::find(node.outputs.begin(), node.outputs.end(), id) != node.outputs.end();
    if (!producer) continue;
    layer.op = node.op;
    layer.onnx_nodes = node.onnx_nodes;
  }
  return layer;
}

}  // namespace lockstep::run
