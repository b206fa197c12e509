#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kSoftmaxDamages[] = {
    {"Table", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table.pop_back(); }, "table"},
    {"FirstZero", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table[0] = 0; }, "table"},
    {"Sum", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table[9] = 1U << 31; }, "table"},
    {"Numerator", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->numerator = 65536; },
     "numerator: needs a higher version"},
    {"NumeratorZero", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->numerator = 0; }, "numerator is 0"},
    {"NumeratorLarge", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->numerator = (1 << 23) + 1; }, "numerator is"},
    {"SecondVersionScale",
     [](ModelT& m) {
       FirstLayer<joint::SoftmaxT>(m)->version = 2;
       FirstOptions<joint::SoftmaxT>(m)->numerator = 300;
     },
     "quantization"},
    {"Scale", [](ModelT& m) { OutputOf<joint::SoftmaxT>(m).quantization->scale[0] = 1.0F; }, "quantization"},
    {"ZeroPoint", [](ModelT& m) { OutputOf<joint::SoftmaxT>(m).quantization->zero_point[0] = 1; }, "quantization"},
    {"Bits", [](ModelT& m) { Narrow(OutputOf<joint::SoftmaxT>(m), 7); }, "quantization.bits: needs a higher version"},
};

const Damage kFloatSoftmaxDamages[] = {
    {"Table", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table.assign(256, 1); }, "table"},
};

const Damage kWideSoftmaxDamages[] = {
    {"FirstVersion", [](ModelT& m) { FirstLayer<joint::SoftmaxT>(m)->version = 1; }, "input: needs a higher version"},
    {"NoTable", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table.clear(); }, "length of table"},
    {"LongTable", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table.resize(65537); }, "length of table"},
    {"LastSum", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table.back() = 1U << 31; }, "table: the sum"},
};

INSTANTIATE_TEST_SUITE_P(Softmax, ModelDamage, testing::ValuesIn(kSoftmaxDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Softmax, FloatDamage, testing::ValuesIn(kFloatSoftmaxDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Softmax, WideDamage, testing::ValuesIn(kWideSoftmaxDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
