#include "compiler/precision.h"

#include <algorithm>
#include <map>
#include <string>

#include "analyze/metrics.h"
#include "compiler/judging_runs.h"
#include "compiler/said.h"
#include "input/input_source.h"
#include "sensitivity/sensitivity.h"

namespace lockstep::compiler {
namespace {

using sensitivity::Part;

constexpr int kRankingRuns =
    1;  // ranks as well as more do: the error differs from picture to picture, its order hardly
constexpr int kJudgingRuns = 2;
constexpr double kWorthwhile = 0.9;  // of the error may be left

sensitivity::RaisePlan Plan(const graph::Graph& graph, const quantize::QuantizeOptions& options,
                            const Calibration& calibration, const quantize::QuantizedGraph& quantized) {
  const Said is_said(graph, options);
  sensitivity::Options measured;
  measured.parts = {Part::kTableInput, Part::kOutput};
  measured.wanted = [&](const graph::Node& node, Part part) {
    return !is_said(node, part) && !sensitivity::IsWide(quantized, node, part);
  };
  measured.threads = options.threads;
  const std::vector<input::DataItem> items = ChooseJudgingRuns(calibration, kRankingRuns).items;
  input::InputSource source(calibration.infos, items);
  const std::vector<sensitivity::Trial> trials = sensitivity::Measure(quantized, source, measured);
  input::InputSource again(calibration.infos, items);
  return sensitivity::PlanRaises(quantized, trials, sensitivity::MeasureWeights(quantized, again, options.threads));
}

quantize::PolicySettings RulesOf(const sensitivity::RaisePlan& plan, const quantize::QuantizedGraph& quantized) {
  const auto rule = [&](const std::string& node, Part part, int bits) {
    return sensitivity::RuleOf(quantized.graph, node, part, bits, "precision");
  };
  std::map<std::string, int> tables;
  for (const sensitivity::Raise& raise : plan.raises) {
    if (raise.table_input) tables[raise.node] = raise.bits;
  }
  quantize::PolicySettings rules;
  for (const auto& [node, bits] : tables) rules.push_back(rule(node, Part::kTableInput, bits));
  for (const sensitivity::Raise& raise : plan.raises) {
    if (raise.table_input) continue;
    rules.push_back(rule(raise.node, Part::kOutput, raise.bits));
    // Where nothing is said, what is in front of the table would get the output's bits: more than the plan counts.
    const auto node = std::find_if(quantized.graph.nodes.begin(), quantized.graph.nodes.end(),
                                   [&](const graph::Node& other) { return other.name == raise.node; });
    const auto table = quantized.formats.find(node->pre_activation);
    if (table == quantized.formats.end() || tables.count(raise.node) != 0) continue;
    rules.push_back(rule(raise.node, Part::kTableInput, table->second.bits));
  }
  return rules;
}

}  // namespace

bool LeavesPrecisionOpen(const BuildConfig& config) {
  // Of a network for a diagnosis, and in a calibration file, every bit is as it was asked for.
  return config.from_calibration.empty() && config.only == quantize::QuantizeOnly::kAll &&
         config.merged.value("precision", std::string("auto")) == "auto";
}

RaiseResult RaisePrecision(const graph::Graph& graph, const quantize::QuantizeOptions& options,
                           const quantize::Calibration& observed, const Calibration& calibration,
                           const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                           quantize::QuantizedGraph& quantized, std::vector<uint8_t>& model) {
  RaiseResult result;
  result.plan = Plan(graph, options, calibration, quantized);
  if (result.plan.raises.empty()) return result;

  quantize::QuantizeOptions raised_options = options;
  const quantize::PolicySettings rules = RulesOf(result.plan, quantized);
  raised_options.policy.insert(raised_options.policy.end(), rules.begin(), rules.end());
  quantize::QuantizedGraph raised = quantize::Decide(graph, raised_options, observed);
  raised.source_digest = quantized.source_digest;
  std::vector<uint8_t> raised_model = lower(raised);
  judge::OutputError error(graph, ChooseJudgingRuns(calibration, kJudgingRuns).items, options.threads);
  result.before = error.Of(model);
  result.after = error.Of(raised_model);
  result.kept = analyze::ErrorShare(result.after) <= kWorthwhile * analyze::ErrorShare(result.before);
  if (!result.kept) return result;
  quantized = std::move(raised);
  model = std::move(raised_model);
  return result;
}

}  // namespace lockstep::compiler
