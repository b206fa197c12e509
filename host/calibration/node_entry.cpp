#include "calibration/node_entry.h"

#include <algorithm>
#include <vector>

#include "calibration/entry_keys.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "quantize/operator_classes.h"
#include "report/json_text.h"

namespace lockstep::calibration {
namespace {

[[noreturn]] void FailMust(const std::string& where, const std::string& field, const Json& value,
                           const std::string& wanted) {
  throw UsageError(where + ": " + field + " is " + report::JsonText(value) + "; it must be " + wanted);
}

void CheckKeys(const Json& entry, bool has_weights, const std::string& where) {
  std::vector<std::string> known{key::kOp, key::kFloat, key::kOutput, key::kOnnxNodes, key::kCalibrated};
  for (const char* field : {key::kWeightBits, key::kWeightRange, key::kWeightScales}) {
    if (has_weights) known.emplace_back(field);
    if (!has_weights && entry.contains(field)) {
      throw UsageError(where + ": " + field + " has no effect, the node has no weights in integers; remove it");
    }
  }
  for (const auto& [field, value] : entry.items()) {
    if (std::count(known.begin(), known.end(), field) != 0) continue;
    throw UsageError(where + ": unknown field " + graph::Quoted(field) + graph::DidYouMean(field, known));
  }
}

int WeightBits(const Json& value, const std::string& where) {
  const bool whole = value.is_number_integer();
  if (!whole || value.get<double>() < quantize::kLeastBits || value.get<double>() > quantize::kMostBits) {
    FailMust(where, key::kWeightBits, value, "a whole number in 2..16");
  }
  return value.get<int>();
}

quantize::WeightRangeKind WeightRange(const Json& value, const std::string& where) {
  using quantize::WeightRangeKind;
  for (const WeightRangeKind kind : {WeightRangeKind::kMax, WeightRangeKind::kMse, WeightRangeKind::kAdmm}) {
    if (value == quantize::ToText(kind)) return kind;
  }
  FailMust(where, key::kWeightRange, value, "max, mse or admm");
}

}  // namespace

NodeEntry ReadNodeEntry(const Json& entry, const graph::Node& node, const std::string& where) {
  CheckKeys(entry, quantize::TraitsOf(node).weights >= 0, where);
  if (entry.contains(key::kOp) && entry.at(key::kOp) != node.op) {
    FailMust(where, key::kOp, entry.at(key::kOp), node.op + ", as in the network");
  }
  NodeEntry result;
  const Json calibrated = entry.value(key::kCalibrated, Json::object());
  if (entry.contains(key::kFloat)) {
    if (!entry.at(key::kFloat).is_boolean()) FailMust(where, key::kFloat, entry.at(key::kFloat), "true or false");
    result.decision.floats = entry.at(key::kFloat).get<bool>();
  }
  result.float_changed = result.decision.floats != calibrated.value(key::kFloat, false);
  if (entry.contains(key::kWeightBits)) result.decision.weight_bits = WeightBits(entry.at(key::kWeightBits), where);
  if (entry.contains(key::kWeightRange)) result.decision.weight_range = WeightRange(entry.at(key::kWeightRange), where);
  if (entry.contains(key::kWeightScales)) {
    const Json& scales = entry.at(key::kWeightScales);
    if (scales != key::kPerChannel && scales != key::kPerTensor) {
      FailMust(where, key::kWeightScales, scales, "per_channel or per_tensor");
    }
    result.decision.weights_per_tensor = scales == key::kPerTensor;
  }
  return result;
}

}  // namespace lockstep::calibration
