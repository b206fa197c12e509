#include "memory/report.h"

namespace lockstep::memory {
namespace {

using nlohmann::ordered_json;

ordered_json TensorJson(const PlannedTensor& tensor) {
  ordered_json json = {{"index", tensor.index},
                       {"name", tensor.name},
                       {"dtype", tensor.dtype},
                       {"shape", tensor.shape},
                       {"bytes", tensor.bytes},
                       {"arena_offset", tensor.arena_offset},
                       {"first_layer", tensor.first_layer},
                       {"last_layer", tensor.last_layer},
                       {"view_of", nullptr}};
  if (tensor.root != tensor.index) json["view_of"] = tensor.root;
  return json;
}

// Whose scratch and tables they are.
ordered_json SessionJson(const SessionPlan& session) {
  ordered_json json = {
      {"target", session.target}, {"emulator", nullptr}, {"cpu", nullptr}, {"kernels", session.kernels}};
  if (!session.emulator.empty()) json["emulator"] = session.emulator;
  if (!session.cpu.empty()) json["cpu"] = session.cpu;
  return json;
}

ordered_json BlockJson(const Block& block, const Plan& plan) {
  const PlannedTensor& root = plan.Tensor(block.root);
  return {{"tensor", block.root},
          {"name", root.name},
          {"arena_offset", root.arena_offset},
          {"bytes", block.bytes},
          {"first_layer", block.first_layer},
          {"last_layer", block.last_layer}};
}

ordered_json MeasuredJson(const Measured& measured) {
  ordered_json json = {{"board", measured.board},
                       {"target", measured.target},
                       {"emulator", nullptr},
                       {"runs", measured.runs},
                       {"peak", measured.peak()},
                       {"scratch", measured.session.scratch_bytes},
                       {"tables", measured.session.table_bytes},
                       {"kernels", measured.session.kernels},
                       {"parts", nullptr},
                       {"phases", ordered_json::array()}};
  if (!measured.emulator.empty()) json["emulator"] = measured.emulator;
  if (measured.parts) {
    json["parts"] = {{"model_file", measured.parts->model_file},
                     {"code", measured.parts->code},
                     {"stacks", measured.parts->stacks},
                     {"heap", measured.parts->heap}};
  }
  for (const MeasuredPhase& phase : measured.phases) {
    json["phases"].push_back({{"name", phase.name}, {"resident", phase.resident}, {"peak", phase.peak}});
  }
  return json;
}

ordered_json TargetJson(const TargetPlan& target, const Plan& plan) {
  const uint64_t peak = plan.peak_bytes(target.session);
  ordered_json json = {{"target", target.target},
                       {"code", nullptr},
                       {"data", nullptr},
                       {"scratch", target.session.scratch_bytes},
                       {"tables", target.session.table_bytes},
                       {"peak", peak},
                       {"total", nullptr},
                       {"planned_for", SessionJson(target.session)},
                       {"missing", nullptr}};
  if (!target.missing.empty()) json["missing"] = target.missing;
  if (!target.program) return json;
  json["code"] = target.program->code;
  json["data"] = target.program->data;
  json["total"] = target.program->code + target.program->data + peak;
  return json;
}

}  // namespace

ordered_json ToJson(const MemoryReport& report) {
  const Plan& plan = report.plan;
  ordered_json json = {{"kind", "memory"},
                       {"format", 1},
                       {"model", plan.model},
                       {"model_digest", plan.model_digest},
                       {"threads", plan.threads},
                       {"planned",
                        {{"weights", plan.weight_bytes},
                         {"model_file", plan.file_bytes},
                         {"arena", plan.arena_bytes},
                         {"arena_live", plan.live_peak()},
                         {"scratch", report.session().scratch_bytes},
                         {"tables", report.session().table_bytes},
                         {"peak", report.peak_bytes()}}},
                       {"planned_for", SessionJson(report.session())},
                       {"peak_layers", plan.PeakLayers()},
                       {"layers", ordered_json::array()},
                       {"tensors", ordered_json::array()},
                       {"blocks", ordered_json::array()},
                       {"savings", ordered_json::array()},
                       {"targets", ordered_json::array()},
                       {"boards", ordered_json::array()}};
  for (const PlannedLayer& layer : plan.layers) {
    json["layers"].push_back(
        {{"index", json["layers"].size()}, {"name", layer.name}, {"op", layer.op}, {"live", layer.live}});
  }
  for (const PlannedTensor& tensor : plan.tensors) json["tensors"].push_back(TensorJson(tensor));
  for (const Block& block : plan.blocks) json["blocks"].push_back(BlockJson(block, plan));
  for (const Saving& saving : report.savings) {
    json["savings"].push_back({{"what", saving.what}, {"arena", saving.arena_bytes}, {"possible", saving.possible}});
  }
  for (const TargetPlan& target : report.targets) json["targets"].push_back(TargetJson(target, plan));
  for (const Measured& measured : report.measured) json["boards"].push_back(MeasuredJson(measured));
  return json;
}

}  // namespace lockstep::memory
