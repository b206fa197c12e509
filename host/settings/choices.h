// The words that settings take, and what they stand for.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "quantize/corrections/bias_correction.h"
#include "quantize/corrections/error_compensation.h"
#include "quantize/quantize.h"
#include "quantize/quantized_graph.h"

namespace lockstep::settings {

template <typename Value>
struct NamedValue {
  const char* name;
  Value value;
};

inline constexpr std::array<NamedValue<quantize::InputPreprocess::Color>, 3> kColors = {
    {{"RGB", quantize::InputPreprocess::Color::kRgb},
     {"BGR", quantize::InputPreprocess::Color::kBgr},
     {"GRAY", quantize::InputPreprocess::Color::kGray}}};
inline constexpr std::array<NamedValue<quantize::InputPreprocess::Resize>, 3> kResizes = {
    {{"letterbox", quantize::InputPreprocess::Resize::kLetterbox},
     {"stretch", quantize::InputPreprocess::Resize::kStretch},
     {"none", quantize::InputPreprocess::Resize::kNone}}};
inline constexpr std::array<NamedValue<quantize::InputPreprocess::Type>, 6> kInputTypes = {
    {{"picture", quantize::InputPreprocess::Type::kPicture},
     {"u8", quantize::InputPreprocess::Type::kU8},
     {"s8", quantize::InputPreprocess::Type::kS8},
     {"u16", quantize::InputPreprocess::Type::kU16},
     {"s16", quantize::InputPreprocess::Type::kS16},
     {"f32", quantize::InputPreprocess::Type::kF32}}};
// Whether an output is what the last layer computes, and whether its axes lie as in memory.
inline constexpr std::array<NamedValue<bool>, 2> kOutputFormats = {{{"float", false}, {"raw", true}}};
inline constexpr std::array<NamedValue<bool>, 2> kOutputOrders = {{{"onnx", false}, {"physical", true}}};
inline const std::array<NamedValue<quantize::ObserverKind>, 8>& Observers() {
  using quantize::ObserverKind;
  static const std::array<NamedValue<ObserverKind>, 8> kTable = {
      {{ToText(ObserverKind::kMinMax), ObserverKind::kMinMax},
       {ToText(ObserverKind::kMovingAverage), ObserverKind::kMovingAverage},
       {ToText(ObserverKind::kPercentile), ObserverKind::kPercentile},
       {ToText(ObserverKind::kMse), ObserverKind::kMse},
       {ToText(ObserverKind::kKl), ObserverKind::kKl},
       {ToText(ObserverKind::kAdmm), ObserverKind::kAdmm},
       {ToText(ObserverKind::kOctav), ObserverKind::kOctav},
       {ToText(ObserverKind::kAuto), ObserverKind::kAuto}}};
  return kTable;
}

// Whether zero is the middle level of a range.
inline constexpr std::array<NamedValue<bool>, 2> kActivationRanges = {{{"asymmetric", false}, {"symmetric", true}}};

inline constexpr std::array<NamedValue<quantize::QuantizeOnly>, 3> kQuantizeOnly = {
    {{"all", quantize::QuantizeOnly::kAll},
     {"weights", quantize::QuantizeOnly::kWeights},
     {"features", quantize::QuantizeOnly::kFeatures}}};

inline constexpr std::array<NamedValue<quantize::BiasCorrection>, 4> kBiasCorrections = {
    {{"none", quantize::BiasCorrection::kNone},
     {"weights", quantize::BiasCorrection::kWeights},
     {"features", quantize::BiasCorrection::kFeatures},
     {"both", quantize::BiasCorrection::kBoth}}};

inline constexpr std::array<NamedValue<quantize::CompensatedPart>, 3> kCompensatedParts = {
    {{"weight", quantize::CompensatedPart::kWeight},
     {"input", quantize::CompensatedPart::kInput},
     {"both", quantize::CompensatedPart::kBoth}}};

// Whether one scale holds for all channels.
inline constexpr std::array<NamedValue<bool>, 2> kScales = {{{"per_channel", false}, {"per_tensor", true}}};

inline const std::array<NamedValue<quantize::WeightRangeKind>, 3>& WeightRanges() {
  using quantize::WeightRangeKind;
  static const std::array<NamedValue<WeightRangeKind>, 3> kTable = {
      {{ToText(WeightRangeKind::kMax), WeightRangeKind::kMax},
       {ToText(WeightRangeKind::kMse), WeightRangeKind::kMse},
       {ToText(WeightRangeKind::kAdmm), WeightRangeKind::kAdmm}}};
  return kTable;
}

template <typename Table>
std::vector<std::string> Names(const Table& table) {
  std::vector<std::string> names;
  names.reserve(table.size());
  for (const auto& entry : table) names.emplace_back(entry.name);
  return names;
}

template <typename Table, typename Value>
std::string NameOf(const Table& table, Value value) {
  for (const auto& entry : table) {
    if (entry.value == value) return entry.name;
  }
  return "";
}

// `name` is one of the table's: the setting was checked.
template <typename Table>
auto ValueOf(const Table& table, const std::string& name) {
  for (const auto& entry : table) {
    if (name == entry.name) return entry.value;
  }
  return table[0].value;
}

}  // namespace lockstep::settings
