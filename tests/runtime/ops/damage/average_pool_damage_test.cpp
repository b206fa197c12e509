#include <utility>

#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::AveragePoolT& Mean(ModelT& m) { return *FirstOptions<joint::AveragePoolT>(m); }
void SwapLastAxes(joint::TensorT& tensor) { std::swap(tensor.shape[2], tensor.shape[3]); }

const Damage kAveragePoolDamages[] = {
    {"Batch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::AveragePoolT>(m)); }, "must have the same batch"},
    {"Kernel", [](ModelT& m) { Mean(m).kernel_w = 0; }, "kernel_w"},
    {"Pad", [](ModelT& m) { Mean(m).pad_bottom = 3; }, "pad_bottom"},
    {"Stride", [](ModelT& m) { Mean(m).stride_w = 2; }, "width"},
    {"MultiplierLength", [](ModelT& m) { Mean(m).multiplier.resize(5, 1 << 30); }, "length of multiplier"},
    {"NoMultiplier",
     [](ModelT& m) {
       Mean(m).multiplier.clear();
       Mean(m).shift.clear();
     },
     "length of multiplier"},
    {"ShiftLength", [](ModelT& m) { Mean(m).shift.push_back(0); }, "length of shift"},
    {"Multiplier", [](ModelT& m) { Mean(m).multiplier.back() = 7; }, "multiplier["},
    {"Shift", [](ModelT& m) { Mean(m).shift[0] = 32; }, "shift[0]"},
    {"Clamp", [](ModelT& m) { Mean(m).clamp_high = 256; }, "clamp_high"},
    {"Channels", [](ModelT& m) { SwapLastAxes(OutputOf<joint::AveragePoolT>(m)); }, "shape"},
    {"Bits", [](ModelT& m) { Narrow(OutputOf<joint::AveragePoolT>(m), 7); }, "clamp_high"},
    {"DivisorOfIntegers", [](ModelT& m) { Mean(m).divisor = 9; }, "divisor"},
};

const Damage kFloatAveragePoolDamages[] = {
    {"Multiplier", [](ModelT& m) { FirstOptions<joint::AveragePoolT>(m)->multiplier = {1 << 30}; }, "multiplier"},
    {"Divisor", [](ModelT& m) { FirstOptions<joint::AveragePoolT>(m)->divisor = -1; }, "divisor"},
};

INSTANTIATE_TEST_SUITE_P(AveragePool, ModelDamage, testing::ValuesIn(kAveragePoolDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(AveragePool, FloatDamage, testing::ValuesIn(kFloatAveragePoolDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
