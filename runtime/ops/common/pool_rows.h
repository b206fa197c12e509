// A row of outputs of a pool, for kernels of an instruction set.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

struct PoolRow {
  const uint8_t* from;  // the first input row of the windows
  int64_t row_step;     // bytes
  int64_t rows;         // within the input
  int64_t pixel_step;   // bytes
  int32_t channels;
  int32_t in_w, out_w;
  int32_t kernel_w, stride_w, pad_left;
  uint8_t* y;
  int64_t y_step;                     // bytes from one pixel to the next
  bool wide = false, wide_y = false;  // elements of two bytes
};

// What makes a mean of a sum. `by_count`: there is a multiplier for each number of elements, else one.
struct PoolMeans {
  const int32_t* multiplier;
  const int8_t* shift;
  bool by_count;
  int32_t in_zero_point, zero_point, low, high;
};

// One of each for an instruction set: compiled where LOCKSTEP_KERNELS_<SET> says so.
void MaxPoolRow512(const PoolRow& row, uint8_t* columns);  // a row of the input
void MaxPoolRowNeon(const PoolRow& row, uint8_t* columns);
void MaxPoolRowMsa(const PoolRow& row, uint8_t* columns);
void AveragePoolRow512(const PoolRow& row, const PoolMeans& means, int32_t* columns);

}  // namespace lockstep::kernels
