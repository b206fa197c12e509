// Every field of a model that contradicts the others is refused, with a message that names it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>

#include "lockstep/runtime.h"
#include "support/joint_models.h"

namespace lockstep {
namespace {

using joint::ModelT;
using test::FirstLayer;
using test::FirstOptions;

struct Damage {
  const char* name;
  std::function<void(ModelT&)> apply;
  const char* expected;  // in the message
  StatusCode code = StatusCode::kCorruptModel;
};

std::ostream& operator<<(std::ostream& out, const Damage& damage) { return out << damage.name; }

joint::TensorT& FirstInput(ModelT& m) { return *m.tensors[m.inputs[0]->tensor]; }

template <typename Options>
joint::TensorT& OutputOf(ModelT& m) {
  return *m.tensors[FirstLayer<Options>(m)->outputs[0]];
}

joint::TensorT& IndicesOf(ModelT& m) { return *m.tensors[FirstLayer<joint::TopKT>(m)->outputs[1]]; }

template <typename Options>
joint::TensorT& InputOf(ModelT& m, size_t i = 0) {
  return *m.tensors[FirstLayer<Options>(m)->inputs[i]];
}

joint::ConvT& Conv(ModelT& m) { return *FirstOptions<joint::ConvT>(m); }
joint::DepthwiseConvT& Depthwise(ModelT& m) { return *FirstOptions<joint::DepthwiseConvT>(m); }
joint::ConvTransposeT& Transposed(ModelT& m) { return *FirstOptions<joint::ConvTransposeT>(m); }
joint::LayerT& WideAdd(ModelT& m) {
  for (auto& layer : m.layers) {
    if (layer->options.type != joint::Options::Add) continue;
    if (m.tensors[layer->outputs[0]]->dtype == joint::DType::U16) return *layer;
  }
  std::abort();
}
joint::AveragePoolT& Mean(ModelT& m) { return *FirstOptions<joint::AveragePoolT>(m); }
void SwapLastAxes(joint::TensorT& tensor) { std::swap(tensor.shape[2], tensor.shape[3]); }
int& WeightsOf(joint::LayerT& layer) { return layer.inputs[1]; }
int& ConvWeightsIndex(ModelT& m) { return WeightsOf(*FirstLayer<joint::ConvT>(m)); }
int& DepthwiseWeightsIndex(ModelT& m) { return WeightsOf(*FirstLayer<joint::DepthwiseConvT>(m)); }
joint::TensorT& ConvWeights(ModelT& m) { return *m.tensors[ConvWeightsIndex(m)]; }
std::vector<uint8_t>& ConvWeightBytes(ModelT& m) { return m.constants[ConvWeights(m).constant]->data; }

int& TransposeWeightsIndex(ModelT& m) { return WeightsOf(*FirstLayer<joint::ConvTransposeT>(m)); }
std::vector<uint8_t>& TransposeWeightBytes(ModelT& m) {
  return m.constants[m.tensors[TransposeWeightsIndex(m)]->constant]->data;
}

void Narrow(joint::TensorT& tensor, uint8_t bits) {
  tensor.quantization->bits = bits;
  tensor.quantization->zero_point = {0};
}

// Two images where there was one.
void DoubleBatch(ModelT& m, joint::TensorT& tensor) {
  tensor.shape[0] *= 2;
  tensor.bytes *= 2;
  m.arena_size += tensor.bytes;
}

class ModelDamage : public testing::TestWithParam<Damage> {};

void ExpectRefused(ModelT damaged, const Damage& damage) {
  damage.apply(damaged);
  const std::vector<uint8_t> file = test::Write(damaged);
  for (const bool check_digest : {true, false}) {
    LoadOptions options;
    options.check_digest = check_digest;
    const Result<Model> model = Model::Copy(file.data(), file.size(), options);
    ASSERT_FALSE(model.ok()) << "accepted";
    EXPECT_EQ(model.status().code(), damage.code) << model.status().message();
    EXPECT_NE(std::strstr(model.status().message(), damage.expected), nullptr)
        << "expected '" << damage.expected << "' in: " << model.status().message();
    EXPECT_EQ(std::strchr(model.status().message(), '\n'), nullptr);
  }
}

TEST_P(ModelDamage, IsRefusedByName) { ExpectRefused(test::SmallNetwork(), GetParam()); }

class TransposeDamage : public testing::TestWithParam<Damage> {};

TEST_P(TransposeDamage, IsRefusedByName) { ExpectRefused(test::TransposedNetwork(), GetParam()); }

std::string DamageName(const testing::TestParamInfo<Damage>& info) { return info.param.name; }

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

const Damage kModelDamages[] = {
    {"FormatVersionOne", [](ModelT& m) { m.format_version = 1; },
     "format version 1 is no longer read; build the model again with 'lockstep build'", StatusCode::kUnsupported},
    {"FormatVersionThree", [](ModelT& m) { m.format_version = 3; }, "format_version: the model has 3",
     StatusCode::kUnsupported},
    {"FormatVersionMissing", [](ModelT& m) { m.format_version = 0; }, "format_version: missing"},
    {"Contract", [](ModelT& m) { m.contract = "rq2"; }, "contract", StatusCode::kUnsupported},
    {"LineBreakInContract", [](ModelT& m) { m.contract = "a\nb"; }, "contract", StatusCode::kUnsupported},
    {"ArenaBeyondLimit", [](ModelT& m) { m.arena_size = uint64_t{1} << 40; }, "arena_size"},
    {"ArenaTooSmall",
     [](ModelT& m) {
       m.arena_size = 10;
       m.arena_lower_bound = 1;
     },
     "arena_offset"},
    {"LowerBound", [](ModelT& m) { m.arena_lower_bound = m.arena_size + 1; }, "arena_lower_bound"},
    {"NoLayers", [](ModelT& m) { m.layers.clear(); }, "layers"},
    {"NoInputs", [](ModelT& m) { m.inputs.clear(); }, "inputs"},
    {"NoOutputs", [](ModelT& m) { m.outputs.clear(); }, "outputs"},
    {"InputTensor", [](ModelT& m) { m.inputs[0]->tensor = 9999; }, "inputs[0].tensor"},
    {"InputIsConstant", [](ModelT& m) { m.inputs[0]->tensor = ConvWeightsIndex(m); }, "inputs[0].tensor"},
    {"InputTwice", [](ModelT& m) { m.inputs[1]->tensor = m.inputs[0]->tensor; }, "inputs[1].tensor"},
    {"InputColor", [](ModelT& m) { m.inputs[0]->color = static_cast<joint::Color>(9); }, "inputs[0].color: number 9 is",
     StatusCode::kUnsupported},
    {"InputResize", [](ModelT& m) { m.inputs[0]->resize = static_cast<joint::ResizeMode>(9); },
     "inputs[0].resize: number 9 is", StatusCode::kUnsupported},
    {"InputKind", [](ModelT& m) { m.inputs[0]->kind = static_cast<joint::InputKind>(9); },
     "inputs[0].kind: number 9 is", StatusCode::kUnsupported},
    {"PictureOfFloats", [](ModelT& m) { m.inputs[1]->tensor = FirstLayer<joint::DequantizeT>(m)->outputs[0]; },
     "inputs[1].tensor: must be of dtype"},
    {"InputMean", [](ModelT& m) { m.inputs[0]->mean = {kNan}; }, "mean"},
    {"InputStd", [](ModelT& m) { m.inputs[0]->std = {0.0F}; }, "std"},
    {"InputMeanLength",
     [](ModelT& m) {
       m.inputs[0]->mean = {1, 2};
     },
     "inputs[0].mean: 2 entries"},
    {"InputStdLength", [](ModelT& m) { m.inputs[0]->std.assign(4, 1.0F); }, "inputs[0].std: 4 entries"},
    {"OutputTensor", [](ModelT& m) { m.outputs[1]->tensor = -1; }, "outputs[1].tensor"},
    {"OutputIsInput", [](ModelT& m) { m.outputs[0]->tensor = m.inputs[0]->tensor; }, "outputs[0].tensor"},
    {"OperatorMissing", [](ModelT& m) { m.operators.pop_back(); }, "operators"},
    {"OperatorTooMany", [](ModelT& m) { m.operators.emplace_back("Zip"); }, "operators"},
    {"MacsOfModel", [](ModelT& m) { m.macs += 1; }, "macs"},
    {"MacsOfLayer", [](ModelT& m) { m.layers[0]->macs = UINT64_MAX; }, "macs"},
    {"VectorDigests",
     [](ModelT& m) {
       m.test_vectors.push_back(std::make_unique<joint::TestVectorT>());
       m.test_vectors[0]->layer_digests.resize(3);
     },
     "layer_digests"},
    {"VectorInputs",
     [](ModelT& m) {
       m.test_vectors.push_back(std::make_unique<joint::TestVectorT>());
       m.test_vectors[0]->layer_digests.resize(m.layers.size());
       m.test_vectors[0]->inputs.push_back(std::make_unique<joint::ConstantT>());
     },
     "test_vectors[0].inputs"},
};

const Damage kNameDamages[] = {
    {"NameLong", [](ModelT& m) { m.name.assign(4097, 'n'); }, "name: has more than 4096 bytes"},
    {"NameEscape", [](ModelT& m) { m.name = "\x1b[31mnet"; }, "name: is not UTF-8 text"},
    {"NameZero", [](ModelT& m) { m.name = std::string("a\0b", 3); }, "name: is not UTF-8 text"},
    {"ContractZero", [](ModelT& m) { m.contract = std::string("rq1\0", 4); }, "contract", StatusCode::kUnsupported},
    {"CompilerVersion", [](ModelT& m) { m.compiler_version = "1.0\n"; }, "compiler_version"},
    {"SourceDigest", [](ModelT& m) { m.source_digest = "\x7f"; }, "source_digest"},
    {"CalibrationDigest", [](ModelT& m) { m.calibration_digest = "\t"; }, "calibration_digest"},
    {"OperatorName", [](ModelT& m) { m.operators[1] = "A\xff"; }, "operators[1]"},
    {"TensorNameLong", [](ModelT& m) { m.tensors[2]->name.assign(4097, 't'); }, "tensors[2].name: has more than"},
    {"TensorNameLatin1", [](ModelT& m) { m.tensors[3]->name = "caf\xe9"; }, "tensors[3].name"},
    {"LayerNameLong", [](ModelT& m) { m.layers[1]->name.assign(4097, 'a'); }, "layers[1].name: has more than"},
    {"LayerNameControl", [](ModelT& m) { m.layers[1]->name = "\xc2\x9b"; }, "layers[1].name"},
    {"LayerNameOverlong", [](ModelT& m) { m.layers[1]->name = "\xc1\xa1"; }, "layers[1].name"},
    {"LayerNameSurrogate", [](ModelT& m) { m.layers[1]->name = "\xed\xa0\x80"; }, "layers[1].name"},
    {"LayerNameBeyond", [](ModelT& m) { m.layers[1]->name = "\xf4\x90\x80\x80"; }, "layers[1].name"},
    {"LayerNameLead", [](ModelT& m) { m.layers[1]->name = "\xf8\x88\x80\x80"; }, "layers[1].name"},
    {"LayerNameCut", [](ModelT& m) { m.layers[1]->name = "a\xe2\x82"; }, "layers[1].name"},
    {"LayerNameTail", [](ModelT& m) { m.layers[1]->name = "\x80"; }, "layers[1].name"},
    {"OnnxNode",
     [](ModelT& m) {
       m.layers[2]->onnx_nodes = {"fine", "no\r"};
     },
     "layers[2].onnx_nodes[1]"},
};

const Damage kTensorDamages[] = {
    {"NoAxes", [](ModelT& m) { FirstInput(m).shape.clear(); }, "shape"},
    {"TooManyAxes", [](ModelT& m) { FirstInput(m).shape.assign(7, 1); }, "shape"},
    {"ZeroExtent", [](ModelT& m) { FirstInput(m).shape[1] = 0; }, "shape"},
    {"NegativeExtent", [](ModelT& m) { FirstInput(m).shape[1] = -4; }, "shape"},
    {"HugeExtent", [](ModelT& m) { FirstInput(m).shape[1] = 1 << 30; }, "shape"},
    {"ProductOverflow", [](ModelT& m) { FirstInput(m).shape.assign(6, 1 << 24); }, "shape"},
    {"DType", [](ModelT& m) { FirstInput(m).dtype = static_cast<joint::DType>(77); }, "dtype: number 77 is unknown",
     StatusCode::kUnsupported},
    {"AxesLength",
     [](ModelT& m) {
       FirstInput(m).axes = {0, 1};
     },
     "axes"},
    {"AxesRange",
     [](ModelT& m) {
       FirstInput(m).axes = {0, 1, 2, 4};
     },
     "axes"},
    {"AxesTwice",
     [](ModelT& m) {
       FirstInput(m).axes = {0, 1, 1, 3};
     },
     "axes"},
    {"NoQuantization", [](ModelT& m) { FirstInput(m).quantization.reset(); }, "quantization"},
    {"FloatQuantization",
     [](ModelT& m) { OutputOf<joint::DequantizeT>(m).quantization = std::make_unique<joint::QuantizationT>(); },
     "quantization"},
    {"ScaleZero", [](ModelT& m) { FirstInput(m).quantization->scale = {0.0F}; }, "quantization.scale"},
    {"ScaleNan", [](ModelT& m) { FirstInput(m).quantization->scale = {kNan}; }, "quantization.scale"},
    {"ScaleInfinite", [](ModelT& m) { FirstInput(m).quantization->scale = {INFINITY}; }, "quantization.scale"},
    {"ScaleCount",
     [](ModelT& m) {
       FirstInput(m).quantization->scale = {1.0F, 1.0F};
     },
     "quantization.scale"},
    {"ScaleMissing", [](ModelT& m) { FirstInput(m).quantization->scale.clear(); }, "quantization.scale"},
    {"ZeroPointMissing", [](ModelT& m) { FirstInput(m).quantization->zero_point.clear(); }, "zero_point"},
    {"ZeroPointHigh", [](ModelT& m) { FirstInput(m).quantization->zero_point = {256}; }, "zero_point"},
    {"ZeroPointLow", [](ModelT& m) { FirstInput(m).quantization->zero_point = {-1}; }, "zero_point"},
    {"WeightZeroPoint", [](ModelT& m) { ConvWeights(m).quantization->zero_point = {1}; }, "zero_point"},
    {"QuantizationAxis", [](ModelT& m) { FirstInput(m).quantization->axis = 4; }, "quantization.axis"},
    {"ChannelScaleOfActivation", [](ModelT& m) { FirstInput(m).quantization->axis = 0; }, "quantization.axis"},
    {"Bits", [](ModelT& m) { FirstInput(m).quantization->bits = 9; }, "quantization.bits"},
    {"NoBits", [](ModelT& m) { FirstInput(m).quantization->bits = 0; }, "quantization.bits"},
    {"Bytes", [](ModelT& m) { FirstInput(m).bytes += 1; }, "bytes"},
    {"BytesHuge", [](ModelT& m) { FirstInput(m).bytes = UINT64_MAX; }, "bytes"},
    {"NowhereAtAll", [](ModelT& m) { FirstInput(m).arena_offset = -1; }, "arena_offset"},
    {"TwoPlaces", [](ModelT& m) { FirstInput(m).constant = 0; }, "arena_offset, constant"},
    {"NegativeOffset", [](ModelT& m) { FirstInput(m).arena_offset = -64; }, "arena_offset"},
    {"OffsetBehindArena", [](ModelT& m) { FirstInput(m).arena_offset = INT64_MAX; }, "arena_offset"},
    {"OffsetAtEnd", [](ModelT& m) { FirstInput(m).arena_offset = static_cast<int64_t>(m.arena_size) - 8; },
     "arena_offset"},
    {"OffsetOdd", [](ModelT& m) { OutputOf<joint::DequantizeT>(m).arena_offset += 2; }, "arena_offset"},
    {"Constant", [](ModelT& m) { ConvWeights(m).constant = 500; }, "constant"},
    {"NegativeConstant", [](ModelT& m) { ConvWeights(m).constant = -2; }, "constant"},
    {"ConstantSize", [](ModelT& m) { ConvWeightBytes(m).pop_back(); }, "constant"},
    {"Packing", [](ModelT& m) { ConvWeights(m).packing = static_cast<joint::Packing>(5); },
     "upgrade the runtime on the board", StatusCode::kUnsupported},
    {"Strides",
     [](ModelT& m) {
       FirstInput(m).strides = {1, 1, 1, 1};
     },
     "strides is unknown to this runtime; upgrade", StatusCode::kUnsupported},
    {"IndicesQuantized", [](ModelT& m) { FirstInput(m).dtype = joint::DType::S64; },
     "quantization: integers that a layer computes"},
    {"BoolQuantized", [](ModelT& m) { FirstInput(m).dtype = joint::DType::BOOL; },
     "quantization: a tensor of dtype f32 or bool"},
    {"PackedActivation", [](ModelT& m) { FirstInput(m).packing = joint::Packing::O16I4; }, "packing"},
};

// Values stay below 2^bits: what could make larger ones is refused.
const Damage kBitsDamages[] = {
    {"ZeroPoint",
     [](ModelT& m) {
       FirstInput(m).quantization->bits = 4;
       FirstInput(m).quantization->zero_point = {16};
     },
     "zero_point"},
    {"Input", [](ModelT& m) { Narrow(FirstInput(m), 7); }, "inputs[0].tensor: quantization.bits"},
    {"Constant", [](ModelT& m) { Narrow(*m.tensors[WideAdd(m).inputs[1]], 15); }, "constant: a value"},
    {"ConvTable", [](ModelT& m) { Narrow(OutputOf<joint::ConvT>(m), 4); }, "table: an entry"},
    {"ConvClamp",
     [](ModelT& m) {
       Narrow(OutputOf<joint::ConvT>(m), 7);
       Conv(m).table.clear();
       Conv(m).mid_zero_point = Conv(m).clamp_low = 0;
       Conv(m).clamp_high = 128;
     },
     "clamp_high"},
    {"DepthwiseTable", [](ModelT& m) { Narrow(OutputOf<joint::DepthwiseConvT>(m), 7); }, "table: an entry"},
    {"MaxPool",
     [](ModelT& m) {
       InputOf<joint::MaxPoolT>(m).quantization->zero_point = {0};
       Narrow(OutputOf<joint::MaxPoolT>(m), 7);
     },
     "quantization.bits"},
    {"Mean", [](ModelT& m) { Narrow(OutputOf<joint::AveragePoolT>(m), 7); }, "clamp_high"},
    {"Add", [](ModelT& m) { Narrow(OutputOf<joint::AddT>(m), 7); }, "clamp_high"},
    {"Mul", [](ModelT& m) { Narrow(OutputOf<joint::MulT>(m), 7); }, "clamp_high"},
    {"ConcatRescaled",
     [](ModelT& m) {
       FirstOptions<joint::ConcatT>(m)->multiplier[0] = 1 << 30;
       Narrow(OutputOf<joint::ConcatT>(m), 7);
     },
     "quantization.bits"},
    {"Softmax", [](ModelT& m) { Narrow(OutputOf<joint::SoftmaxT>(m), 7); }, "quantization.bits"},
    {"Lookup", [](ModelT& m) { Narrow(OutputOf<joint::LookupT>(m), 7); }, "table: an entry"},
    {"ChannelLookup", [](ModelT& m) { Narrow(OutputOf<joint::ChannelLookupT>(m), 7); }, "table: an entry"},
    {"Rescale", [](ModelT& m) { Narrow(OutputOf<joint::RescaleT>(m), 15); }, "quantization.bits"},
};

const Damage kGraphDamages[] = {
    {"LayerNameTwice", [](ModelT& m) { m.layers[1]->name = m.layers[0]->name; }, "occurs twice"},
    {"LayerWithoutInputs", [](ModelT& m) { m.layers[0]->inputs.clear(); }, "inputs"},
    {"LayerInput", [](ModelT& m) { m.layers[0]->inputs[0] = 4711; }, "inputs"},
    {"LayerInputNegative", [](ModelT& m) { m.layers[0]->inputs[0] = -1; }, "inputs"},
    {"LayerReadsPacked", [](ModelT& m) { m.layers[0]->inputs[0] = ConvWeightsIndex(m); }, "packed"},
    {"LayerVersion", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->version = 3; },
     "version 3 of Conv is unknown to this runtime; upgrade", StatusCode::kUnsupported},
    {"LayerVersionZero", [](ModelT& m) { m.layers[0]->version = 0; }, "version: must be at least 1"},
    {"LayerTooManyInputs", [](ModelT& m) { FirstLayer<joint::ConcatT>(m)->inputs.assign(65, 0); }, "inputs"},
    {"LayerWithoutOutput", [](ModelT& m) { m.layers[0]->outputs.clear(); }, "outputs"},
    {"LayerTwoOutputs", [](ModelT& m) { m.layers[0]->outputs.push_back(0); }, "outputs"},
    {"LayerOutput", [](ModelT& m) { m.layers[0]->outputs[0] = 4711; }, "outputs"},
    {"LayerOutputConstant", [](ModelT& m) { m.layers[0]->outputs[0] = ConvWeightsIndex(m); }, "outputs"},
    {"WrittenTwice",
     [](ModelT& m) {
       auto* layer = FirstLayer<joint::LookupT>(m);
       layer->outputs[0] = FirstLayer<joint::ConvT>(m)->outputs[0];
       layer->inputs[0] = layer->outputs[0];
     },
     "written twice"},
    {"Order", [](ModelT& m) { std::swap(m.layers[0], m.layers[1]); }, "before any layer writes it"},
    {"OwnInput",
     [](ModelT& m) {
       auto* layer = FirstLayer<joint::LookupT>(m);
       layer->inputs[0] = layer->outputs[0];
     },
     "before any layer writes it"},
    {"Overlap", [](ModelT& m) { OutputOf<joint::ConvT>(m).arena_offset = InputOf<joint::ConvT>(m).arena_offset; },
     "overlaps"},
    {"OverlapByAByte",
     [](ModelT& m) {
       auto& first = InputOf<joint::ConvT>(m);
       OutputOf<joint::ConvT>(m).arena_offset = first.arena_offset + static_cast<int64_t>(first.bytes) - 1;
     },
     "overlaps"},
    {"ReshapeHalfShared",
     [](ModelT& m) { OutputOf<joint::ReshapeT>(m).arena_offset = InputOf<joint::ReshapeT>(m).arena_offset + 1; },
     "overlaps"},
};

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
    {"TableGone",
     [](ModelT& m) {
       Conv(m).table.clear();
       Conv(m).mid_zero_point = OutputOf<joint::ConvT>(m).quantization->zero_point[0] ^ 1;
     },
     "mid_zero_point"},
    {"AccBits", [](ModelT& m) { Conv(m).acc_bits = 31; }, "acc_bits"},
    {"ScaledSum",
     [](ModelT& m) {
       Conv(m).acc_bits = 64;
       Conv(m).acc_init[2] = INT32_MIN;
       Conv(m).shift[2] = -30;
     },
     "shift[2]: the scaled sum leaves 64 bits"},
    {"RowsOfAWindow",
     [](ModelT& m) {
       test::NetworkBuilder net(9);
       test::ConvShape shape;
       shape.kernel_h = 2;
       shape.kernel_w = 1;
       shape.dilation_h = shape.pad_top = 16;
       shape.pad_left = shape.stride_w = 1 << 24;
       shape.pad_bottom = shape.pad_right = 0;
       net.Output(net.Conv(net.Input({1, 1, 1, 1}), shape));
       m = net.Finish();
     },
     "the rows of one window"},
    {"RowOfAWindow",  // times its rows it is 2^64
     [](ModelT& m) {
       test::NetworkBuilder net(9);
       net.Output(net.MaxPool(net.Input({1, 1, 1, 1 << 24}), 1, 1, 0));
       m = net.Finish();
       auto& pool = *FirstOptions<joint::MaxPoolT>(m);
       pool.kernel_h = 1 << 16;
       pool.pad_top = (1 << 16) - 1;
       pool.kernel_w = 1 << 24;
       pool.pad_left = (1 << 24) - 1;
     },
     "the rows of one window"},
    {"Batch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::ConvT>(m)); }, "must have the same batch"},
    {"DepthwiseBatch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::DepthwiseConvT>(m)); },
     "must have the same batch"},
    {"PoolBatch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::MaxPoolT>(m)); }, "must have the same batch"},
    {"MeanBatch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::AveragePoolT>(m)); }, "must have the same batch"},
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
    {"DepthwiseWeights", [](ModelT& m) { DepthwiseWeightsIndex(m) = ConvWeightsIndex(m); }, "inputs[1]: packed"},
    {"DepthwiseNoWeights", [](ModelT& m) { FirstLayer<joint::DepthwiseConvT>(m)->inputs.pop_back(); },
     "number of inputs is 1"},
    {"DepthwiseWeightsAreActivation", [](ModelT& m) { DepthwiseWeightsIndex(m) = m.inputs[0]->tensor; }, "weights"},
    {"DepthwisePad", [](ModelT& m) { Depthwise(m).pad_top = 5; }, "height"},
    {"DepthwiseBound", [](ModelT& m) { Depthwise(m).acc_init[1] = INT32_MAX; }, "acc_bits[1]"},
    {"DepthwiseShift", [](ModelT& m) { Depthwise(m).shift[0] = 100; }, "shift[0]"},
    {"DepthwiseTable", [](ModelT& m) { Depthwise(m).table.resize(512); }, "table"},
    {"PoolKernel", [](ModelT& m) { FirstOptions<joint::MaxPoolT>(m)->kernel_h = 0; }, "kernel_h"},
    {"PoolKernelHuge", [](ModelT& m) { FirstOptions<joint::MaxPoolT>(m)->kernel_w = INT32_MAX; }, "kernel_w"},
    {"PoolPad", [](ModelT& m) { FirstOptions<joint::MaxPoolT>(m)->pad_right = 5; }, "pad_right"},
    {"PoolStride", [](ModelT& m) { FirstOptions<joint::MaxPoolT>(m)->stride_h = 2; }, "height"},
    {"MeanKernel", [](ModelT& m) { Mean(m).kernel_w = 0; }, "kernel_w"},
    {"MeanPad", [](ModelT& m) { Mean(m).pad_bottom = 3; }, "pad_bottom"},
    {"MeanStride", [](ModelT& m) { Mean(m).stride_w = 2; }, "width"},
    {"MeanMultiplierLength", [](ModelT& m) { Mean(m).multiplier.resize(5, 1 << 30); }, "length of multiplier"},
    {"MeanNoMultiplier",
     [](ModelT& m) {
       Mean(m).multiplier.clear();
       Mean(m).shift.clear();
     },
     "length of multiplier"},
    {"MeanShiftLength", [](ModelT& m) { Mean(m).shift.push_back(0); }, "length of shift"},
    {"MeanMultiplier", [](ModelT& m) { Mean(m).multiplier.back() = 7; }, "multiplier["},
    {"MeanShift", [](ModelT& m) { Mean(m).shift[0] = 32; }, "shift[0]"},
    {"MeanClamp", [](ModelT& m) { Mean(m).clamp_high = 256; }, "clamp_high"},
    {"MeanChannels", [](ModelT& m) { SwapLastAxes(OutputOf<joint::AveragePoolT>(m)); }, "shape"},
    {"PoolScale", [](ModelT& m) { OutputOf<joint::MaxPoolT>(m).quantization->scale[0] *= 2; }, "quantization"},
};

const Damage kElementDamages[] = {
    {"AddMultiplierA", [](ModelT& m) { FirstOptions<joint::AddT>(m)->multiplier_a = (1 << 21) + 1; }, "multiplier_a"},
    {"AddMultiplierB", [](ModelT& m) { FirstOptions<joint::AddT>(m)->multiplier_b = INT32_MIN; }, "multiplier_b"},
    {"AddShiftZero", [](ModelT& m) { FirstOptions<joint::AddT>(m)->shift = 0; }, "shift"},
    {"AddShiftWide", [](ModelT& m) { FirstOptions<joint::AddT>(m)->shift = 31; }, "shift"},
    {"AddShiftOfU16", [](ModelT& m) { static_cast<joint::AddT*>(WideAdd(m).options.value)->shift = 47; },
     "shift is 47"},
    {"AddClamp", [](ModelT& m) { FirstOptions<joint::AddT>(m)->clamp_high = 65535; }, "clamp_high"},
    {"AddOneInput", [](ModelT& m) { FirstLayer<joint::AddT>(m)->inputs.pop_back(); }, "number of inputs"},
    {"AddShape", [](ModelT& m) { FirstLayer<joint::AddT>(m)->inputs[1] = m.inputs[0]->tensor; }, "shape"},
    {"MulMultiplier", [](ModelT& m) { FirstOptions<joint::MulT>(m)->multiplier = 0; }, "multiplier"},
    {"MulShift", [](ModelT& m) { FirstOptions<joint::MulT>(m)->shift = 40; }, "shift"},
    {"MulClamp", [](ModelT& m) { FirstOptions<joint::MulT>(m)->clamp_low = 999; }, "clamp_low"},
    {"ConcatAxis", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->axis = 4; }, "axis"},
    {"ConcatOtherAxis", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->axis = 1; }, "inputs[0]"},
    {"ConcatMultipliers", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->multiplier.pop_back(); }, "multiplier"},
    {"ConcatShifts", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->shift.push_back(1); }, "shift"},
    {"ConcatMultiplier", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->multiplier[1] = 7; }, "multiplier"},
    {"ConcatShift", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->shift[1] = 99; }, "shift"},
    {"ConcatCopyOfOtherScale", [](ModelT& m) { FirstOptions<joint::ConcatT>(m)->multiplier[1] = 0; }, "quantization"},
    {"ConcatRank",
     [](ModelT& m) {
       test::NetworkBuilder net(9);
       const int x = net.Input({1, 2, 1});
       net.Output(net.Concat({x, net.Input({1, 2, 2, 1})}, 2));
       m = net.Finish();
     },
     "inputs[1]: must have as many axes"},
    {"ConcatLeftOut",
     [](ModelT& m) {
       FirstLayer<joint::ConcatT>(m)->inputs.pop_back();
       FirstOptions<joint::ConcatT>(m)->multiplier.pop_back();
       FirstOptions<joint::ConcatT>(m)->shift.pop_back();
     },
     "shape"},
    {"SliceStart", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->start[3] = -1; }, "start[3]"},
    {"SliceStartHigh", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->start[3] = 52; }, "start[3]"},
    {"SliceStartLength", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->start.pop_back(); }, "start"},
    {"SliceStep", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->step[1] = 0; }, "step[1]"},
    {"SliceStepLength", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->step.push_back(1); }, "step"},
    {"SliceLeaves", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->start[3] = 20; }, "step[3]"},
    {"SliceStepLarge", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->step[2] = 1 << 24; }, "step[2]"},
    {"ReshapeElements",
     [](ModelT& m) {
       joint::TensorT& y = OutputOf<joint::ReshapeT>(m);
       y.shape[1] -= 1;
       y.bytes -= static_cast<uint64_t>(y.shape[2]);
     },
     "shape"},
    {"ReshapeScale", [](ModelT& m) { OutputOf<joint::ReshapeT>(m).quantization->zero_point[0] ^= 1; }, "quantization"},
    {"PermRange", [](ModelT& m) { FirstOptions<joint::TransposeT>(m)->perm[0] = 3; }, "perm[0]"},
    {"PermTwice", [](ModelT& m) { FirstOptions<joint::TransposeT>(m)->perm[2] = 2; }, "perm[2]"},
    {"PermLength", [](ModelT& m) { FirstOptions<joint::TransposeT>(m)->perm.pop_back(); }, "perm"},
    {"PermOther",
     [](ModelT& m) {
       FirstOptions<joint::TransposeT>(m)->perm = {0, 1, 2};
     },
     "shape"},
    {"ResizeBatch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::ResizeT>(m)); }, "must have the same batch"},
    {"ResizeRow", [](ModelT& m) { FirstOptions<joint::ResizeT>(m)->rows[2] = 3; }, "rows[2]"},
    {"ResizeRowNegative", [](ModelT& m) { FirstOptions<joint::ResizeT>(m)->rows[0] = -1; }, "rows[0]"},
    {"ResizeRows", [](ModelT& m) { FirstOptions<joint::ResizeT>(m)->rows.pop_back(); }, "rows"},
    {"ResizeColumn", [](ModelT& m) { FirstOptions<joint::ResizeT>(m)->columns[7] = INT32_MAX; }, "columns[7]"},
    {"ResizeColumns", [](ModelT& m) { FirstOptions<joint::ResizeT>(m)->columns.clear(); }, "columns"},
    {"TopKAxis", [](ModelT& m) { FirstOptions<joint::TopKT>(m)->axis = 3; }, "axis is 3, must be 0..2"},
    {"TopKOtherAxis", [](ModelT& m) { FirstOptions<joint::TopKT>(m)->axis = 2; }, "shape: input and output may differ"},
    {"TopKNoIndices", [](ModelT& m) { FirstLayer<joint::TopKT>(m)->outputs.pop_back(); }, "number of outputs is 1"},
    {"TopKTwoInputs",
     [](ModelT& m) {
       auto& inputs = FirstLayer<joint::TopKT>(m)->inputs;
       inputs.push_back(inputs[0]);
     },
     "number of inputs is 2"},
    {"TopKOfWeights",
     [](ModelT& m) {
       const auto plain = [](const auto& t) {
         return t->dtype == joint::DType::S8 && t->packing == joint::Packing::Plain;
       };
       const auto weights = std::find_if(m.tensors.begin(), m.tensors.end(), plain);
       FirstLayer<joint::TopKT>(m)->inputs[0] = static_cast<int>(weights - m.tensors.begin());
     },
     "input: must be of dtype"},
    {"TopKIndicesType",
     [](ModelT& m) {
       IndicesOf(m).dtype = joint::DType::F32;
       IndicesOf(m).bytes /= 2;
     },
     "outputs[1]: the indices must be of dtype s64"},
    {"TopKIndicesShape",
     [](ModelT& m) {
       IndicesOf(m).shape = {5, 1, 8};
     },
     "shape: input and output must have the same"},
    {"TopKScale", [](ModelT& m) { OutputOf<joint::TopKT>(m).quantization->scale[0] *= 2; },
     "same scale and zero point"},
    {"TopKTooMany",
     [](ModelT& m) {
       IndicesOf(m).shape = OutputOf<joint::TopKT>(m).shape = {5, 1, 8};
       FirstOptions<joint::TopKT>(m)->axis = 0;
     },
     "shape: more elements are taken than the axis has"},
    {"TopKRank",
     [](ModelT& m) {
       IndicesOf(m).shape = OutputOf<joint::TopKT>(m).shape = {5, 8};
     },
     "shape: input and output must have the same number of axes"},
    {"SoftmaxTable", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table.pop_back(); }, "table"},
    {"SoftmaxFirstZero", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table[0] = 0; }, "table"},
    {"SoftmaxSum", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table[9] = 1U << 31; }, "table"},
    {"SoftmaxNumerator", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->numerator = 65536; }, "numerator"},
    {"SoftmaxScale", [](ModelT& m) { OutputOf<joint::SoftmaxT>(m).quantization->scale[0] = 1.0F; }, "quantization"},
    {"SoftmaxZeroPoint", [](ModelT& m) { OutputOf<joint::SoftmaxT>(m).quantization->zero_point[0] = 1; },
     "quantization"},
    {"LookupTable", [](ModelT& m) { FirstOptions<joint::LookupT>(m)->table.pop_back(); }, "table"},
    {"ChannelTable", [](ModelT& m) { FirstOptions<joint::ChannelLookupT>(m)->table.pop_back(); }, "table"},
    {"RescaleMultiplier", [](ModelT& m) { FirstOptions<joint::RescaleT>(m)->multiplier = 1; }, "multiplier"},
    {"RescaleShift", [](ModelT& m) { FirstOptions<joint::RescaleT>(m)->shift = -31; }, "shift"},
    {"DequantizeShape",
     [](ModelT& m) {
       auto& shape = OutputOf<joint::DequantizeT>(m).shape;
       shape = {1, shape[1] * shape[2]};
     },
     "shape"},
};

