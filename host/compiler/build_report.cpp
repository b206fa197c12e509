#include "compiler/build_report.h"

#include <sys/resource.h>

#include <algorithm>

#include "compiler/corrections_report.h"
#include "graph/counted.h"
#include "info/model_info.h"
#include "judge/render.h"
#include "quantize/channel_scales.h"

namespace lockstep::compiler {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Of this whole process, in bytes.
int64_t PeakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace

BuildReport::BuildReport(const BuildConfig& config, const BuildListener& listener)
    : listener_(listener), stage_start_(Clock::now()), start_(Clock::now()) {
  json_ = {
      {"input", config.input}, {"stages", nlohmann::ordered_json::array()}, {"notes", nlohmann::ordered_json::array()}};
}

void BuildReport::EndStage() {
  if (!stage_.empty()) json_["stages"].push_back({{"stage", stage_}, {"seconds", SecondsSince(stage_start_)}});
}

void BuildReport::Stage(const std::string& what) {
  EndStage();
  stage_ = what;
  stage_start_ = Clock::now();
  if (listener_.stage) listener_.stage(what);
}

void BuildReport::Passes(const std::vector<optimize::PassResult>& passes) {
  for (const optimize::PassResult& pass : passes) json_["passes"][pass.pass] = pass.count;
}

void BuildReport::Pictures(size_t found, size_t skipped, bool from_cache) {
  json_["calibration"] = {{"pictures", found - skipped}, {"skipped", skipped}, {"from_cache", from_cache}};
}

void BuildReport::Notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) json_["notes"].push_back(note);
}

void BuildReport::Observers(const AutoObserverResult& result) {
  if (result.judged.empty()) return;
  Add("observers", Describe(result));
  if (!result.lost) return;
  Notes(
      {"observer auto: with every observer half of the outputs' energy or more is lost, which says nothing of them; "
       "minmax "
       "was kept. --precision int16 shows whether more bits help"});
}

void BuildReport::ActivationScales(const quantize::QuantizedGraph& quantized) {
  nlohmann::ordered_json tensors = nlohmann::ordered_json::array();
  size_t with_tables = 0;
  for (const graph::Node& node : quantized.graph.nodes) {
    const auto format = quantized.formats.find(node.outputs[0]);
    if (format == quantized.formats.end() || !format->second.has_channel_scales()) continue;
    tensors.push_back(quantized.graph.tensor(node.outputs[0]).name);
    with_tables += quantize::HasChannelTables(quantized, node) ? 1 : 0;
  }
  json_["channel_scales"] = tensors;
  if (tensors.empty()) return;
  json_["notes"].push_back(graph::Counted(tensors.size(), "tensor") +
                           " of those that only depthwise convolutions read with a scale for each channel, " +
                           std::to_string(with_tables) +
                           " of them with a table for each (--activation-scales per_tensor forbids it)");
}

void BuildReport::Raises(const RaiseResult& result) {
  const sensitivity::RaisePlan& plan = result.plan;
  nlohmann::ordered_json raises = nlohmann::ordered_json::array();
  for (const sensitivity::Raise& raise : plan.raises) {
    raises.push_back({{"node", raise.node},
                      {"what", raise.table_input ? "in front of its table" : "output"},
                      {"bits", raise.bits},
                      {"share_of_error", raise.error / plan.error_before},
                      {"bytes", raise.bytes}});
  }
  json_["precision"] = {{"kept", result.kept},
                        {"raised", raises},
                        {"bytes_added", plan.bytes_added},
                        {"bytes_before", plan.bytes_before},
                        {"error_of_weights", plan.weights_error},
                        {"error_of_activations", plan.error_before},
                        {"error_of_activations_after", plan.error_after},
                        {"outputs", BeforeAndAfter(result.before, result.after)}};
  if (!result.kept) return;
  std::string note = "more than 8 bits where they cost most (--precision int8 forbids it): ";
  constexpr size_t kMostNamed = 5;  // the report has all
  const size_t named = std::min(kMostNamed, plan.raises.size());
  for (size_t i = 0; i < named; ++i) {
    const sensitivity::Raise& raise = plan.raises[i];
    note += (i == 0 ? "" : ", ") + raise.node + (raise.table_input ? " in front of its table " : " ") +
            std::to_string(raise.bits);
  }
  if (named < plan.raises.size()) note += ", and " + std::to_string(plan.raises.size() - named) + " more in the report";
  json_["notes"].push_back(note);
}

void BuildReport::Add(const char* key, const CorrectionText& text) {
  json_[key] = text.json;
  Notes(text.notes);
}

void BuildReport::Corrections(const NetworkCorrections& corrections) {
  if (corrections.equalization) Add("cross_layer_equalization", Describe(*corrections.equalization));
  if (corrections.smoothing) Add("smooth_quant", Describe(*corrections.smoothing));
  if (corrections.compensation) Add("error_compensation", Describe(*corrections.compensation));
}

void BuildReport::Rounding(const AdaptiveRoundingResult& result) { Add("adaptive_rounding", Describe(result)); }

void BuildReport::BiasCorrection(const BiasCorrectionResult& result) { Add("bias_correction", Describe(result)); }

void BuildReport::Model(const std::vector<uint8_t>& file) {
  json_["model"] = info::DescribeJointModel(*joint::GetModel(file.data()), file.size(), false);
}

void BuildReport::Judgement(const judge::Judgement& judgement) { json_["judgement"] = judge::ToJson(judgement); }

void BuildReport::Warnings(const std::vector<std::string>& pictures, const std::vector<std::string>& network) {
  json_["warnings"] = pictures;
  for (const std::string& warning : network) json_["warnings"].push_back(warning);
  Notes(network);
}

nlohmann::ordered_json BuildReport::Finish() {
  EndStage();
  stage_.clear();
  json_["seconds"] = SecondsSince(start_);
  json_["peak_memory"] = PeakMemory();
  return json_;
}

}  // namespace lockstep::compiler
