#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::ConvT& Conv(ModelT& m) { return *FirstOptions<joint::ConvT>(m); }

const Damage kConvDamages[] = {
    {"Weights", [](ModelT& m) { ConvWeightsIndex(m) = 9999; }, "inputs: there is no tensor 9999"},
    {"WeightsNegative", [](ModelT& m) { ConvWeightsIndex(m) = -1; }, "inputs: there is no tensor -1"},
    {"NoWeights", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->inputs.pop_back(); }, "number of inputs is 1"},
    {"WeightsAreActivation", [](ModelT& m) { ConvWeightsIndex(m) = m.inputs[0]->tensor; }, "weights"},
    {"WeightsPlain", [](ModelT& m) { ConvWeightsIndex(m) = DepthwiseWeightsIndex(m); }, "weights"},
    {"WeightsBytes",
     [](ModelT& m) {
       ConvWeightBytes(m).resize(ConvWeightBytes(m).size() + 64);
       ConvWeights(m).bytes += 64;
     },
     "weights"},
    {"WeightRange", [](ModelT& m) { ConvWeightBytes(m)[0] = 128; }, "weights"},
    {"WeightPadding", [](ModelT& m) { ConvWeightBytes(m).back() = 1; }, "weights: padding"},
    {"WeightSum", [](ModelT& m) { Conv(m).weight_sum[3] += 1; }, "weight_sum[3]"},
    {"WeightSumLength", [](ModelT& m) { Conv(m).weight_sum.pop_back(); }, "weight_sum"},
    {"GroupsZero", [](ModelT& m) { Conv(m).groups = 0; }, "groups"},
    {"GroupsThree", [](ModelT& m) { Conv(m).groups = 3; }, "groups"},
    {"StrideZero", [](ModelT& m) { Conv(m).stride_h = 0; }, "stride_h"},
    {"StrideOther", [](ModelT& m) { Conv(m).stride_w = 1; }, "width"},
    {"DilationZero", [](ModelT& m) { Conv(m).dilation_w = 0; }, "dilation_w"},
    {"DilationHuge", [](ModelT& m) { Conv(m).dilation_h = INT32_MAX; }, "dilation_h"},
    {"PadNegative", [](ModelT& m) { Conv(m).pad_top = -1; }, "pad_top"},
    {"PadLarge", [](ModelT& m) { Conv(m).pad_left = (1 << 24) + 1; }, "pad_left"},
    {"PadBottom", [](ModelT& m) { Conv(m).pad_bottom = 9; }, "height"},
    {"PadRight", [](ModelT& m) { Conv(m).pad_right = INT32_MAX; }, "pad_right"},
    {"AccInitLength", [](ModelT& m) { Conv(m).acc_init.push_back(0); }, "acc_init"},
    {"AccInitBound", [](ModelT& m) { Conv(m).acc_init[2] = INT32_MIN; }, "acc_bits[2]"},
    {"MultiplierLow", [](ModelT& m) { Conv(m).multiplier[5] = (1 << 30) - 1; }, "multiplier[5]"},
    {"MultiplierNegative", [](ModelT& m) { Conv(m).multiplier[0] = -1; }, "multiplier[0]"},
    {"MultiplierLength", [](ModelT& m) { Conv(m).multiplier.clear(); }, "multiplier"},
    {"ShiftHigh", [](ModelT& m) { Conv(m).shift[1] = 32; }, "shift[1]"},
    {"ShiftLow", [](ModelT& m) { Conv(m).shift[1] = -31; }, "shift[1]"},
    {"ShiftLength", [](ModelT& m) { Conv(m).shift.pop_back(); }, "shift"},
    {"MidZeroPoint", [](ModelT& m) { Conv(m).mid_zero_point = 256; }, "mid_zero_point"},
    {"ClampLow", [](ModelT& m) { Conv(m).clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { Conv(m).clamp_high = 256; }, "clamp_high"},
    {"ClampOrder",
     [](ModelT& m) {
       Conv(m).clamp_low = 200;
       Conv(m).clamp_high = 100;
     },
     "clamp_high"},
    {"TableLength", [](ModelT& m) { Conv(m).table.pop_back(); }, "table"},
    {"TableLong", [](ModelT& m) { Conv(m).table.resize(2 * Conv(m).table.size()); }, "table: needs a higher version"},
    {"TableBetweenPowers",
     [](ModelT& m) {
       FirstLayer<joint::ConvT>(m)->version = 2;
       Conv(m).table.resize(3 * Conv(m).table.size());
     },
     "length of table"},
    {"TableBeyondWords",
     [](ModelT& m) {
       FirstLayer<joint::ConvT>(m)->version = 2;
       Conv(m).table.resize(512 * Conv(m).table.size());
     },
     "length of table"},
    {"ClampBeyondTable",
     [](ModelT& m) {
       FirstLayer<joint::ConvT>(m)->version = 2;
       Conv(m).table.resize(4 * Conv(m).table.size());
       Conv(m).clamp_high = 1024;
     },
     "clamp_high"},
    {"TableGone",
     [](ModelT& m) {
       Conv(m).table.clear();
       Conv(m).mid_zero_point = OutputOf<joint::ConvT>(m).quantization->zero_point[0] ^ 1;
     },
     "mid_zero_point"},
    {"AccBits", [](ModelT& m) { Conv(m).acc_bits = 31; }, "acc_bits"},
    {"AccInit64",
     [](ModelT& m) {
       Conv(m).acc_init64.assign(Conv(m).acc_init.begin(), Conv(m).acc_init.end());
       Conv(m).acc_init.clear();
     },
     "acc_init64: needs a higher version"},
    {"ScaledSum",
     [](ModelT& m) {
       Conv(m).acc_bits = 64;
       Conv(m).acc_init[2] = INT32_MIN;
       Conv(m).shift[2] = -30;
     },
     "shift[2]: the scaled sum leaves 64 bits"},
    {"RowsOfAWindow",
     [](ModelT& m) {
       NetworkBuilder net(9);
       ConvShape shape;
       shape.kernel_h = 2;
       shape.kernel_w = 1;
       shape.dilation_h = shape.pad_top = 16;
       shape.pad_left = shape.stride_w = 1 << 24;
       shape.pad_bottom = shape.pad_right = 0;
       net.Output(net.Conv(net.Input({1, 1, 1, 1}), shape));
       m = net.Finish();
     },
     "the rows of one window"},
    {"Batch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::ConvT>(m)); }, "must have the same batch"},
    {"InputType",
     [](ModelT& m) {
       joint::TensorT& x = InputOf<joint::ConvT>(m);
       x.dtype = joint::DType::S8;
       x.quantization->zero_point = {0};
     },
     "dtype"},
    {"OutputChannels",
     [](ModelT& m) {
       auto& shape = OutputOf<joint::ConvT>(m).shape;
       shape = {1, shape[1], shape[2] * 2, shape[3] / 2};
     },
     "groups"},
    {"OutputRank",
     [](ModelT& m) {
       auto& shape = OutputOf<joint::ConvT>(m).shape;
       shape = {shape[1], shape[2], shape[3]};
     },
     "shape"},
    {"BitsTable", [](ModelT& m) { Narrow(OutputOf<joint::ConvT>(m), 4); }, "table: an entry"},
    {"BitsClamp",
     [](ModelT& m) {
       Narrow(OutputOf<joint::ConvT>(m), 7);
       Conv(m).table.clear();
       Conv(m).mid_zero_point = Conv(m).clamp_low = 0;
       Conv(m).clamp_high = 128;
     },
     "clamp_high"},
};

const Damage kFloatConvDamages[] = {
    {"WithoutBias", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->inputs.pop_back(); }, "number of inputs"},
    {"BiasLength", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->inputs[2] = FirstLayer<joint::MulT>(m)->inputs[1]; },
     "bias"},
    {"BiasType", [](ModelT& m) { MakeIntegers(InputOf<joint::ConvT>(m, 2)); }, "bias"},
    {"InputType", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->inputs[0] = m.inputs[0]->tensor; }, "input"},
    {"AccInit", [](ModelT& m) { Conv(m).acc_init.assign(20, 0); }, "acc_init"},
    {"AccInit64", [](ModelT& m) { Conv(m).acc_init64.assign(20, 0); }, "acc_init64"},
    {"WeightSum", [](ModelT& m) { Conv(m).weight_sum.assign(20, 0); }, "weight_sum"},
    {"Table", [](ModelT& m) { Conv(m).table.assign(256, 0); }, "table"},
    {"Groups", [](ModelT& m) { Conv(m).groups = 3; }, "groups"},
    {"Packing", [](ModelT& m) { InputOf<joint::ConvT>(m, 1).packing = joint::Packing::O16I4; }, "packing"},
    {"WeightBytes",
     [](ModelT& m) {
       joint::TensorT& weights = InputOf<joint::ConvT>(m, 1);
       weights.bytes += 64;
       m.constants[weights.constant]->data.resize(weights.bytes);
     },
     "weights"},
    {"WeightsOfIntegers", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->inputs[1] = m.inputs[0]->tensor; }, "weights"},
    {"Stride", [](ModelT& m) { Conv(m).stride_h = 0; }, "stride_h"},
};

