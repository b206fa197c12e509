#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kMaximumDamages[] = {
    {"OneInput", [](ModelT& m) { FirstLayer<joint::MaximumT>(m)->inputs.pop_back(); }, "number of inputs"},
    {"TwoOutputs",
     [](ModelT& m) {
       auto& outputs = FirstLayer<joint::MaximumT>(m)->outputs;
       outputs.push_back(outputs[0]);
     },
     "number of outputs is 2"},
    {"Shape", [](ModelT& m) { FirstLayer<joint::MaximumT>(m)->inputs[1] = m.inputs[0]->tensor; }, "shape"},
    {"MultiplierA", [](ModelT& m) { FirstOptions<joint::MaximumT>(m)->multiplier_a = (1 << 30) - 1; },
     "multiplier_a is 1073741823"},
    {"MultiplierB", [](ModelT& m) { FirstOptions<joint::MaximumT>(m)->multiplier_b = -1; }, "multiplier_b is -1"},
    {"ShiftA", [](ModelT& m) { FirstOptions<joint::MaximumT>(m)->shift_a = 32; }, "shift is 32"},
    {"ShiftB", [](ModelT& m) { FirstOptions<joint::MaximumT>(m)->shift_b = -31; }, "shift is -31"},
    {"ClampLow", [](ModelT& m) { FirstOptions<joint::MaximumT>(m)->clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { FirstOptions<joint::MaximumT>(m)->clamp_high = 65536; }, "clamp_high"},
};

const Damage kFloatMaximumDamages[] = {
    {"OfIntegers", [](ModelT& m) { MakeIntegers(OutputOf<joint::MaximumT>(m)); }, "input a"},
};

INSTANTIATE_TEST_SUITE_P(Maximum, ModelDamage, testing::ValuesIn(kMaximumDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Maximum, FloatDamage, testing::ValuesIn(kFloatMaximumDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
