#include "arithmetic/requantize.h"
#include "ops/common/binary_elements.h"

namespace lockstep::kernels {

bool AcceptsMulLanes(const LayerArgs& args) {
  return args.layer->options_as_Mul()->shift() >= kLongShift && HasPlainRuns(args);
}

void mul_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Mul& mul = *args.layer->options_as_Mul();
  const int32_t multiplier = mul.multiplier();
  const int32_t shift = mul.shift();
  const int32_t low = mul.clamp_low();
  const int32_t high = mul.clamp_high();
  const int32_t zero = args.outputs[0].zero_point;
  const bool both_wide = args.inputs[0].dtype == joint::DType::U16 && args.inputs[1].dtype == joint::DType::U16;
  if (both_wide) {  // the product has up to 33 bits
    const auto combine = [=](int32_t a, int32_t b) {
      const int64_t product = static_cast<int64_t>(a) * b;
      return static_cast<int32_t>(rq1::Clamp(zero + rq1::RequantizeWide(product, multiplier, shift), low, high));
    };
    RunBinary(args, begin, end, LoopsOf(combine));
  } else if (shift >= kHighWordShift) {
    const auto combine = [=](int32_t a, int32_t b) {
      return Clamp32(zero + RequantizeHighWord(a * b, multiplier, shift), low, high);
    };
    RunBinary(args, begin, end, ByteLoopsOf(combine));
  } else {
    const auto combine = [=](int32_t a, int32_t b) {
      return RequantizeClamped(a * b, multiplier, shift, zero, low, high);
    };
    RunBinary(args, begin, end, LoopsOf(combine));
  }
}

}  // namespace lockstep::kernels
