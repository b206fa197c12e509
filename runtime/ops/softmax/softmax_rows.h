// A Softmax as the kernels of an instruction set see it.
#pragma once

#include <cstdint>

#include "ops/layer_args.h"

namespace lockstep::kernels {

struct SoftmaxRows {
  const uint8_t* x;
  int64_t x_step;  // bytes from one row to the next
  uint8_t* y;
  int64_t y_step;
  int64_t count;
  int64_t length;
  const uint32_t* table;  // of 256 entries, or of `entries` for words
  uint32_t numerator;     // at most 2^23
  uint32_t high;          // of y
  bool words;             // y is u16
  bool wide;              // x is u16
  uint32_t entries;       // of the table; what is beyond them is 0
  uint32_t* scratch;      // SoftmaxScratch, for what asks for it
};

// Bytes for a row's exponentials, whole groups of sixteen.
constexpr int64_t SoftmaxScratch(int64_t length) { return (length + 15) / 16 * 16 * int64_t{sizeof(uint32_t)}; }

// One of each instruction set: compiled where LOCKSTEP_KERNELS_<SET> says so.
void SoftmaxRows512(const SoftmaxRows& rows);
void SoftmaxRowsAvx2(const SoftmaxRows& rows);
void SoftmaxRowsNeon(const SoftmaxRows& rows);
void SoftmaxRowsMsa(const SoftmaxRows& rows);

SoftmaxRows SoftmaxRowsOf(const LayerArgs& args, int64_t begin, int64_t end);

}  // namespace lockstep::kernels
