#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::DepthwiseConvT& Depthwise(ModelT& m) { return *FirstOptions<joint::DepthwiseConvT>(m); }

const Damage kDepthwiseConvDamages[] = {
    {"Batch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::DepthwiseConvT>(m)); }, "must have the same batch"},
    {"Weights", [](ModelT& m) { DepthwiseWeightsIndex(m) = ConvWeightsIndex(m); }, "inputs[1]: packed"},
    {"NoWeights", [](ModelT& m) { FirstLayer<joint::DepthwiseConvT>(m)->inputs.pop_back(); }, "number of inputs is 1"},
    {"WeightsAreActivation", [](ModelT& m) { DepthwiseWeightsIndex(m) = m.inputs[0]->tensor; }, "weights"},
    {"Pad", [](ModelT& m) { Depthwise(m).pad_top = 5; }, "height"},
    {"Bound", [](ModelT& m) { Depthwise(m).acc_init[1] = INT32_MAX; }, "acc_bits[1]"},
    {"Shift", [](ModelT& m) { Depthwise(m).shift[0] = 100; }, "shift[0]"},
    {"Table", [](ModelT& m) { Depthwise(m).table.resize(512); }, "table"},
    {"BitsTable", [](ModelT& m) { Narrow(OutputOf<joint::DepthwiseConvT>(m), 7); }, "table: an entry"},
};

const Damage kFloatDepthwiseConvDamages[] = {
    {"Multiplier", [](ModelT& m) { Depthwise(m).multiplier.assign(20, 1 << 30); }, "multiplier"},
    {"Weights",
     [](ModelT& m) { FirstLayer<joint::DepthwiseConvT>(m)->inputs[1] = FirstLayer<joint::ConvT>(m)->inputs[1]; },
     "inputs[1]: packed"},
};

INSTANTIATE_TEST_SUITE_P(DepthwiseConv, ModelDamage, testing::ValuesIn(kDepthwiseConvDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(DepthwiseConv, FloatDamage, testing::ValuesIn(kFloatDepthwiseConvDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
