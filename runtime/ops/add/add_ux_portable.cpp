#include "arithmetic/requantize.h"
#include "ops/common/binary_elements.h"

namespace lockstep::kernels {

void add_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Add& add = *args.layer->options_as_Add();
  const int32_t multiplier_a = add.multiplier_a();
  const int32_t multiplier_b = add.multiplier_b();
  const int32_t shift = add.shift();
  const int32_t low = add.clamp_low();
  const int32_t high = add.clamp_high();
  const int32_t zero = args.outputs[0].zero_point;
  const bool narrow = args.inputs[0].dtype == joint::DType::U8 && args.inputs[1].dtype == joint::DType::U8 &&
                      args.outputs[0].dtype == joint::DType::U8;
  if (narrow) {  // the format bounds multipliers and shift so that 32 bits hold every step
    const int32_t half = (1 << shift) >> 1;
    const auto combine = [=](int32_t a, int32_t b) {
      return Clamp32(zero + ((a * multiplier_a + b * multiplier_b + half) >> shift), low, high);
    };
    RunBinary(args, begin, end, ByteLoopsOf(combine));
  } else {
    const auto combine = [=](int32_t a, int32_t b) {
      return static_cast<int32_t>(
          rq1::Clamp(zero + rq1::WeightedSum(a, multiplier_a, b, multiplier_b, shift), low, high));
    };
    RunBinary(args, begin, end, LoopsOf(combine));
  }
}

}  // namespace lockstep::kernels
