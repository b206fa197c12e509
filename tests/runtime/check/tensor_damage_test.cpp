// Tensors, and how layers are joined by them.
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

// A scale for each index of the last axis.
void GiveChannelScales(joint::TensorT& tensor) {
  joint::QuantizationT& levels = *tensor.quantization;
  levels.axis = static_cast<int32_t>(tensor.shape.size()) - 1;
  levels.scale.assign(static_cast<size_t>(tensor.shape.back()), levels.scale[0]);
  levels.zero_point.assign(static_cast<size_t>(tensor.shape.back()), levels.zero_point[0]);
}

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
    {"ChannelScaleOfARow",
     [](ModelT& m) {
       joint::QuantizationT& levels = *InputOf<joint::DepthwiseConvT>(m).quantization;
       levels.axis = 1;
       levels.scale.assign(static_cast<size_t>(InputOf<joint::DepthwiseConvT>(m).shape[1]), 1.0F);
     },
     "quantization.axis: an activation has one scale or one for each index of its last axis"},
    {"ChannelScalesMissing",
     [](ModelT& m) {
       GiveChannelScales(InputOf<joint::DepthwiseConvT>(m));
       InputOf<joint::DepthwiseConvT>(m).quantization->scale.pop_back();
     },
     "quantization.scale: wrong number of entries"},
    {"ChannelZeroPoints",
     [](ModelT& m) {
       GiveChannelScales(InputOf<joint::DepthwiseConvT>(m));
       InputOf<joint::DepthwiseConvT>(m).quantization->zero_point[1] ^= 1;
     },
     "quantization.zero_point: an activation has one for all channels"},
    {"ChannelScalesOfAnInput", [](ModelT& m) { GiveChannelScales(FirstInput(m)); }, "has a scale for each channel"},
    {"ChannelScalesOfASum", [](ModelT& m) { GiveChannelScales(OutputOf<joint::AddT>(m)); },
     "this operator needs one scale there, not one for each channel"},
    {"ChannelScalesReadByASum", [](ModelT& m) { GiveChannelScales(InputOf<joint::AddT>(m)); }, "one scale"},
    {"ChannelScalesReadByAConv", [](ModelT& m) { GiveChannelScales(InputOf<joint::ConvT>(m)); },
     "sums over channels need one scale"},
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
    {"Packing", [](ModelT& m) { ConvWeights(m).packing = static_cast<joint::Packing>(5); }, "this lockstep; upgrade it",
     StatusCode::kUnsupported},
    {"IndicesQuantized", [](ModelT& m) { FirstInput(m).dtype = joint::DType::S64; },
     "quantization: integers that a layer computes"},
    {"BoolQuantized", [](ModelT& m) { FirstInput(m).dtype = joint::DType::BOOL; },
     "quantization: a tensor of dtype f32 or bool"},
    {"PackedActivation", [](ModelT& m) { FirstInput(m).packing = joint::Packing::O16I4; }, "packing"},
};

// Values stay below 2^bits: what could make larger ones is refused; so it is for each operator.
const Damage kBitsDamages[] = {
    {"ZeroPoint",
     [](ModelT& m) {
       FirstInput(m).quantization->bits = 4;
       FirstInput(m).quantization->zero_point = {16};
     },
     "zero_point"},
    {"Input", [](ModelT& m) { Narrow(FirstInput(m), 7); }, "inputs[0].tensor: quantization.bits"},
    {"Constant", [](ModelT& m) { Narrow(*m.tensors[WideAdd(m).inputs[1]], 15); }, "constant: a value"},
};

const Damage kGraphDamages[] = {
    {"LayerNameTwice", [](ModelT& m) { m.layers[1]->name = m.layers[0]->name; }, "occurs twice"},
    {"LayerWithoutInputs", [](ModelT& m) { m.layers[0]->inputs.clear(); }, "inputs"},
    {"LayerInput", [](ModelT& m) { m.layers[0]->inputs[0] = 4711; }, "inputs"},
    {"LayerInputNegative", [](ModelT& m) { m.layers[0]->inputs[0] = -1; }, "inputs"},
    {"LayerReadsPacked", [](ModelT& m) { m.layers[0]->inputs[0] = ConvWeightsIndex(m); }, "packed"},
    {"LayerVersion", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->version = 3; },
     "version 3 of Conv is unknown to this lockstep; upgrade it", StatusCode::kUnsupported},
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
};

INSTANTIATE_TEST_SUITE_P(Tensor, ModelDamage, testing::ValuesIn(kTensorDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Bits, ModelDamage, testing::ValuesIn(kBitsDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Graph, ModelDamage, testing::ValuesIn(kGraphDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
