#include "checklist/batch_norm_evidence.h"

#include <algorithm>
#include <cmath>

#include "engine/float/node_by_node.h"
#include "import/onnx_import.h"

namespace lockstep::checklist {
namespace {

importer::ImportOptions ShapesOf(const FloatNetwork& network) {
  importer::ImportOptions options;
  for (const auto& [name, tensor] : network.inputs()) options.model_shapes[name] = tensor.shape;
  return options;
}

const std::vector<float>* Constant(const graph::Graph& graph, const graph::Node& node, size_t input) {
  if (input >= node.inputs.size() || node.inputs[input] == graph::kNoTensor) return nullptr;
  const graph::Tensor& tensor = graph.tensor(node.inputs[input]);
  return tensor.constant ? &tensor.constant->floats : nullptr;
}

}  // namespace

std::optional<BatchNormEvidence> BatchNormEvidence::Of(const std::filesystem::path& onnx, const FloatNetwork& network) {
  importer::ImportOptions options = ShapesOf(network);
  const graph::Graph graph = importer::ImportOnnx(onnx.string(), options);
  for (const graph::Node& node : graph.nodes) {
    if (node.op != "BatchNormalization") continue;
    const std::vector<float>* means = Constant(graph, node, 3);
    const std::vector<float>* variances = Constant(graph, node, 4);
    if (means == nullptr || variances == nullptr || means->size() != variances->size()) return std::nullopt;
    BatchNormEvidence evidence;
    evidence.node_ = node.name;
    evidence.means_ = *means;
    evidence.variances_ = *variances;
    options.output_nodes = {graph.tensor(node.inputs[0]).name};
    evidence.front_ = importer::ImportOnnx(onnx.string(), options);
    evidence.inputs_ = network.inputs();
    evidence.picture_name_ = network.picture_name();
    const auto fed = [&](const graph::TensorId id) {
      return evidence.inputs_.count(evidence.front_.tensor(id).name) != 0;
    };
    if (!std::all_of(evidence.front_.inputs.begin(), evidence.front_.inputs.end(), fed)) return std::nullopt;
    return evidence;
  }
  return std::nullopt;
}

double BatchNormEvidence::DistanceOf(const std::vector<float>& picture) const {
  Tensors inputs;
  for (const graph::TensorId id : front_.inputs) {
    const std::string& name = front_.tensor(id).name;
    inputs[name] = inputs_.at(name);
  }
  std::vector<float>& values = inputs.at(picture_name_).data;
  for (size_t i = 0; i < values.size(); ++i) values[i] = picture[i % picture.size()];
  const Tensors outputs = engine::RunNodeByNode(front_, inputs, engine::FloatObserver());
  const engine::FloatTensor& read = outputs.begin()->second;
  const size_t channels = means_.size();
  const size_t inner = read.data.size() / static_cast<size_t>(read.shape[0]) / channels;
  double sum = 0.0;
  for (size_t c = 0; c < channels; ++c) {
    double total = 0.0, squares = 0.0, count = 0.0;
    for (size_t n = 0; n < static_cast<size_t>(read.shape[0]); ++n) {
      for (size_t i = 0; i < inner; ++i, count += 1.0) {
        const double value = static_cast<double>(read.data[(n * channels + c) * inner + i]);
        total += value;
        squares += value * value;
      }
    }
    constexpr double kTiny = 1e-12;
    const double mean = total / count;
    const double variance = std::max(squares / count - mean * mean, kTiny);
    const double trained = std::max(static_cast<double>(variances_[c]), kTiny);
    const double off = (mean - static_cast<double>(means_[c])) / std::sqrt(trained);
    const double wider = 0.5 * std::log(variance / trained);
    sum += off * off + wider * wider;
  }
  return std::sqrt(sum / static_cast<double>(channels));
}

}  // namespace lockstep::checklist
