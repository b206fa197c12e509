#include "calibration/held_corrections.h"

#include <algorithm>

#include "calibration/entry_keys.h"
#include "graph/error.h"
#include "graph/quoted.h"

namespace lockstep::calibration {
namespace {

std::vector<double> Numbers(const Json& value, const std::string& where) {
  const bool fits = value.is_array() &&
                    std::all_of(value.begin(), value.end(), [](const Json& number) { return number.is_number(); });
  if (!fits) throw UsageError(where + " must be a list of numbers; take it from the file that build wrote");
  return value.get<std::vector<double>>();
}

}  // namespace

void Hold(const HeldCorrections& corrections, Json& file) {
  Json& section = file[key::kCorrections];
  if (!corrections.equalization_factors.empty()) section[key::kEqualizationFactors] = corrections.equalization_factors;
  section[key::kSmoothFactors] = corrections.smooth_factors;
  section[key::kBiasShifts] = Json::object();
  for (const auto& [node, shifts] : corrections.bias_shifts) section[key::kBiasShifts][node] = shifts;
}

HeldCorrections HeldIn(const Json& file, const std::string& path) {
  HeldCorrections held;
  if (!file.contains(key::kCorrections)) return held;
  const Json& section = file.at(key::kCorrections);
  const std::string where = path + ": " + key::kCorrections + ": ";
  const auto has = [&](const char* name) { return section.is_object() && section.contains(name); };
  if (!has(key::kSmoothFactors) || !has(key::kBiasShifts) || !section.at(key::kBiasShifts).is_object()) {
    throw UsageError(where + key::kSmoothFactors + " and " + key::kBiasShifts +
                     " are missing; take the section from the file that build wrote");
  }
  if (has(key::kEqualizationFactors)) {
    held.equalization_factors = Numbers(section.at(key::kEqualizationFactors), where + key::kEqualizationFactors);
  }
  held.smooth_factors = Numbers(section.at(key::kSmoothFactors), where + key::kSmoothFactors);
  for (const auto& [node, shifts] : section.at(key::kBiasShifts).items()) {
    held.bias_shifts[node] = Numbers(shifts, where + key::kBiasShifts + " of " + graph::Quoted(node));
  }
  return held;
}

}  // namespace lockstep::calibration
