#include "calibration/tensor_entry.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "calibration/entry_keys.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "quantize/affine.h"
#include "quantize/policy_settings.h"
#include "report/json_text.h"

namespace lockstep::calibration {
namespace {

using quantize::AffineParams;

bool IsScale(const Json& value) {
  const auto is_one = [](const Json& scale) { return scale.is_number() && scale.get<double>() > 0; };
  return value.is_array() ? !value.empty() && std::all_of(value.begin(), value.end(), is_one) : is_one(value);
}

class EntryReader {
 public:
  EntryReader(const Json& entry, const std::string& where)
      : entry_(entry), calibrated_(entry.value(key::kCalibrated, Json::object())), where_(where) {}

  TensorEntry Read() const {
    CheckKeys();
    TensorEntry result;
    if (entry_.contains(key::kSameAs)) {
      result.same_as = entry_.at(key::kSameAs).get<std::string>();
      return result;
    }
    const std::string type = entry_.value(key::kType, std::string());
    result.is_float = type == key::kF32;
    // More bits of the same kind make U8 to U16, and no node another one.
    const bool was_float = calibrated_.value(key::kType, std::string()) == key::kF32;
    result.type_changed = Changed(key::kType) && (!calibrated_.contains(key::kType) || result.is_float != was_float);
    const int bits = Bits(type);
    result.bits_changed = bits != calibrated_.value(key::kBits, 0);
    result.levels_changed = Changed(key::kRange) || Changed(key::kScale) || Changed(key::kZeroPoint);
    result.params = Params(bits, result.bits_changed);
    const std::vector<double> scales = Scales();
    if (result.params && !scales.empty() && !FromRange(result.bits_changed)) result.channel_scales = scales;
    return result;
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const { throw UsageError(where_ + ": " + what); }

  bool Changed(const char* field) const {
    return entry_.contains(field) && (!calibrated_.contains(field) || entry_.at(field) != calibrated_.at(field));
  }

  void Must(const char* field, bool fits, const char* wanted) const {
    if (fits) return;
    Fail(std::string(field) + " is " + report::JsonText(entry_.at(field)) + "; it must be " + wanted);
  }

  void CheckKeys() const {
    static const std::vector<std::string> kKnown = {key::kSameAs, key::kType,      key::kBits,      key::kRange,
                                                    key::kScale,  key::kZeroPoint, key::kCalibrated};
    for (const auto& [field, value] : entry_.items()) {
      if (std::count(kKnown.begin(), kKnown.end(), field) == 0) {
        Fail("unknown field " + graph::Quoted(field) + graph::DidYouMean(field, kKnown));
      }
      if (field == key::kSameAs) {
        Must(key::kSameAs, value.is_string(), "the name of a tensor");
        if (entry_.size() > 1) Fail("says same_as and more; leave one of them out");
      }
      if (field == key::kType) {
        Must(key::kType, value == key::kU8 || value == key::kU16 || value == key::kF32, "U8, U16 or F32");
      }
      if (field == key::kBits) {
        const bool whole = value.is_number_integer();
        Must(key::kBits,
             whole && value.get<double>() >= quantize::kLeastBits && value.get<double>() <= quantize::kMostBits,
             "a whole number in 2..16");
      }
      if (field == key::kRange) CheckRange(value);
      if (field == key::kScale) {
        Must(key::kScale, IsScale(value), "a number above 0, or a list of them, one for each channel");
      }
      if (field == key::kZeroPoint) {
        // In 64 bits a number beyond 32 would become another one.
        const bool whole = value.is_number_integer() && std::abs(value.get<double>()) < (1 << 16);
        Must(key::kZeroPoint, whole, "a whole number in 0..65535");
      }
      if (field == key::kCalibrated) Must(key::kCalibrated, value.is_object(), "as build wrote it");
    }
    if (!entry_.contains(key::kSameAs) && !entry_.contains(key::kType)) Fail("type is missing; say U8, U16 or F32");
  }

  void CheckRange(const Json& value) const {
    Must(key::kRange, value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_number(),
         "two numbers, [low, high]");
    const auto low = value[0].get<double>();
    const auto high = value[1].get<double>();
    Must(key::kRange, low <= 0.0 && high >= 0.0 && low < high,
         "two numbers with low <= 0 <= high and low < high: zero is always a level");
    constexpr double kMost = 1e30;
    Must(key::kRange, low >= -kMost && high <= kMost && high - low >= 1.0 / kMost,
         "two numbers within 1e30 and more than 1e-30 apart");
  }

  int Bits(const std::string& type) const {
    const int calibrated = calibrated_.value(key::kBits, 0);
    const int said = entry_.value(key::kBits, calibrated);
    if (!Changed(key::kType) || type == key::kF32) return said;
    const bool wide = type == key::kU16;
    const bool agree = said != 0 && wide == (said > quantize::kByteBits);
    if (agree) return said;
    if (Changed(key::kBits)) {
      Fail("type is " + type + " and bits is " + std::to_string(said) +
           ", which contradict each other: U8 has 2 to 8 bits, U16 has 9 to 16; change one of them");
    }
    return wide ? quantize::kMostBits : quantize::kByteBits;
  }

  // Whether the range decides.
  bool FromRange(bool bits_changed) const {
    const bool scaled = Changed(key::kScale) || Changed(key::kZeroPoint);
    return Changed(key::kRange) || (bits_changed && !scaled && entry_.contains(key::kRange));
  }

  // A list of scales, as it stands or else as it was calibrated; empty where there is one scale.
  std::vector<double> Scales() const {
    std::vector<double> scales;
    const Json& of = entry_.contains(key::kScale) ? entry_ : calibrated_;
    if (!of.contains(key::kScale) || !of.at(key::kScale).is_array()) return scales;
    for (const Json& scale : of.at(key::kScale)) {
      scales.push_back(static_cast<float>(scale.get<double>()));
      if (!std::isnormal(static_cast<float>(scales.back()))) Fail("scale is no normal float32");
    }
    return scales;
  }

  std::optional<AffineParams> Params(int bits, bool bits_changed) const {
    const bool scaled = Changed(key::kScale) || Changed(key::kZeroPoint);
    if (FromRange(bits_changed)) {
      if (bits == 0) Fail("has a range and no bits; say bits");
      const Json& range = entry_.at(key::kRange);
      const AffineParams params = quantize::AffineFromRange({range[0].get<double>(), range[1].get<double>()}, bits);
      if (scaled && !(Scaled(bits) == params)) {
        Fail("range and scale or zero_point were both changed and contradict each other: the range in " +
             std::to_string(bits) + " bits makes scale " + report::JsonText(Json(params.scale)) + " and zero_point " +
             std::to_string(params.zero_point) + "; remove scale and zero_point if the range is meant, else the range");
      }
      return params;
    }
    if (!entry_.contains(key::kScale) && !calibrated_.contains(key::kScale)) {
      if (bits != 0) Fail("has bits and no range; say range");
      return std::nullopt;
    }
    if (bits == 0) Fail("has a scale and no bits; say bits");
    return Scaled(bits);
  }

  // With scale and zero point as they stand, or else as they were calibrated.
  AffineParams Scaled(int bits) const {
    AffineParams params;
    params.bits = bits;
    const std::vector<double> scales = Scales();
    if (!scales.empty()) {
      params.scale = *std::max_element(scales.begin(), scales.end());
    } else {
      params.scale = static_cast<float>(entry_.contains(key::kScale) ? entry_.at(key::kScale).get<double>()
                                                                     : calibrated_.value(key::kScale, 0.0));
      if (!Changed(key::kScale)) params.scale = calibrated_.value(key::kScale, params.scale);
    }
    if (!std::isnormal(static_cast<float>(params.scale))) Fail("scale is no normal float32");
    params.zero_point = entry_.value(key::kZeroPoint, calibrated_.value(key::kZeroPoint, 0));
    if (params.zero_point < 0 || params.zero_point > params.high()) {
      Fail("zero_point is " + std::to_string(params.zero_point) + "; with " + std::to_string(bits) +
           " bits it must be in 0.." + std::to_string(params.high()));
    }
    return params;
  }

  const Json& entry_;
  const Json calibrated_;
  const std::string& where_;
};

}  // namespace

TensorEntry ReadTensorEntry(const Json& entry, const std::string& where) { return EntryReader(entry, where).Read(); }

}  // namespace lockstep::calibration
