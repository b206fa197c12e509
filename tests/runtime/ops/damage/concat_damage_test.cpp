#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kConcatDamages[] = {
    {"Axis", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->axis = 4; }, "axis"},
    {"OtherAxis", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->axis = 1; }, "inputs[0]"},
    {"Multipliers", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->multiplier.pop_back(); }, "multiplier"},
    {"Shifts", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->shift.push_back(1); }, "shift"},
    {"Multiplier", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->multiplier[1] = 7; }, "multiplier"},
    {"Shift", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->shift[1] = 99; }, "shift"},
    {"ShiftOfACopy", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->shift[0] = 99; }, "shift[0]"},
    {"CopyOfOtherScale", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->multiplier[1] = 0; }, "quantization"},
    {"Rank",
     [](ModelT& m) {
       NetworkBuilder net(9);
       const int x = net.Input({1, 2, 1});
       net.Output(net.Concat({x, net.Input({1, 2, 2, 1})}, 2));
       m = net.Finish();
     },
     "inputs[1]: must have as many axes"},
    {"LeftOut",
     [](ModelT& m) {
       FirstLayer<joint::ConcatT>(m)->inputs.pop_back();
       FirstOptions<joint::ConcatT>(m)->multiplier.pop_back();
       FirstOptions<joint::ConcatT>(m)->shift.pop_back();
     },
     "shape"},
    {"BitsRescaled",
     [](ModelT& m) {
       FirstOptions<joint::ConcatT>(m)->multiplier[0] = 1 << 30;
       Narrow(OutputOf<joint::ConcatT>(m), 7);
     },
     "quantization.bits: needs a higher version"},
};

const Damage kFloatConcatDamages[] = {
    {"OfWords", [](ModelT& m) { MakeIntegers(InputOf<joint::ConcatT>(m)); }, "dtype"},
};

INSTANTIATE_TEST_SUITE_P(Concat, ModelDamage, testing::ValuesIn(kConcatDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Concat, FloatDamage, testing::ValuesIn(kFloatConcatDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