const Damage kTransposeDamages[] = {
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
    {"Rows",
     [](ModelT& m) {
       test::NetworkBuilder net(9);
       const int x = net.Input({1, 2, 1 << 22, 64});
       test::ConvShape shape;
       shape.oc = 1;
       shape.kernel_w = 1;
       shape.pad_left = shape.pad_right = 0;
       net.Output(net.Dequantize(net.ConvTranspose(x, shape)));
       m = net.Finish();
     },
     "the input rows that an output row needs"},
};

// Of two wide tensors, the second a constant.
joint::LayerT& WideProduct(ModelT& m) {
  joint::LayerT* last = nullptr;
  for (auto& layer : m.layers) {
    if (layer->options.type == joint::Options::MatMul) last = layer.get();
  }
  return *last;
}
joint::MatMulT& Product(ModelT& m) { return *WideProduct(m).options.AsMatMul(); }
std::vector<int>& ProductShape(ModelT& m) { return m.tensors[WideProduct(m).outputs[0]]->shape; }
joint::TensorT& ProductInput(ModelT& m, size_t i) { return *m.tensors[WideProduct(m).inputs[i]]; }

void ToBytes(ModelT& m, joint::TensorT& tensor) {
  tensor.dtype = joint::DType::S8;
  tensor.quantization->zero_point = {0};
  tensor.quantization->bits = 8;
  tensor.bytes /= 2;
  m.constants[tensor.constant]->data.resize(tensor.bytes);
}

