#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kAddDamages[] = {
    {"MultiplierA", [](ModelT& m) { FirstOptions<joint::AddT>(m)->multiplier_a = (1 << 21) + 1; }, "multiplier_a"},
    {"MultiplierB", [](ModelT& m) { FirstOptions<joint::AddT>(m)->multiplier_b = INT32_MIN; }, "multiplier_b"},
    {"ShiftZero", [](ModelT& m) { FirstOptions<joint::AddT>(m)->shift = 0; }, "shift"},
    {"ShiftWide", [](ModelT& m) { FirstOptions<joint::AddT>(m)->shift = 31; }, "shift"},
    {"ShiftOfU16", [](ModelT& m) { static_cast<joint::AddT*>(WideAdd(m).options.value)->shift = 47; }, "shift is 47"},
    {"Clamp", [](ModelT& m) { FirstOptions<joint::AddT>(m)->clamp_high = 65535; }, "clamp_high"},
    {"OneInput", [](ModelT& m) { FirstLayer<joint::AddT>(m)->inputs.pop_back(); }, "number of inputs"},
    {"Shape", [](ModelT& m) { FirstLayer<joint::AddT>(m)->inputs[1] = m.inputs[0]->tensor; }, "shape"},
    {"Bits", [](ModelT& m) { Narrow(OutputOf<joint::AddT>(m), 7); }, "clamp_high"},
    {"SubtractOfIntegers", [](ModelT& m) { FirstOptions<joint::AddT>(m)->subtract = true; }, "subtract"},
};

const Damage kFloatAddDamages[] = {
    {"OfIntegers", [](ModelT& m) { MakeIntegers(OutputOf<joint::AddT>(m)); }, "input a"},
};

INSTANTIATE_TEST_SUITE_P(Add, ModelDamage, testing::ValuesIn(kAddDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Add, FloatDamage, testing::ValuesIn(kFloatAddDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
