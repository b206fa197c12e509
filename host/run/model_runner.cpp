#include "run/model_runner.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <thread>
#include <utility>

#include "dump/values.h"
#include "engine/float/float_engine.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "lockstep/runtime.h"
#include "run/source_network.h"

namespace lockstep::run {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

OutputTensor MakeOutput(const dump::DumpLayer& layout, const std::vector<uint8_t>& bytes) {
  return {layout.tensor, dump::OnnxShape(layout), dump::RealValues(layout, bytes)};
}

// Layout of a tensor that need not be a layer's output.
dump::DumpLayer DescribeTensor(const joint::Model& model, int index) {
  const joint::Tensor& tensor = *model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
  for (const joint::Layer* layer : *model.layers()) {
    for (const int32_t output : *layer->outputs()) {
      if (output == index) return dump::DescribeLayer(0, 0, *layer, tensor);
    }
  }
  dump::DumpLayer description;
  description.tensor = tensor.name()->str();
  description.dtype = dump::DTypeName(tensor.dtype());
  description.shape.assign(tensor.shape()->begin(), tensor.shape()->end());
  return description;
}

std::vector<OutputTensor> MakeOutputs(const joint::Model& model, const std::vector<std::vector<uint8_t>>& bytes) {
  std::vector<OutputTensor> outputs;
  for (flatbuffers::uoffset_t i = 0; i < model.outputs()->size(); ++i) {
    outputs.push_back(MakeOutput(DescribeTensor(model, model.outputs()->Get(i)->tensor()), bytes[i]));
  }
  return outputs;
}

class FloatRunner : public ModelRunner {
 public:
  FloatRunner(const fs::path& onnx, RunnerOptions options)
      : path_(onnx.string()),
        options_(std::move(options)),
        graph_(LoadNetwork(onnx, options_.input_shapes, options_.model_shapes)) {}

  const graph::Graph& graph() const { return graph_; }
  EngineKind engine() const override { return EngineKind::kFloat; }
  double seconds() const override { return seconds_; }

  dump::Manifest Head() const override {
    dump::Manifest head;
    head.producer = "float";
    head.model = graph_.name;
    head.target = "host";
    return head;
  }

  std::vector<OutputTensor> Run(const input::DataItem& item, dump::DumpWriter* dump) override {
    if (!engine_ || observing_ != (dump != nullptr)) Prepare(dump != nullptr);
    const auto inputs =
        input::FloatInputs(path_, graph_, options_.preprocess.value_or(quantize::InputPreprocess()), item);
    int index = 0;
    const auto observer = [&](const std::string& name, const graph::Shape& shape, const float* data) {
      dump::DumpLayer layer = Describe(index++, name, shape);
      const std::vector<float> values = dump::ToPhysical(shape, layer.axes, data);
      dump->Add(std::move(layer), values.data(), values.size() * sizeof(float));
    };
    const auto start = Clock::now();
    auto results = dump != nullptr ? engine_->Run(inputs, observer) : engine_->Run(inputs);
    seconds_ = SecondsSince(start);
    std::vector<OutputTensor> outputs;
    for (const graph::TensorId id : graph_.outputs) {
      const std::string& name = graph_.tensor(id).name;
      engine::FloatTensor& tensor = results.at(name);
      outputs.push_back({name, tensor.shape, std::move(tensor.data)});
    }
    return outputs;
  }

 private:
  void Prepare(bool observe) {
    engine::FloatEngineOptions engine_options;
    engine_options.threads = options_.threads;
    engine_options.observe_all = observe;
    engine_ = std::make_unique<engine::FloatEngine>(graph_, engine_options);
    observing_ = observe;
  }

  // A dump holds pictures channels last.
  dump::DumpLayer Describe(int index, const std::string& name, const graph::Shape& shape) const {
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
    for (const graph::Node& node : graph_.nodes) {
      const bool producer =
          node.pre_activation == id || std::find(node.outputs.begin(), node.outputs.end(), id) != node.outputs.end();
      if (!producer) continue;
      layer.op = node.op;
      layer.onnx_nodes = node.onnx_nodes;
    }
    return layer;
  }

  std::string path_;
  RunnerOptions options_;
  graph::Graph graph_;
  std::unique_ptr<engine::FloatEngine> engine_;
  bool observing_ = false;
  double seconds_ = 0.0;
};

class ReferenceRunner : public ModelRunner {
 public:
  explicit ReferenceRunner(const fs::path& model) : joint_(model.string()) {}

  EngineKind engine() const override { return EngineKind::kReference; }
  double seconds() const override { return seconds_; }
  dump::Manifest Head() const override { return dump::DescribeModel(joint_.model(), "reference", "host"); }

  std::vector<OutputTensor> Run(const input::DataItem& item, dump::DumpWriter* dump) override {
    const auto inputs = input::JointInputs(joint_.model(), item);
    const auto observer = [&](int index, int output_index, const joint::Layer& layer, const joint::Tensor& output,
                              const uint8_t* data) {
      dump->Add(dump::DescribeLayer(index, output_index, layer, output), data, output.bytes());
    };
    const auto start = Clock::now();
    const auto bytes = dump != nullptr ? joint_.engine().Run(inputs, observer) : joint_.engine().Run(inputs);
    seconds_ = SecondsSince(start);
    return MakeOutputs(joint_.model(), bytes);
  }

