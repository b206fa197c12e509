#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kMulDamages[] = {
    {"Multiplier", [](ModelT& m) { FirstOptions<joint::MulT>(m)->multiplier = 0; }, "multiplier"},
    {"Shift", [](ModelT& m) { FirstOptions<joint::MulT>(m)->shift = 40; }, "shift"},
    {"Clamp", [](ModelT& m) { FirstOptions<joint::MulT>(m)->clamp_low = 999; }, "clamp_low"},
    {"Bits", [](ModelT& m) { Narrow(OutputOf<joint::MulT>(m), 7); }, "clamp_high"},
    {"DivideOfIntegers", [](ModelT& m) { FirstOptions<joint::MulT>(m)->divide = true; }, "divide"},
};

const Damage kFloatMulDamages[] = {
    {"OfIntegers", [](ModelT& m) { MakeIntegers(InputOf<joint::MulT>(m, 1)); }, "input b"},
};

INSTANTIATE_TEST_SUITE_P(Mul, ModelDamage, testing::ValuesIn(kMulDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Mul, FloatDamage, testing::ValuesIn(kFloatMulDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
