// A layer as prepare steps and kernels see it. It was checked at load, so none of them checks again.
#pragma once

#include <cstdint>

#include "check/limits.h"
#include "joint_elements.h"

namespace lockstep::kernels {

struct TensorView {
  uint8_t* data = nullptr;         // constants are never written
  const int32_t* shape = nullptr;  // physical order
  int32_t rank = 0;
  joint::DType dtype = joint::DType::U8;
  float scale = 0.0F;
  int32_t zero_point = 0;
  int32_t high = 0;  // the largest value that its bits allow, of U8 and U16
  int64_t elements = 0;
  uint64_t bytes = 0;         // of the elements alone
  int64_t pitch = 0;          // elements from one row along the last axis to the next: a row's length, or more
  int64_t arena_offset = -1;  // in bytes; -1: not in the arena
};

inline int64_t RowLength(const TensorView& view) { return view.shape[view.rank - 1]; }
// Its rows do not lie side by side, because it is within another tensor's memory. An operator's row says where it may
// be.
inline bool IsStrided(const TensorView& view) { return view.pitch != RowLength(view); }
// Where the element at a position in the tensor's order lies, counted in elements.
inline int64_t PlaceOf(const TensorView& view, int64_t position) {
  return IsStrided(view) ? position / RowLength(view) * view.pitch + position % RowLength(view) : position;
}
// The elements of a part lie where the whole has them, `place` elements behind its first: nothing is to copy.
inline bool IsWithin(const TensorView& part, const TensorView& whole, int64_t place) {
  return part.arena_offset >= 0 && whole.arena_offset >= 0 &&
         part.arena_offset == whole.arena_offset + place * joint::ElementBytes(part.dtype);
}

struct Kernel;

struct LayerArgs {
  const joint::Layer* layer = nullptr;
  const TensorView* inputs = nullptr;
  int32_t input_count = 0;
  const TensorView* outputs = nullptr;
  int32_t output_count = 0;
  const uint8_t* state = nullptr;  // what the operator's setup wrote; nullptr if it asked for none
  const Kernel* kernel = nullptr;  // that was chosen, before the prepare step
  bool by_rows = false;            // of a DepthwiseConv: its units are output rows
};

}  // namespace lockstep::kernels
