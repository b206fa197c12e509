#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kFloatQuantizeDamages[] = {
    {"Low", [](ModelT& m) { FirstOptions<joint::QuantizeT>(m)->clamp_low = -1; }, "clamp_low"},
    {"AboveTheZeroPoint", [](ModelT& m) { FirstOptions<joint::QuantizeT>(m)->clamp_low = 256; }, "clamp_low"},
    {"High", [](ModelT& m) { FirstOptions<joint::QuantizeT>(m)->clamp_high = 256; }, "clamp_high"},
    {"OfIntegers",
     [](ModelT& m) { FirstLayer<joint::QuantizeT>(m)->inputs[0] = FirstLayer<joint::ConcatT>(m)->inputs[1]; }, "input"},
};

INSTANTIATE_TEST_SUITE_P(Quantize, FloatDamage, testing::ValuesIn(kFloatQuantizeDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
