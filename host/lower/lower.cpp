#include "lower/lower.h"

#include <set>

#include "arithmetic/rq1.h"
#include "lower/joint_writer.h"
#include "lower/layout.h"
#include "lower/lower_graph.h"
#include "lower/memory_plan.h"
#include "lower/model_draft.h"
#include "lower/test_vectors.h"

namespace lockstep::lower {
namespace {

std::set<graph::TensorId> FloatTensors(const quantize::QuantizedGraph& quantized) {
  std::set<graph::TensorId> floats;
  for (const graph::Node& node : quantized.graph.nodes) {
    for (const graph::TensorId id : node.outputs) {
      if (const auto format = quantized.formats.find(id);
          format != quantized.formats.end() && format->second.is_float()) {
        floats.insert(id);
      }
    }
  }
  return floats;
}

void Describe(const quantize::QuantizedGraph& quantized, const LowerOptions& options, joint::ModelT& model) {
  model.format_version = joint::kFormatVersion;
  model.contract = rq1::kContractId;
  model.name = options.name.empty() ? quantized.graph.name : options.name;
  model.compiler_version = LOCKSTEP_VERSION;
  model.source_digest = quantized.source_digest;
  model.calibration_digest = quantized.calibration_digest;
  std::set<std::string> operators;
  model.macs = 0;
  for (const auto& layer : model.layers) {
    operators.insert(joint::EnumNameOptions(layer->options.type));
    model.macs += layer->macs;
  }
  model.operators.assign(operators.begin(), operators.end());
}

}  // namespace

std::vector<uint8_t> Lower(const quantize::QuantizedGraph& quantized, const LowerOptions& options) {
  const Layout layout = ChooseLayout(quantized.graph, FloatTensors(quantized));
  ModelDraft draft;
  LowerGraph(quantized, layout, draft);
  joint::ModelT& model = draft.model();
  PlanMemory(model);
  Describe(quantized, options, model);
  AddTestVectors(model, options);
  return WriteJoint(model);
}

ModelSummary Summarize(const joint::Model& model) {
  ModelSummary summary;
  summary.layers = model.layers()->size();
  summary.macs = model.macs();
  for (const joint::Constant* constant : *model.constants()) summary.constant_bytes += constant->data()->size();
  std::set<int32_t> weights;
  for (const joint::Tensor* tensor : *model.tensors()) {
    if (tensor->constant() >= 0 &&
        (tensor->dtype() == joint::DType::S8 || tensor->packing() == joint::Packing::O16I4) &&
        weights.insert(tensor->constant()).second) {
      summary.weight_bytes += tensor->bytes();
    }
  }
  summary.arena_bytes = model.arena_size();
  summary.arena_lower_bound = model.arena_lower_bound();
  return summary;
}

}  // namespace lockstep::lower
