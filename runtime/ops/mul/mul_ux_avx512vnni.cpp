#include "arithmetic/requantize.h"
#include "ops/common/binary_runs.h"
#include "ops/mul/mul.h"

namespace lockstep::kernels {

namespace {

// The products have up to 33 bits.
bool AreWide(const LayerArgs& args) {
  return args.inputs[0].dtype == joint::DType::U16 && args.inputs[1].dtype == joint::DType::U16;
}

}  // namespace

bool AcceptsMul512(const LayerArgs& args) {
  return (!AreWide(args) || args.layer->options_as_Mul()->shift() >= kLongShift) && HasPlainRuns(args);
}

void mul_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ForEachBinaryRun(args, begin, end, MulConstantsOf(args), AreWide(args) ? MulWideRun512 : MulRun512);
}

}  // namespace lockstep::kernels
