// Figures of a profile that several of its files show.
#pragma once

#include <cstdint>

#include "lockstep/runtime.h"

namespace lockstep {

inline double Milliseconds(double nanoseconds) { return nanoseconds * 1e-6; }
inline double Milliseconds(uint64_t nanoseconds) { return Milliseconds(static_cast<double>(nanoseconds)); }

// One multiply-accumulate counts as two operations.
inline double Gops(uint64_t macs, double nanoseconds) {
  return nanoseconds > 0 ? 2.0 * static_cast<double>(macs) / nanoseconds : 0;
}

// Every byte that the layer reads or writes in the arena.
inline uint64_t LayerBytes(const Model& model, int32_t layer) {
  uint64_t bytes = 0;
  for (int32_t i = 0; i < model.layer_output_count(layer); ++i) {
    bytes += model.tensor(model.layer_output_tensor(layer, i)).bytes;
  }
  for (int32_t i = 0; i < model.layer(layer).input_count; ++i) {
    const int32_t input = model.layer_input_tensor(layer, i);
    if (!model.is_constant(input)) bytes += model.tensor(input).bytes;
  }
  return bytes;
}

}  // namespace lockstep
