// What an entry of a tensor says when it may have been changed by hand.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "quantize/tensor_format.h"

namespace lockstep::calibration {

using Json = nlohmann::ordered_json;

struct TensorEntry {
  std::optional<std::string> same_as;  // then nothing else is said
  bool is_float = false;
  bool type_changed = false;
  bool bits_changed = false;
  bool levels_changed = false;                   // range, scale or zero_point
  std::optional<quantize::AffineParams> params;  // the integers; of a float tensor, as which integer nodes read it
  std::vector<double> channel_scales;            // in place of their scale one for each channel; empty: one
};

// Of type, bits, range, scale and zero_point those count that differ from what stands in `calibrated`; what was not
// changed follows: the type from the bits, scale and zero point from range and bits, which make one scale of a list.
// Throws UsageError, beginning with `where`, for unknown fields, values of the wrong kind or out of range, and changes
// that contradict each other.
TensorEntry ReadTensorEntry(const Json& entry, const std::string& where);

}  // namespace lockstep::calibration
