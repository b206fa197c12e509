#include "calibration/check_kinds.h"

#include <algorithm>
#include <cmath>

#include "calibration/entry_keys.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "report/json_text.h"

namespace lockstep::calibration {
namespace {

struct Kind {
  const char* wanted;
  bool (*fits)(const Json& value);
};

constexpr int kMostLevels = 1 << 16;

bool IsRange(const Json& value) {
  return value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_number();
}
bool IsScale(const Json& value) { return value.is_number() && value.get<double>() > 0.0; }
bool IsCount(const Json& value) {
  return value.is_number_integer() && value.get<double>() >= 0.0 && value.get<double>() < kMostLevels;
}

constexpr Kind kText = {"a text", [](const Json& value) { return value.is_string(); }};
constexpr Kind kTexts = {"a list of texts", [](const Json& value) {
                           return value.is_array() && std::all_of(value.begin(), value.end(),
                                                                  [](const Json& part) { return part.is_string(); });
                         }};
constexpr Kind kBool = {"true or false", [](const Json& value) { return value.is_boolean(); }};
constexpr Kind kLevels = {"a whole number in 0..65535", IsCount};
constexpr Kind kScales = {"a number above 0 or a list of them", [](const Json& value) {
                            return value.is_array() ? !value.empty() && std::all_of(value.begin(), value.end(), IsScale)
                                                    : IsScale(value);
                          }};
constexpr Kind kTwo = {"two numbers", IsRange};
constexpr Kind kRanges = {"two numbers for each part", [](const Json& value) {
                            return value.is_object() && std::all_of(value.begin(), value.end(), IsRange);
                          }};

struct Field {
  const char* key;
  Kind kind;
};

constexpr Field kOfFile[] = {{key::kFile, kText}, {key::kDigest, kText}};
constexpr Field kOfTensor[] = {{key::kSameAs, kText}};
constexpr Field kOfNode[] = {{key::kOp, kText}, {key::kOutput, kText}, {key::kOnnxNodes, kTexts}};
constexpr Field kCalibratedTensor[] = {{key::kType, kText},     {key::kBits, kLevels},      {key::kRange, kTwo},
                                       {key::kScale, kScales},  {key::kZeroPoint, kLevels}, {key::kSeen, kTwo},
                                       {key::kObserver, kText}, {key::kParts, kRanges}};
constexpr Field kCalibratedNode[] = {
    {key::kFloat, kBool}, {key::kWeightBits, kLevels}, {key::kWeightRange, kText}, {key::kWeightScales, kText}};

template <size_t n>
void Check(const Json& of, const Field (&fields)[n], const std::string& where) {
  for (const Field& field : fields) {
    if (!of.contains(field.key) || field.kind.fits(of.at(field.key))) continue;
    throw UsageError(where + field.key + " is " + report::JsonText(of.at(field.key)) + "; it must be " +
                     field.kind.wanted + ", as build wrote it");
  }
}

template <size_t n, size_t m>
void CheckEntries(const Json& entries, const Field (&fields)[n], const Field (&calibrated)[m],
                  const std::string& where) {
  for (const auto& [name, entry] : entries.items()) {
    const std::string of = where + graph::Quoted(name) + ": ";
    Check(entry, fields, of);
    if (!entry.contains(key::kCalibrated)) continue;
    const Json& was = entry.at(key::kCalibrated);
    if (!was.is_object()) {
      throw UsageError(of + key::kCalibrated + " is " + report::JsonText(was) + "; it must be as build wrote it");
    }
    Check(was, calibrated, of + key::kCalibrated + ": ");
  }
}

}  // namespace

void CheckKinds(const Json& file, const std::string& path) {
  for (const char* section : {key::kNetwork, key::kCalibration}) {
    Check(file.at(section), kOfFile, path + ": " + section + ": ");
  }
  CheckEntries(file.at(key::kTensors), kOfTensor, kCalibratedTensor, path + ": tensor ");
  CheckEntries(file.at(key::kNodes), kOfNode, kCalibratedNode, path + ": node ");
}

}  // namespace lockstep::calibration
