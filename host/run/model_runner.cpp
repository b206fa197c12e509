#include "run/model_runner.h"

#include "dump/values.h"
#include "engine/float/float_engine.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "run/runners.h"
#include "run/source_network.h"

namespace lockstep::run {
namespace {

namespace fs = std::filesystem;

OutputTensor MakeOutput(const dump::DumpLayer& layout, const std::vector<uint8_t>& bytes) {
  return {layout.tensor, dump::OnnxShape(layout), dump::RealValues(layout, bytes), layout, bytes};
}

}  // namespace

std::vector<graph::Shape> OutputShapesOf(const joint::Model& model) {
  std::vector<graph::Shape> shapes;
  for (const joint::OutputSpec* output : *model.outputs()) {
    const auto tensor = static_cast<flatbuffers::uoffset_t>(output->tensor());
    shapes.push_back(dump::OnnxShape(dump::DescribeTensor(*model.tensors()->Get(tensor))));
  }
  return shapes;
}

std::vector<OutputTensor> MakeOutputs(const joint::Model& model, const std::vector<std::vector<uint8_t>>& bytes) {
  std::vector<OutputTensor> outputs;
  for (flatbuffers::uoffset_t i = 0; i < model.outputs()->size(); ++i) {
    const auto tensor = static_cast<flatbuffers::uoffset_t>(model.outputs()->Get(i)->tensor());
    outputs.push_back(MakeOutput(dump::DescribeTensor(*model.tensors()->Get(tensor)), bytes[i]));
  }
  return outputs;
}

EngineKind EngineFromName(const std::string& name) {
  if (name == "float") return EngineKind::kFloat;
  if (name == "reference") return EngineKind::kReference;
  if (name == "native") return EngineKind::kNative;
  throw UsageError("the engine " + graph::Quoted(name) + " is unknown" +
                   graph::DidYouMean(name, {"float", "reference", "native"}));
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
  options.model_inputs = input::InputsOf(joint.model());
  options.import.model_shapes = input::InputShapesOf(joint.model());
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
      return MakeReferenceRunner(model);
    case EngineKind::kNative:
      return MakeNativeRunner(model, options);
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
  as_built.model_inputs = input::InputsOf(joint.model());
  auto runner = std::make_unique<FloatRunner>(onnx, as_built);
  RequireSameInterface(runner->graph(), onnx, model, joint.model());
  return runner;
}

}  // namespace lockstep::run
