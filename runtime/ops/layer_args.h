// A layer as prepare steps and kernels see it. It was checked at load, so none of them checks again.
#pragma once

#include <cstdint>

#include "core/limits.h"
#include "joint_generated.h"

namespace lockstep::kernels {

struct TensorView {
  uint8_t* data = nullptr;         // constants are never written
  const int32_t* shape = nullptr;  // physical order
  int32_t rank = 0;
  joint::DType dtype = joint::DType::U8;
  float scale = 0.0F;
  int32_t zero_point = 0;
  int64_t elements = 0;
  uint64_t bytes = 0;
};

struct LayerArgs {
  const joint::Layer* layer = nullptr;
  const TensorView* inputs = nullptr;
  int32_t input_count = 0;
  const TensorView* outputs = nullptr;
  int32_t output_count = 0;
  const uint8_t* state = nullptr;  // what the operator's setup wrote; nullptr if it asked for none
};

}  // namespace lockstep::kernels
