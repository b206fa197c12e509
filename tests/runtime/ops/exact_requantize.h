// rq of docs/arithmetic.md once more, written without the contract's header: sign and magnitude in 32-bit limbs, so
// that it also builds where there are no 128-bit integers. Slow and obvious.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

// (acc * m + 2^(30+s)) >> (31+s) for any 64-bit acc, m >= 0 and s in -30..60.
int64_t ExactRequantize(int64_t acc, int32_t m, int s);

}  // namespace lockstep::kernels
