// Layers whose elements or weights have two or four bytes, and the ones between the convolutions of transformers and of
// networks that segment.
#include <algorithm>
#include <cmath>

#include "operator_cases.h"

namespace lockstep::bench {
namespace {

constexpr joint::DType kWords = joint::DType::U16;

OperatorCase WideDepthwise(const char* name, int32_t channels, int32_t size, int32_t kernel, joint::DType input,
                           joint::DType weight) {
  OperatorCase test = DepthwiseCase(name, channels, size, kernel, 1);
  test.inputs[0].dtype = input;
  test.inputs[1].dtype = weight;
  test.output.dtype = input;
  auto& options = *test.layer.options.AsDepthwiseConv();
  options.acc_bits = 64;
  options.acc_init64.assign(options.acc_init.begin(), options.acc_init.end());
  options.acc_init.clear();
  options.shift.assign(options.shift.size(), input == kWords ? 16 : 14);
  options.clamp_high = input == kWords ? 65535 : 255;
  return test;
}

OperatorCase Product(const char* name, std::vector<int32_t> a, std::vector<int32_t> b, joint::DType type) {
  joint::MatMulT product;
  product.multiplier = kMultiplier;
  product.shift = type == kWords ? 20 : 10;
  product.acc_bits = type == kWords ? 64 : 32;
  product.clamp_high = type == kWords ? 65535 : 255;
  const std::vector<int32_t> y = {a[0], a[1], b[2]};
  return LayerCaseOf(name, product, {{a, type}, {b, type}}, {y, type});
}

OperatorCase Enlarged(const char* name, int32_t size, int32_t channels, joint::DType type) {
  joint::InterpolateT o;
  for (int32_t i = 0; i < 2 * size; ++i) {
    o.rows.push_back(std::min(std::max(i - 1, 0) / 2, size - 2));
    o.row_weights.push_back(i % 2 == 0 ? 1 : 3);
    o.row_weights.push_back(i % 2 == 0 ? 3 : 1);
  }
  o.columns = o.rows;
  o.column_weights = o.row_weights;
  o.multiplier = kMultiplier;
  o.shift = 4;
  o.clamp_high = type == kWords ? 65535 : 255;
  return LayerCaseOf(name, o, {{{1, size, size, channels}, type}}, {{1, 2 * size, 2 * size, channels}, type});
}

}  // namespace

void AddWordCases(std::vector<OperatorCase>* to) {
  std::vector<OperatorCase>& cases = *to;
  const joint::DType bytes = joint::DType::U8;
  cases.push_back(WideDepthwise("3x3_144_56_u8s16", 144, 56, 3, bytes, joint::DType::S16));
  cases.push_back(WideDepthwise("3x3_144_56_u16s16", 144, 56, 3, kWords, joint::DType::S16));
  cases.push_back(WideDepthwise("7x7_96_56_u8s16", 96, 56, 7, bytes, joint::DType::S16));
  cases.push_back(WideDepthwise("1x1_256_28_u16s16", 256, 28, 1, kWords, joint::DType::S16));
  cases.push_back(Product("u8_12x197x64x197", {12, 197, 64}, {12, 64, 197}, bytes));
  cases.push_back(Product("u8_12x197x197x64", {12, 197, 197}, {12, 197, 64}, bytes));
  cases.push_back(Product("u8_1x512x1000", {1, 1, 512}, {1, 512, 1000}, bytes));
  cases.push_back(Product("u16_12x197x64x197", {12, 197, 64}, {12, 64, 197}, kWords));
  cases.push_back(Product("u16_12x197x197x64", {12, 197, 197}, {12, 197, 64}, kWords));
  joint::LayerNormalizationT normalization;
  normalization.fraction_bits = 14;
  normalization.epsilon = 1000;
  normalization.multiplier = kMultiplier;
  normalization.shift = 20;
  normalization.clamp_high = 255;
  const OperatorTensor gamma = {{192}, joint::DType::S16};
  const OperatorTensor beta = {{192}, joint::DType::S64};
  cases.push_back(LayerCaseOf("u8_197x192", normalization, {{{197, 192}}, gamma, beta}, {{197, 192}}));
  cases.push_back(Enlarged("u8_80x80x64", 80, 64, bytes));
  cases.push_back(Enlarged("u8_320x320x1", 320, 1, bytes));
  cases.push_back(Enlarged("u16_80x80x64", 80, 64, kWords));
  joint::PReluT prelu;
  prelu.multiplier = prelu.slope_multiplier = kMultiplier;
  prelu.shift = 1;
  prelu.slope_shift = 8;
  prelu.clamp_high = 255;
  const OperatorTensor image = {{1, 56, 56, 64}};
  const OperatorTensor words = {{1, 56, 56, 64}, kWords};
  cases.push_back(LayerCaseOf("u8_56x56x64", prelu, {image, {{1, 1, 1, 64}, joint::DType::S8}}, image));
  joint::ConcatT concat;
  concat.axis = 3;
  concat.multiplier = {0, kMultiplier};
  concat.shift = {0, 1};
  cases.push_back(LayerCaseOf("u16_56x56x64_2", concat, {words, words}, {{1, 56, 56, 128}, kWords}));
  joint::RescaleT rescale;
  rescale.multiplier = kMultiplier;
  rescale.shift = 8;
  cases.push_back(LayerCaseOf("u16_u8_56x56x64", rescale, {words}, image));
  joint::MulT mul;
  mul.multiplier = kMultiplier;
  mul.shift = 16;
  mul.clamp_high = 65535;
  cases.push_back(LayerCaseOf("u16_56x56x64", mul, {words, words}, words));
  joint::ChannelLookupT lookup;
  lookup.table.resize(64 * 256);
  cases.push_back(LayerCaseOf("u8_56x56x64", lookup, {image}, image));
  cases.push_back(LayerCaseOf("u8_224x224x3", lookup, {{{1, 224, 224, 3}}}, {{1, 224, 224, 3}}));
  joint::SoftmaxT softmax;
  softmax.numerator = 65536;
  for (int i = 0; i < 65536; ++i) {
    softmax.table.push_back(static_cast<uint32_t>(std::lround(std::exp(-0.0005 * i) * (1 << 21))));
  }
  cases.push_back(LayerCaseOf("u16_12x197x197", softmax, {{{12, 197, 197}, kWords}}, {{12, 197, 197}, kWords}));
  joint::AveragePoolT average;
  average.kernel_h = average.kernel_w = 3;
  average.stride_h = average.stride_w = 1;
  average.pad_top = average.pad_left = average.pad_bottom = average.pad_right = 1;
  average.multiplier.assign(9, kMultiplier);
  average.shift.assign(9, 3);
  average.clamp_high = 65535;
  cases.push_back(LayerCaseOf("u16_3x3_56x56x64", average, {words}, words));
  joint::MaxPoolT max_pool;
  max_pool.kernel_h = max_pool.kernel_w = 3;
  max_pool.stride_h = max_pool.stride_w = 1;
  max_pool.pad_top = max_pool.pad_left = max_pool.pad_bottom = max_pool.pad_right = 1;
  cases.push_back(LayerCaseOf("u16_3x3_56x56x64", max_pool, {words}, words));
  cases.push_back(LayerCaseOf("u8_56x56x64", joint::DequantizeT(), {image}, {{1, 56, 56, 64}, joint::DType::F32}));
  const joint::DType floats = joint::DType::F32;
  joint::ConvT conv;
  conv.pad_top = conv.pad_left = conv.pad_bottom = conv.pad_right = 1;
  cases.push_back(LayerCaseOf("f32_3x3_64_64_56", conv,
                              {{{1, 56, 56, 64}, floats}, {{64, 3, 3, 64}, floats}, {{64}, floats}},
                              {{1, 56, 56, 64}, floats}));
  joint::DepthwiseConvT depthwise;
  depthwise.pad_top = depthwise.pad_left = depthwise.pad_bottom = depthwise.pad_right = 1;
  cases.push_back(LayerCaseOf("f32_3x3_144_56", depthwise,
                              {{{1, 56, 56, 144}, floats}, {{1, 3, 3, 144}, floats}, {{144}, floats}},
                              {{1, 56, 56, 144}, floats}));
  cases.push_back(LayerCaseOf("f32_12x197x64x197", joint::MatMulT(), {{{12, 197, 64}, floats}, {{12, 64, 197}, floats}},
                              {{12, 197, 197}, floats}));
  joint::SliceT slice;
  slice.start = {0, 0, 32};
  slice.step = {1, 1, 1};
  cases.push_back(LayerCaseOf("u8_64x49x32_of_96", slice, {{{64, 49, 96}}}, {{64, 49, 32}}));
}

}  // namespace lockstep::bench
