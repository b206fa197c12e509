#include <algorithm>

#include "arithmetic/requantize.h"
#include "ops/common/binary_elements.h"
#include "ops/maximum/maximum.h"

namespace lockstep::kernels {
namespace {

// A shift below 0 may leave 32 bits.
struct Operands {
  explicit Operands(const joint::Maximum& options)
      : multiplier_a(options.multiplier_a()),
        shift_a(options.shift_a()),
        multiplier_b(options.multiplier_b()),
        shift_b(options.shift_b()),
        low(options.clamp_low()),
        high(options.clamp_high()) {}

  int64_t A(int32_t a) const { return rq1::Requantize(a, multiplier_a, shift_a); }
  int64_t B(int32_t b) const { return rq1::Requantize(b, multiplier_b, shift_b); }
  int32_t Limited(int64_t value) const { return static_cast<int32_t>(rq1::Clamp(zero + value, low, high)); }

  int32_t multiplier_a, shift_a, multiplier_b, shift_b, low, high;
  int32_t zero = 0;
};

}  // namespace

void maximum_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Maximum& options = *args.layer->options_as_Maximum();
  Operands of(options);
  of.zero = args.outputs[0].zero_point;
  if (options.smallest()) {
    const auto combine = [=](int32_t a, int32_t b) { return of.Limited(std::min(of.A(a), of.B(b))); };
    RunBinary(args, begin, end, ByteLoopsOf(combine));
  } else {
    const auto combine = [=](int32_t a, int32_t b) { return of.Limited(std::max(of.A(a), of.B(b))); };
    RunBinary(args, begin, end, ByteLoopsOf(combine));
  }
}

}  // namespace lockstep::kernels