const Damage kMatMulDamages[] = {
    {"Inputs", [](ModelT& m) { WideProduct(m).inputs.pop_back(); }, "number of inputs"},
    {"InputType", [](ModelT& m) { ToBytes(m, ProductInput(m, 1)); }, "input b: must be of dtype u8 or u16"},
    {"Vector", [](ModelT& m) { ProductInput(m, 1).shape = {8 * 24}; }, "both inputs must be matrices"},
    {"Rank",
     [](ModelT& m) {
       ProductShape(m) = {8, 24};
     },
     "as many axes as the larger input"},
    {"Depth",
     [](ModelT& m) {
       ProductInput(m, 1).shape = {24, 8};
     },
     "as many as the rows of input 1"},
    {"Rows",
     [](ModelT& m) {
       ProductShape(m) = {1, 24, 8};
     },
     "not the products"},
    {"Columns",
     [](ModelT& m) {
       ProductShape(m) = {3, 8, 8};
     },
     "not the products"},
    {"Batch", [](ModelT& m) { DoubleBatch(m, *m.tensors[WideProduct(m).outputs[0]]); }, "not the broadcast"},
    {"Multiplier", [](ModelT& m) { Product(m).multiplier = 5; }, "multiplier"},
    {"Shift", [](ModelT& m) { Product(m).shift = 32; }, "shift"},
    {"ClampLow", [](ModelT& m) { Product(m).clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { Product(m).clamp_high = 256; }, "clamp_high"},
    {"AccBits", [](ModelT& m) { Product(m).acc_bits = 16; }, "acc_bits"},
    {"NarrowSumOfWide", [](ModelT& m) { Product(m).acc_bits = 32; }, "acc_bits: 32 bits do not hold"},
    {"ScaledSum", [](ModelT& m) { Product(m).shift = -30; }, "shift: the scaled sum leaves 64 bits"},
};

// What the loader says of a row times a column.
std::string MessageOfDepth(int depth, joint::DType dtype) {
  test::NetworkBuilder net(3);
  const int row = net.Input({1, depth}, 0.1F, 0, dtype);
  net.Output(net.Dequantize(net.MatMul(row, net.Input({depth, 1}, 0.1F, 0, dtype))));
  const std::vector<uint8_t> file = test::Write(net.Finish());
  const Result<Model> model = Model::Copy(file.data(), file.size());
  return model.ok() ? "" : model.status().message();
}

TEST(MatMulDepth, IsBoundByTheAccumulator) {
  EXPECT_EQ(MessageOfDepth(33025, joint::DType::U8), "");
  EXPECT_NE(MessageOfDepth(33026, joint::DType::U8).find("acc_bits: 32 bits do not hold"), std::string::npos);
  EXPECT_EQ(MessageOfDepth(8388863, joint::DType::U16), "");
  EXPECT_NE(MessageOfDepth(8388865, joint::DType::U16).find("shape: a sum of products leaves 55 bits"),
            std::string::npos);
}

joint::LayerNormalizationT& Norm(ModelT& m) { return *FirstOptions<joint::LayerNormalizationT>(m); }
joint::TensorT& NormInput(ModelT& m, size_t i) { return InputOf<joint::LayerNormalizationT>(m, i); }
void SetBeta(ModelT& m, size_t i, int64_t value) {
  std::memcpy(m.constants[NormInput(m, 2).constant]->data.data() + i * sizeof value, &value, sizeof value);
}
// Other constants of the same bytes.
void Retype(joint::TensorT& tensor, joint::DType dtype, int extent) {
  tensor.dtype = dtype;
  tensor.shape = {extent};
  tensor.quantization->bits = 8;
}

const Damage kNormDamages[] = {
    {"Inputs", [](ModelT& m) { FirstLayer<joint::LayerNormalizationT>(m)->inputs.pop_back(); }, "number of inputs"},
    {"InputType",
     [](ModelT& m) {
       FirstLayer<joint::LayerNormalizationT>(m)->inputs[0] = FirstLayer<joint::LayerNormalizationT>(m)->inputs[1];
     },
     "input: must be of dtype u8 or u16"},
    {"Shape",
     [](ModelT& m) {
       OutputOf<joint::LayerNormalizationT>(m).shape = {8, 24};
     },
     "shape"},
    {"GammaType", [](ModelT& m) { Retype(NormInput(m, 1), joint::DType::S8, 48); }, "gamma: must be of dtype s16"},
    {"BetaType", [](ModelT& m) { Retype(NormInput(m, 2), joint::DType::S32, 48); }, "beta: must be of dtype s64"},
    {"GammaAxes",
     [](ModelT& m) {
       NormInput(m, 1).shape = {1, 24};
     },
     "gamma: must have one axis"},
    {"BetaAxes",
     [](ModelT& m) {
       NormInput(m, 2).shape = {24, 1};
     },
     "beta: must have one axis"},
    {"BetaLength",
     [](ModelT& m) {
       joint::TensorT& beta = NormInput(m, 2);
       beta.shape = {12};
       beta.bytes /= 2;
       m.constants[beta.constant]->data.resize(beta.bytes);
     },
     "as many elements as gamma"},
    {"Row",
     [](ModelT& m) {
       for (const size_t i : {1, 2}) {
         joint::TensorT& row = NormInput(m, i);
         row.shape = {12};
         row.bytes /= 2;
         m.constants[row.constant]->data.resize(row.bytes);
       }
     },
     "gamma: its elements are not those"},
    {"VarianceShift", [](ModelT& m) { Norm(m).variance_shift = 31; }, "variance_shift"},
    {"Differences", [](ModelT& m) { Norm(m).variance_shift += 1; }, "variance_shift: differences leave 32 bits"},
    {"FractionLow", [](ModelT& m) { Norm(m).fraction_bits = 7; }, "fraction_bits"},
    {"FractionHigh", [](ModelT& m) { Norm(m).fraction_bits = 25; }, "fraction_bits"},
    {"Epsilon", [](ModelT& m) { Norm(m).epsilon = uint64_t{1} << 62; }, "epsilon"},
    {"Multiplier", [](ModelT& m) { Norm(m).multiplier = -5; }, "multiplier"},
    {"Shift", [](ModelT& m) { Norm(m).shift = -1; }, "shift"},
    {"ClampLow", [](ModelT& m) { Norm(m).clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { Norm(m).clamp_high = 65536; }, "clamp_high"},
    {"BetaHigh", [](ModelT& m) { SetBeta(m, 23, int64_t{1} << 54); }, "beta[23]"},
    {"BetaLow", [](ModelT& m) { SetBeta(m, 0, INT64_MIN); }, "beta[0]"},
};

// A row of as many elements as its sum has room for.
TEST(LayerNormalizationRow, IsBoundByItsSum) {
  const auto message_of = [](int length) -> std::string {
    test::NetworkBuilder net(4);
    const int x = net.Input({1, length}, 0.1F, 0, joint::DType::U16);
    net.Output(net.Dequantize(net.LayerNormalization(x, 1)));
    const std::vector<uint8_t> file = test::Write(net.Finish());
    const Result<Model> model = Model::Copy(file.data(), file.size());
    return model.ok() ? "" : model.status().message();
  };
  EXPECT_EQ(message_of(32768), "");
  EXPECT_NE(message_of(32769).find("gamma: the sum of a row leaves 31 bits"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(LayerNormalization, ModelDamage, testing::ValuesIn(kNormDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(MatMul, ModelDamage, testing::ValuesIn(kMatMulDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Whole, ModelDamage, testing::ValuesIn(kModelDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Names, ModelDamage, testing::ValuesIn(kNameDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Tensor, ModelDamage, testing::ValuesIn(kTensorDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Bits, ModelDamage, testing::ValuesIn(kBitsDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Graph, ModelDamage, testing::ValuesIn(kGraphDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Conv, ModelDamage, testing::ValuesIn(kConvDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(ConvTranspose, TransposeDamage, testing::ValuesIn(kTransposeDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Elements, ModelDamage, testing::ValuesIn(kElementDamages), DamageName);

}  // namespace
}  // namespace lockstep
