#include "run/source_network.h"

#include <vector>

#include "graph/error.h"
#include "import/onnx_export.h"
#include "import/source_digest.h"
#include "input/input_info.h"
#include "optimize/optimize.h"

namespace lockstep::run {
namespace {

namespace fs = std::filesystem;

// Elements of the inputs and outputs, in order.
std::vector<int64_t> InterfaceOf(const graph::Graph& network) {
  std::vector<int64_t> elements;
  for (const auto* ids : {&network.inputs, &network.outputs}) {
    for (const graph::TensorId id : *ids) elements.push_back(graph::ElementCount(network.tensor(id).shape));
  }
  return elements;
}

std::vector<int64_t> InterfaceOf(const joint::Model& model) {
  std::vector<int64_t> elements;
  const auto add = [&](const auto& specs) {
    for (const auto* spec : specs) {
      const auto& shape = *model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(spec->tensor()))->shape();
      elements.push_back(graph::ElementCount(graph::Shape(shape.begin(), shape.end())));
    }
  };
  add(*model.inputs());
  add(*model.outputs());
  return elements;
}

[[noreturn]] void ThrowOtherNetwork(const fs::path& onnx, const fs::path& joint_model) {
  throw UsageError(onnx.string() + " is not the network that " + joint_model.string() +
                   " was made from; name the ONNX file that was built, or build it again into a folder of its own");
}

}  // namespace

fs::path OptimizedOnnxBeside(const fs::path& joint_model) {
  return joint_model.parent_path() / "frontend" / "optimized.onnx";
}

graph::Graph LoadNetwork(const fs::path& onnx, const importer::ImportOptions& options) {
  graph::Graph graph = importer::ImportOnnx(onnx.string(), options);
  optimize::InferShapes(graph);
  optimize::Optimize(graph);
  return graph;
}

graph::Graph LoadNetworkBeside(const fs::path& onnx, const joint::Model& model,
                               const std::map<std::string, double>& input_values) {
  importer::ImportOptions options;
  options.input_values = input_values;
  options.model_shapes = input::InputShapesOf(model);
  return LoadNetwork(onnx, options);
}

void RefuseIdleValues(const fs::path& onnx, const std::map<std::string, double>& input_values) {
  if (!onnx.empty() || input_values.empty()) return;
  throw UsageError("--input-value is for an input of the network that --onnx names; name it, or leave this out");
}

void RequireNetworkOf(const fs::path& onnx, const fs::path& joint_model, const joint::Model& model) {
  const std::string source = model.source_digest() != nullptr ? model.source_digest()->str() : "";
  if (source.empty()) ThrowOtherNetwork(onnx, joint_model);
  if (importer::ExportedSourceDigest(onnx.string()) == source) return;
  if (importer::SourceDigest(onnx.string()) != source) ThrowOtherNetwork(onnx, joint_model);
}

void RequireSameInterface(const graph::Graph& network, const fs::path& onnx, const fs::path& joint_model,
                          const joint::Model& model) {
  if (InterfaceOf(network) != InterfaceOf(model)) ThrowOtherNetwork(onnx, joint_model);
}

}  // namespace lockstep::run
