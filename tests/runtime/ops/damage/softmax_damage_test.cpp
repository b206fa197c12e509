#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kSoftmaxDamages[] = {
    {"Table", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table.pop_back(); }, "table"},
    {"FirstZero", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table[0] = 0; }, "table"},
    {"Sum", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table[9] = 1U << 31; }, "table"},
    {"Numerator", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->numerator = 65536; }, "numerator"},
    {"Scale", [](ModelT& m) { OutputOf<joint::SoftmaxT>(m).quantization->scale[0] = 1.0F; }, "quantization"},
    {"ZeroPoint", [](ModelT& m) { OutputOf<joint::SoftmaxT>(m).quantization->zero_point[0] = 1; }, "quantization"},
    {"Bits", [](ModelT& m) { Narrow(OutputOf<joint::SoftmaxT>(m), 7); }, "quantization.bits"},
};

const Damage kFloatSoftmaxDamages[] = {
    {"Table", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table.assign(256, 1); }, "table"},
};

INSTANTIATE_TEST_SUITE_P(Softmax, ModelDamage, testing::ValuesIn(kSoftmaxDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Softmax, FloatDamage, testing::ValuesIn(kFloatSoftmaxDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
