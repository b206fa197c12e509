// The elements of a dumped tensor as they lie in its file.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "dump/dump.h"
#include "graph/error.h"

namespace lockstep::dump {

template <typename T>
T Load(const uint8_t* bytes, int64_t index) {
  T value;
  std::memcpy(&value, bytes + static_cast<size_t>(index) * sizeof(T), sizeof(T));
  return value;
}

// Calls `visit` with the C++ type that a dtype name stands for.
template <typename Visit>
void WithType(const std::string& dtype, const Visit& visit) {
  if (dtype == "u8") return visit(uint8_t{});
  if (dtype == "u16") return visit(uint16_t{});
  if (dtype == "s8") return visit(int8_t{});
  if (dtype == "s16") return visit(int16_t{});
  if (dtype == "s32") return visit(int32_t{});
  if (dtype == "s64") return visit(int64_t{});
  if (dtype == "f32") return visit(float{});
  if (dtype == "bool") return visit(uint8_t{});
  if (dtype == "f64") return visit(double{});  // of arrays from elsewhere
  throw BadInput("the element type \"" + dtype + "\" of a dump is unknown");
}

// `index` in physical order.
inline double ScaleAt(const DumpLayer& layer, int64_t index) {
  if (layer.channel_scales.empty()) return layer.scale;
  return layer.channel_scales[static_cast<size_t>(index) % layer.channel_scales.size()];
}

template <typename T>
double Real(const DumpLayer& layer, T stored, int64_t index) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<double>(stored);
  } else {
    // As Dequantize of the arithmetic contract: one float32 multiplication.
    int64_t level = 0;
    if (__builtin_sub_overflow(static_cast<int64_t>(stored), static_cast<int64_t>(layer.zero_point), &level)) {
      level = stored;  // so far from 0 that no zero point counts
    }
    return static_cast<double>(static_cast<float>(ScaleAt(layer, index)) * static_cast<float>(level));
  }
}

}  // namespace lockstep::dump
