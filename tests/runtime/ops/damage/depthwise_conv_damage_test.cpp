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
    {"Sums64", [](ModelT& m) { Depthwise(m).acc_bits = 64; }, "acc_bits: needs a higher version"},
    {"BitsTable", [](ModelT& m) { Narrow(OutputOf<joint::DepthwiseConvT>(m), 7); }, "table: an entry"},
};

const Damage kFloatDepthwiseConvDamages[] = {
    {"Multiplier", [](ModelT& m) { Depthwise(m).multiplier.assign(20, 1 << 30); }, "multiplier"},
    {"Weights",
     [](ModelT& m) { FirstLayer<joint::DepthwiseConvT>(m)->inputs[1] = FirstLayer<joint::ConvT>(m)->inputs[1]; },
     "inputs[1]: packed"},
};

const Damage kWideDepthwiseConvDamages[] = {
    {"FirstVersion", [](ModelT& m) { WordsLayer<joint::DepthwiseConvT>(m).version = 1; },
     "input: needs a higher version"},
    {"SmallestWeight",
     [](ModelT& m) {
       std::vector<uint8_t>& bytes =
           m.constants[m.tensors[WordsLayer<joint::DepthwiseConvT>(m).inputs[1]]->constant]->data;
       bytes[0] = 0;
       bytes[1] = 0x80;
     },
     "weights: -32768"},
    {"WeightBeyondTwoBytes",
     [](ModelT& m) {
       std::vector<uint8_t>& bytes =
           m.constants[m.tensors[WordsLayer<joint::DepthwiseConvT>(m).inputs[1]]->constant]->data;
       bytes[0] = 0x01;  // 32513
       bytes[1] = 0x7f;
     },
     "weights: must be within -32512..32512"},
    {"Sums32", [](ModelT& m) { WordsOptions<joint::DepthwiseConvT>(m).acc_bits = 32; }, "acc_bits[0]"},
    {"AccBits", [](ModelT& m) { WordsOptions<joint::DepthwiseConvT>(m).acc_bits = 31; }, "acc_bits: must be"},
    {"NoStarts", [](ModelT& m) { WordsOptions<joint::DepthwiseConvT>(m).acc_init64.clear(); }, "acc_init"},
    {"TableOfFirstVersion", [](ModelT& m) { FirstLayer<joint::DepthwiseConvT>(m)->version = 1; }, "table: needs"},
};

INSTANTIATE_TEST_SUITE_P(DepthwiseConv, ModelDamage, testing::ValuesIn(kDepthwiseConvDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(DepthwiseConv, FloatDamage, testing::ValuesIn(kFloatDepthwiseConvDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(DepthwiseConv, WideDamage, testing::ValuesIn(kWideDepthwiseConvDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
