#include <chrono>
#include <utility>

#include "dump/values.h"
#include "engine/float/node_by_node.h"
#include "graph/maker.h"
#include "run/runners.h"
#include "run/source_network.h"

namespace lockstep::run {

using Clock = std::chrono::steady_clock;

namespace {

// Beside a joint model the network takes the same bytes, under names of its own.
std::vector<input::InputInfo> InputsBeside(const std::string& network, const graph::Graph& graph,
                                           const RunnerOptions& options) {
  std::vector<input::InputInfo> inputs = options.model_inputs;
  bool fits = !inputs.empty() && inputs.size() == graph.inputs.size();
  for (size_t i = 0; fits && i < inputs.size(); ++i) {
    const graph::Tensor& tensor = graph.tensor(graph.inputs[i]);
    fits = dump::OnnxShape(inputs[i].layout) == tensor.shape;
    inputs[i].name = tensor.name;
  }
  return fits ? inputs : input::InputsOf(graph, input::ChooseInputs(network, graph, options.inputs));
}

// In ONNX order; what is no float is delivered as int64.
dump::DumpLayer StoredAs(const graph::Tensor& tensor, const graph::Shape& shape) {
  dump::DumpLayer layout;
  layout.tensor = tensor.name;
  layout.shape = shape;
  layout.dtype = tensor.type == graph::ElementType::kFloat ? "f32" : "s64";
  layout.scale = layout.HoldsIntegers() ? 1.0 : 0.0;
  return layout;
}

std::vector<uint8_t> BytesOf(const dump::DumpLayer& layout, const std::vector<float>& values) {
  const auto copy = [](const auto& elements) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(elements.data());
    return std::vector<uint8_t>(bytes, bytes + elements.size() * sizeof(elements[0]));
  };
  return layout.HoldsIntegers() ? copy(std::vector<int64_t>(values.begin(), values.end())) : copy(values);
}

}  // namespace

FloatRunner::FloatRunner(const std::filesystem::path& onnx, RunnerOptions options)
    : path_(onnx.string()),
      options_(std::move(options)),
      graph_(LoadNetwork(onnx, options_.import)),
      inputs_(InputsBeside(path_, graph_, options_)) {}

FloatRunner::~FloatRunner() = default;

dump::Manifest FloatRunner::Head() const {
  dump::Manifest head;
  head.producer = "float";
  head.model = graph_.name;
  head.target = "host";
  return head;
}

std::vector<graph::Shape> FloatRunner::OutputShapes() const {
  std::vector<graph::Shape> shapes;
  for (const graph::TensorId id : graph_.outputs) shapes.push_back(graph_.tensor(id).shape);
  return shapes;
}

std::vector<OutputTensor> FloatRunner::Run(const input::DataItem& item, dump::DumpWriter* dump) {
  if (!prepared_ || observing_ != (dump != nullptr)) Prepare(dump != nullptr);
  const auto inputs = input::FloatInputs(inputs_, item);
  int index = 0;
  const auto observer = [&](const std::string& name, const graph::Shape& shape, const float* data) {
    dump::DumpLayer layer = Describe(index++, name, shape);
    const std::vector<float> values = dump::ToPhysical(shape, layer.axes, data);
    const std::vector<uint8_t> bytes = BytesOf(layer, values);
    dump->Add(std::move(layer), bytes.data(), bytes.size());
  };
  const auto start = Clock::now();
  const auto results = Compute(inputs, dump != nullptr ? engine::FloatObserver(observer) : nullptr);
  seconds_ = std::chrono::duration<double>(Clock::now() - start).count();
  std::vector<OutputTensor> outputs;
  for (const graph::TensorId id : graph_.outputs) {
    const std::string& name = graph_.tensor(id).name;
    const engine::FloatTensor& tensor = results.at(name);  // copied: a tensor may be listed more than once
    OutputTensor& output = outputs.emplace_back();
    output.name = name;
    output.shape = tensor.shape;
    output.values = tensor.data;
    output.layout = StoredAs(graph_.tensor(id), tensor.shape);
    output.bytes = BytesOf(output.layout, tensor.data);
  }
  return outputs;
}

// What no plan of floats can hold, shapes that values decide and integers, runs node by node.
void FloatRunner::Prepare(bool observe) {
  prepared_ = true;
  observing_ = observe;
  if (!engine::FitsPlan(graph_)) return;
  engine::FloatEngineOptions engine_options;
  engine_options.threads = options_.threads;
  engine_options.observe_all = observe;
  engine_ = std::make_unique<engine::FloatEngine>(graph_, engine_options);
}

std::map<std::string, engine::FloatTensor> FloatRunner::Compute(
    const std::map<std::string, engine::FloatTensor>& inputs, const engine::FloatObserver& observer) {
  return engine_ ? engine_->Run(inputs, observer) : engine::RunNodeByNode(graph_, inputs, observer);
}

// A dump holds pictures channels last.
dump::DumpLayer FloatRunner::Describe(int index, const std::string& name, const graph::Shape& shape) const {
  const graph::TensorId id = graph_.Find(name);
  dump::DumpLayer layer = StoredAs(graph_.tensor(id), shape);
  layer.index = index;
  layer.name = name;
  if (shape.size() == 4) {
    layer.axes = {0, 2, 3, 1};
    layer.shape = {shape[0], shape[2], shape[3], shape[1]};
  }
  layer.op = "Input";
  if (const graph::Node* maker = graph::MakerOf(graph_, id)) {
    layer.op = maker->op;
    layer.onnx_nodes = maker->onnx_nodes;
  }
  return layer;
}

}  // namespace lockstep::run