const Damage kWideConvDamages[] = {
    {"FirstVersion", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->version = 1; }, "table: needs a higher version"},
    {"ClampBeyondTable", [](ModelT& m) { Conv(m).clamp_high = 4096; }, "clamp_high"},
    {"MidZeroPoint", [](ModelT& m) { Conv(m).mid_zero_point = 4096; }, "mid_zero_point"},
    {"InputOfFirstVersion", [](ModelT& m) { WordsLayer<joint::ConvT>(m).version = 1; },
     "input: needs a higher version"},
    {"HighByte",
     [](ModelT& m) { m.constants[m.tensors[WordsLayer<joint::ConvT>(m).inputs[1]]->constant]->data[0] = 128; },
     "weights: -128"},
    {"LowByte",
     [](ModelT& m) {
       std::vector<uint8_t>& bytes = m.constants[m.tensors[WordsLayer<joint::ConvT>(m).inputs[1]]->constant]->data;
       bytes[bytes.size() / 2] = 128;
     },
     "weights: -128"},
    {"WeightBytes",
     [](ModelT& m) {
       joint::TensorT& weights = *m.tensors[WordsLayer<joint::ConvT>(m).inputs[1]];
       weights.bytes += 64;
       m.constants[weights.constant]->data.resize(weights.bytes);
     },
     "weights: bytes"},
    {"WeightSums", [](ModelT& m) { WordsOptions<joint::ConvT>(m).weight_sum.resize(20); }, "length of weight_sum"},
    {"HighSum", [](ModelT& m) { WordsOptions<joint::ConvT>(m).weight_sum[3] += 1; }, "weight_sum[3]"},
    {"LowSum", [](ModelT& m) { WordsOptions<joint::ConvT>(m).weight_sum[23] += 1; }, "weight_sum[23]"},
    {"BothStarts", [](ModelT& m) { WordsOptions<joint::ConvT>(m).acc_init.assign(20, 0); }, "acc_init64"},
    {"StartsShort", [](ModelT& m) { WordsOptions<joint::ConvT>(m).acc_init64.pop_back(); }, "length of acc_init"},
    {"StartHuge", [](ModelT& m) { WordsOptions<joint::ConvT>(m).acc_init64[2] = INT64_MIN; }, "acc_init[2]"},
    {"StartLarge", [](ModelT& m) { WordsOptions<joint::ConvT>(m).acc_init64[2] = int64_t{1} << 55; },
     "acc_init[2]: a sum"},
    {"Sums32", [](ModelT& m) { WordsOptions<joint::ConvT>(m).acc_bits = 32; }, "acc_bits[0]"},
};

INSTANTIATE_TEST_SUITE_P(Conv, ModelDamage, testing::ValuesIn(kConvDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Conv, FloatDamage, testing::ValuesIn(kFloatConvDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Conv, WideDamage, testing::ValuesIn(kWideConvDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