 private:
  engine::JointModel joint_;
  double seconds_ = 0.0;
};

[[noreturn]] void Throw(const fs::path& model, const Status& status) {
  const std::string text = model.string() + ": " + status.message();
  if (status.code() == StatusCode::kInvalidArgument || status.code() == StatusCode::kWrongBuild) throw UsageError(text);
  if (status.code() == StatusCode::kUnsupported) throw UnsupportedModel(text);
  throw BadInput(text);
}

template <typename T>
T Take(const fs::path& model, Result<T> result) {
  if (!result.ok()) Throw(model, result.status());
  return std::move(result.value());
}

// Hands every layer's output to a dump. The runtime is built without exceptions, so none may pass through it.
class DumpHook final : public RunHook {
 public:
  explicit DumpHook(dump::DumpWriter& dump) : dump_(dump) {}

  Status AfterLayer(Session& session, int32_t layer) override {
    const joint::Model& model = session.model().joint();
    const joint::Layer& description = *model.layers()->Get(static_cast<flatbuffers::uoffset_t>(layer));
    try {
      for (int32_t i = 0; i < session.model().layer_output_count(layer); ++i) {
        const joint::Tensor& output =
            *model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(session.model().layer_output_tensor(layer, i)));
        dump_.Add(dump::DescribeLayer(layer, i, description, output), session.layer_output(layer, i), output.bytes());
      }
    } catch (...) {
      error_ = std::current_exception();
      return Status::Error(StatusCode::kUnreadable, "the dump cannot be written");
    }
    return Status::Ok();
  }

  void Rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  dump::DumpWriter& dump_;
  std::exception_ptr error_;
};

class NativeRunner : public ModelRunner {
 public:
  NativeRunner(const fs::path& path, const RunnerOptions& options)
      : path_(path), model_(Take(path, Model::Open(path.c_str(), LoadOptionsOf(options)))) {
    SessionOptions session_options;
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    session_options.threads = options.threads > 0 ? options.threads : static_cast<int>(cores);
    session_ = std::make_unique<Session>(Take(path, Session::Create(model_, session_options)));
  }

  EngineKind engine() const override { return EngineKind::kNative; }
  double seconds() const override { return seconds_; }
  dump::Manifest Head() const override { return dump::DescribeModel(model_.joint(), "runtime", TargetName()); }

  std::vector<OutputTensor> Run(const input::DataItem& item, dump::DumpWriter* dump) override {
    const auto inputs = input::JointInputs(model_.joint(), item);
    for (size_t i = 0; i < inputs.size(); ++i) {
      std::memcpy(session_->input(static_cast<int32_t>(i)), inputs[i].data(), inputs[i].size());
    }
    const auto start = Clock::now();
    Status status;
    if (dump != nullptr) {
      DumpHook hook(*dump);
      status = session_->Run(&hook);
      hook.Rethrow();
    } else {
      status = session_->Run();
    }
    seconds_ = SecondsSince(start);
    if (!status.ok()) Throw(path_, status);
    std::vector<std::vector<uint8_t>> bytes;
    for (int32_t i = 0; i < model_.output_count(); ++i) {
      const auto* data = static_cast<const uint8_t*>(session_->output(i));
      bytes.emplace_back(data, data + session_->output_info(i).bytes);
    }
    return MakeOutputs(model_.joint(), bytes);
  }

 private:
  static LoadOptions LoadOptionsOf(const RunnerOptions& options) {
    LoadOptions load;
    load.check_digest = options.check_digest;
    return load;
  }

  fs::path path_;
  Model model_;
  std::unique_ptr<Session> session_;
  double seconds_ = 0.0;
};

}  // namespace

EngineKind EngineFromName(const std::string& name) {
  if (name == "float") return EngineKind::kFloat;
  if (name == "reference") return EngineKind::kReference;
  if (name == "native") return EngineKind::kNative;
  throw UsageError("the engine " + name + " is unknown; did you mean " +
                   graph::NearestName(name, {"float", "reference", "native"}) + "?");
}

const char* EngineName(EngineKind kind) {
  switch (kind) {
    case EngineKind::kFloat:
      return "float";
    case EngineKind::kReference:
      return "reference";
    case EngineKind::kNative:
      break;
  }
  return "native";
}

bool IsOnnx(const fs::path& model) { return model.extension() == ".onnx"; }

RunnerOptions OptionsBeside(const fs::path& joint_model, RunnerOptions options) {
  files::RequireFile(joint_model);
  const engine::JointModel joint(joint_model.string(), options.check_digest);
  options.preprocess = input::PreprocessOf(*joint.model().inputs()->Get(0));
  options.model_shapes = input::InputShapesOf(joint.model());
  return options;
}

std::unique_ptr<ModelRunner> OpenModel(const fs::path& model, EngineKind engine, const RunnerOptions& options) {
  files::RequireFile(model);
  if (IsOnnx(model)) {
    if (engine != EngineKind::kFloat) {
      throw UsageError(model.string() + " is an ONNX network, the " + EngineName(engine) +
                       " engine runs joint models; use --engine float or build it first");
    }
    return std::make_unique<FloatRunner>(model, options);
  }
  switch (engine) {
    case EngineKind::kReference:
      return std::make_unique<ReferenceRunner>(model);
    case EngineKind::kNative:
      return std::make_unique<NativeRunner>(model, options);
    case EngineKind::kFloat:
      break;
  }
  const fs::path onnx = OptimizedOnnxBeside(model);
  if (!fs::exists(onnx)) {
    throw UsageError("the float engine needs the ONNX network of " + model.string() + ", and " + onnx.string() +
                     " does not exist; name the .onnx file itself");
  }
  const engine::JointModel joint(model.string());
  RequireNetworkOf(onnx, model, joint.model());
  RunnerOptions as_built = options;
  as_built.preprocess = input::PreprocessOf(*joint.model().inputs()->Get(0));
  auto runner = std::make_unique<FloatRunner>(onnx, as_built);
  RequireSameInterface(runner->graph(), onnx, model, joint.model());
  return runner;
}

}  // namespace lockstep::run
