#include "ops/common/sum_packed.h"

#include <algorithm>

namespace lockstep::check {
namespace {

constexpr int64_t kQuadWeights = kPackedLanes * kPackedQuad;
constexpr int64_t kAtATime = 256;  // so many weights within +-127 have a sum of 16 bits
constexpr int64_t kColumns = 16;   // that compilers turn into vectors

}  // namespace

bool AddQuads(const int8_t* weights, int64_t quads, BlockSums* sums) {
  int16_t least = 0;
  for (int64_t begin = 0; begin < quads; begin += kAtATime) {
    const int64_t count = std::min(kAtATime, quads - begin);
    for (int64_t column = 0; column < kQuadWeights; column += kColumns) {
      int16_t sum[kColumns] = {};
      int16_t absolute[kColumns] = {};
      int16_t lowest[kColumns] = {};
      const int8_t* from = weights + begin * kQuadWeights + column;
      for (int64_t quad = 0; quad < count; ++quad, from += kQuadWeights) {
        for (int64_t i = 0; i < kColumns; ++i) {
          const int16_t weight = from[i];
          const auto negative = static_cast<int16_t>(-weight);
          sum[i] = static_cast<int16_t>(sum[i] + weight);
          absolute[i] = static_cast<int16_t>(absolute[i] + std::max(weight, negative));
          lowest[i] = std::min(lowest[i], weight);
        }
      }
      for (int64_t i = 0; i < kColumns; ++i) {
        sums->sum[(column + i) / kPackedQuad] += sum[i];
        sums->absolute[(column + i) / kPackedQuad] += absolute[i];
        least = std::min(least, lowest[i]);
      }
    }
  }
  return least != -128;
}

}  // namespace lockstep::check
