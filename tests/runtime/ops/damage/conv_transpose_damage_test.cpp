#include <vector>

#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::ConvTransposeT& Transposed(ModelT& m) { return *FirstOptions<joint::ConvTransposeT>(m); }
int& TransposeWeightsIndex(ModelT& m) { return WeightsOf(*FirstLayer<joint::ConvTransposeT>(m)); }
std::vector<uint8_t>& TransposeWeightBytes(ModelT& m) {
  return m.constants[m.tensors[TransposeWeightsIndex(m)]->constant]->data;
}

const Damage kConvTransposeDamages[] = {
    {"Weights", [](ModelT& m) { TransposeWeightsIndex(m) = 9999; }, "inputs: there is no tensor 9999"},
    {"NoWeights", [](ModelT& m) { FirstLayer<joint::ConvTransposeT>(m)->inputs.pop_back(); }, "number of inputs is 1"},
    {"WeightsAreActivation", [](ModelT& m) { TransposeWeightsIndex(m) = m.inputs[0]->tensor; }, "weights"},
    {"WeightsOfConv", [](ModelT& m) { TransposeWeightsIndex(m) = ConvWeightsIndex(m); }, "groups"},
    {"WeightsSize",
     [](ModelT& m) {
       joint::TensorT& weights = *m.tensors[TransposeWeightsIndex(m)];
       m.constants[weights.constant]->data.resize(weights.bytes + 64);
       weights.bytes += 64;
     },
     "weights: bytes"},
    {"WeightRange", [](ModelT& m) { TransposeWeightBytes(m)[0] = 128; }, "weights"},
    {"WeightPadding", [](ModelT& m) { TransposeWeightBytes(m).back() = 1; }, "weights: padding"},
    {"WeightSum", [](ModelT& m) { Transposed(m).weight_sum[31] += 1; }, "weight_sum[31]"},
    {"WeightSumLength", [](ModelT& m) { Transposed(m).weight_sum.pop_back(); }, "weight_sum"},
    {"Groups", [](ModelT& m) { Transposed(m).groups = 0; }, "groups"},
    {"GroupsThree", [](ModelT& m) { Transposed(m).groups = 3; }, "groups"},
    {"StrideZero", [](ModelT& m) { Transposed(m).stride_h = 0; }, "stride_h"},
    {"StrideLarge", [](ModelT& m) { Transposed(m).stride_w = 65; }, "stride_w"},
    {"StrideOther", [](ModelT& m) { Transposed(m).stride_h = 1; }, "height"},
    {"StrideOtherWidth", [](ModelT& m) { Transposed(m).stride_w = 1; }, "width"},
    {"PadTop", [](ModelT& m) { Transposed(m).pad_top = 3; }, "pad_top is 3"},
    {"PadLeft", [](ModelT& m) { Transposed(m).pad_left = -1; }, "pad_left"},
    {"AccInitLength", [](ModelT& m) { Transposed(m).acc_init.pop_back(); }, "acc_init"},
    {"AccInitBound", [](ModelT& m) { Transposed(m).acc_init[30] = INT32_MIN; }, "acc_bits[30]"},
    {"MultiplierLength", [](ModelT& m) { Transposed(m).multiplier.push_back(1 << 30); }, "multiplier"},
    {"Multiplier", [](ModelT& m) { Transposed(m).multiplier[5] = 0; }, "multiplier[5]"},
    {"ShiftLength", [](ModelT& m) { Transposed(m).shift.pop_back(); }, "shift"},
    {"Shift", [](ModelT& m) { Transposed(m).shift[1] = 32; }, "shift[1]"},
    {"MidZeroPoint", [](ModelT& m) { Transposed(m).mid_zero_point = 256; }, "mid_zero_point"},
    {"ClampLow", [](ModelT& m) { Transposed(m).clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { Transposed(m).clamp_high = 256; }, "clamp_high"},
    {"Table", [](ModelT& m) { Transposed(m).table.pop_back(); }, "table"},
    {"AccBits", [](ModelT& m) { Transposed(m).acc_bits = 16; }, "acc_bits"},
    {"Batch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::ConvTransposeT>(m)); }, "must have the same batch"},
    {"WeightsOfAnAbsentPhase",
     [](ModelT& m) {
       NetworkBuilder net(9);
       ConvShape shape;
       shape.kernel_h = shape.kernel_w = 1;
       shape.pad_top = shape.pad_left = shape.pad_bottom = shape.pad_right = 0;
       shape.stride_h = shape.stride_w = 2;
       net.Output(net.ConvTranspose(net.Input({1, 4, 4, 4}), shape));
       m = net.Finish();
       std::vector<uint8_t>& bytes = TransposeWeightBytes(m);
       bytes[bytes.size() / 4] = 1;
     },
     "weights: padding"},
    {"WeightsOfAnAbsentRow",
     [](ModelT& m) {
       NetworkBuilder net(9);
       ConvShape shape;
       shape.kernel_h = 1;
       shape.kernel_w = shape.stride_h = shape.stride_w = 2;
       shape.pad_top = shape.pad_left = shape.pad_bottom = shape.pad_right = 0;
       net.Output(net.ConvTranspose(net.Input({1, 4, 4, 4}), shape));
       m = net.Finish();
       std::vector<uint8_t>& bytes = TransposeWeightBytes(m);
       bytes[bytes.size() / 2] = 1;
     },
     "weights: padding"},
    {"RowsTogether",
     [](ModelT& m) {
       NetworkBuilder net(9);
       const int x = net.Input({1, 2, 1 << 21, 64});
       ConvShape shape;
       shape.oc = 1;
       shape.kernel_w = 1;
       shape.pad_left = shape.pad_right = 0;
       net.Output(net.ConvTranspose(x, shape));
       m = net.Finish();
     },
     "the input rows that an output row needs"},
    {"Rows",
     [](ModelT& m) {
       NetworkBuilder net(9);
       const int x = net.Input({1, 2, 1 << 22, 64});
       ConvShape shape;
       shape.oc = 1;
       shape.kernel_w = 1;
       shape.pad_left = shape.pad_right = 0;
       net.Output(net.Dequantize(net.ConvTranspose(x, shape)));
       m = net.Finish();
     },
     "the input rows that an output row needs"},
};

const Damage kFloatConvTransposeDamages[] = {
    {"AccInit", [](ModelT& m) { Transposed(m).acc_init.assign(20, 0); }, "acc_init"},
    {"WeightSum", [](ModelT& m) { Transposed(m).weight_sum.assign(20, 0); }, "weight_sum"},
    {"Table", [](ModelT& m) { Transposed(m).table.assign(256, 0); }, "table"},
    {"Groups", [](ModelT& m) { Transposed(m).groups = 3; }, "groups"},
    {"Stride", [](ModelT& m) { Transposed(m).stride_w = 0; }, "stride_w"},
    {"Pad", [](ModelT& m) { Transposed(m).pad_left = 3; }, "pad_left"},
    {"Bias", [](ModelT& m) { MakeIntegers(InputOf<joint::ConvTransposeT>(m, 2)); }, "bias"},
    {"Input", [](ModelT& m) { FirstLayer<joint::ConvTransposeT>(m)->inputs[0] = m.inputs[0]->tensor; }, "input"},
    {"WeightBytes",
     [](ModelT& m) {
       joint::TensorT& weights = InputOf<joint::ConvTransposeT>(m, 1);
       weights.bytes += 64;
       m.constants[weights.constant]->data.resize(weights.bytes);
     },
     "weights"},
};

const Damage kWideConvTransposeDamages[] = {
    {"FirstVersion", [](ModelT& m) { WordsLayer<joint::ConvTransposeT>(m).version = 1; },
     "input: needs a higher version"},
    {"TableOfFirstVersion", [](ModelT& m) { FirstLayer<joint::ConvTransposeT>(m)->version = 1; }, "table: needs"},
    {"HighSum", [](ModelT& m) { WordsOptions<joint::ConvTransposeT>(m).weight_sum[25] += 1; }, "weight_sum[25]"},
    {"LowSum", [](ModelT& m) { WordsOptions<joint::ConvTransposeT>(m).weight_sum[85] += 1; }, "weight_sum[85]"},
    {"LowByte",
     [](ModelT& m) {
       m.constants[m.tensors[WordsLayer<joint::ConvTransposeT>(m).inputs[1]]->constant]->data.back() = 1;
     },
     "weights: padding"},
    {"Starts", [](ModelT& m) { WordsOptions<joint::ConvTransposeT>(m).acc_init64.resize(20); }, "length of acc_init"},
    {"Sums32", [](ModelT& m) { WordsOptions<joint::ConvTransposeT>(m).acc_bits = 32; }, "acc_bits["},
};

INSTANTIATE_TEST_SUITE_P(ConvTranspose, WideDamage, testing::ValuesIn(kWideConvTransposeDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(ConvTranspose, TransposeDamage, testing::ValuesIn(kConvTransposeDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(ConvTranspose, FloatTransposeDamage, testing::ValuesIn(kFloatConvTransposeDamages),
                         DamageName);

// The products of an output element, and the rows that are read for a row of the output.
TEST(ConvTranspose, IsBoundByItsWork) {
  NetworkBuilder net(9);
  ConvShape shape;
  shape.oc = 5;
  net.Output(net.ConvTranspose(net.Input({1, 6, 7, 3}), shape));
  const ModelT model = net.Finish();
  const std::vector<int>& y = model.tensors[model.layers[0]->outputs[0]]->shape;
  const auto elements = static_cast<uint64_t>(y[1] * y[2] * y[3]);
  ExpectWork(model, elements + elements * (3 * 3 * 3) + static_cast<uint64_t>(y[1] * (7 + 2 * 3) * 3));
}

}  // namespace
}  // namespace lockstep::test
