#include "operator_cases.h"

#include <cmath>

namespace lockstep::bench {

OperatorCase DepthwiseCase(const char* name, int32_t channels, int32_t size, int32_t kernel, int32_t stride) {
  OperatorCase test;
  test.name = name;
  test.inputs = {{{1, size * stride, size * stride, channels}}, {{1, kernel, kernel, channels}, joint::DType::S8}};
  test.output = {{1, size, size, channels}};
  joint::DepthwiseConvT options;
  options.stride_h = options.stride_w = stride;
  options.pad_top = options.pad_left = options.pad_bottom = options.pad_right = kernel / 2;
  options.acc_init.assign(static_cast<size_t>(channels), 12345);
  options.multiplier.assign(static_cast<size_t>(channels), kMultiplier);
  options.shift.assign(static_cast<size_t>(channels), 8);
  options.mid_zero_point = 7;
  options.clamp_high = 255;
  test.layer.options.Set(std::move(options));
  return test;
}

std::vector<OperatorCase> OperatorCases() {
  std::vector<OperatorCase> cases;
  cases.push_back(DepthwiseCase("3x3_32_112", 32, 112, 3, 1));
  cases.push_back(DepthwiseCase("3x3_s2_96_56", 96, 56, 3, 2));
  cases.push_back(DepthwiseCase("3x3_144_56", 144, 56, 3, 1));
  cases.push_back(DepthwiseCase("3x3_576_14", 576, 14, 3, 1));
  cases.push_back(DepthwiseCase("3x3_960_7", 960, 7, 3, 1));
  cases.push_back(DepthwiseCase("5x5_240_28", 240, 28, 5, 1));
  cases.push_back(DepthwiseCase("5x5_s2_672_7", 672, 7, 5, 2));
  cases.push_back(DepthwiseCase("7x7_96_56", 96, 56, 7, 1));
  joint::AddT add;
  add.multiplier_a = 700000;
  add.multiplier_b = 900000;
  add.shift = 21;
  add.clamp_high = 255;
  cases.push_back(LayerCaseOf("u8_56x56x256", add, {{{1, 56, 56, 256}}, {{1, 56, 56, 256}}}, {{1, 56, 56, 256}}));
  cases.push_back(LayerCaseOf("u8_14x14x96", add, {{{1, 14, 14, 96}}, {{1, 14, 14, 96}}}, {{1, 14, 14, 96}}));
  const joint::DType words = joint::DType::U16;
  add.clamp_high = 65535;
  cases.push_back(
      LayerCaseOf("u16_56x56x64", add, {{{1, 56, 56, 64}, words}, {{1, 56, 56, 64}, words}}, {{1, 56, 56, 64}, words}));
  joint::MulT mul;
  mul.multiplier = kMultiplier;
  mul.shift = 8;
  mul.clamp_high = 255;
  cases.push_back(LayerCaseOf("u8_40x40x128", mul, {{{1, 40, 40, 128}}, {{1, 40, 40, 128}}}, {{1, 40, 40, 128}}));
  cases.push_back(LayerCaseOf("u8_56x56x96_by_channel", mul, {{{1, 56, 56, 96}}, {{1, 1, 1, 96}}}, {{1, 56, 56, 96}}));
  joint::LookupT lookup;
  for (int i = 0; i < 256; ++i) lookup.table.push_back(static_cast<uint8_t>(255 - i));
  cases.push_back(LayerCaseOf("u8_80x80x64", lookup, {{{1, 80, 80, 64}}}, {{1, 80, 80, 64}}));
  joint::RescaleT rescale;
  rescale.multiplier = kMultiplier;
  cases.push_back(LayerCaseOf("u8_80x80x64", rescale, {{{1, 80, 80, 64}}}, {{1, 80, 80, 64}}));
  joint::ConcatT concat;
  concat.axis = 3;
  concat.multiplier = {0, kMultiplier, kMultiplier};
  concat.shift = {0, 0, 1};
  cases.push_back(LayerCaseOf("u8_80x80x32_3", concat, {{{1, 80, 80, 32}}, {{1, 80, 80, 32}}, {{1, 80, 80, 32}}},
                              {{1, 80, 80, 96}}));
  concat.multiplier.pop_back();
  concat.shift.pop_back();
  cases.push_back(LayerCaseOf("u8_40x40x128_2", concat, {{{1, 40, 40, 128}}, {{1, 40, 40, 128}}}, {{1, 40, 40, 256}}));
  joint::SoftmaxT softmax;
  softmax.numerator = 256;
  for (int i = 0; i < 256; ++i) {
    softmax.table.push_back(static_cast<uint32_t>(std::lround(std::exp(-0.05 * i) * (1 << 21))));
  }
  cases.push_back(LayerCaseOf("u8_8400x16", softmax, {{{4, 8400, 16}}}, {{4, 8400, 16}}));
  cases.push_back(LayerCaseOf("u8_197x197", softmax, {{{12, 197, 197}}}, {{12, 197, 197}}));
  joint::MaxPoolT max_pool;
  max_pool.kernel_h = max_pool.kernel_w = 3;
  max_pool.stride_h = max_pool.stride_w = 2;
  cases.push_back(LayerCaseOf("u8_3x3_s2_64_55", max_pool, {{{1, 111, 111, 64}}}, {{1, 55, 55, 64}}));
  max_pool.kernel_h = max_pool.kernel_w = 5;
  max_pool.stride_h = max_pool.stride_w = 1;
  max_pool.pad_top = max_pool.pad_left = max_pool.pad_bottom = max_pool.pad_right = 2;
  cases.push_back(LayerCaseOf("u8_5x5_128_20", max_pool, {{{1, 20, 20, 128}}}, {{1, 20, 20, 128}}));
  joint::AveragePoolT average;
  average.kernel_h = average.kernel_w = 14;
  average.multiplier = {kMultiplier};
  average.shift = {7};
  average.clamp_high = 255;
  cases.push_back(LayerCaseOf("u8_14x14_480", average, {{{1, 14, 14, 480}}}, {{1, 1, 1, 480}}));
  average.kernel_h = average.kernel_w = 3;
  average.stride_h = average.stride_w = 2;
  cases.push_back(LayerCaseOf("u8_3x3_s2_64_55", average, {{{1, 111, 111, 64}}}, {{1, 55, 55, 64}}));
  joint::TransposeT transpose;
  transpose.perm = {0, 2, 1};
  cases.push_back(LayerCaseOf("u8_8400x80", transpose, {{{1, 8400, 80}}}, {{1, 80, 8400}}));
  cases.push_back(LayerCaseOf("u16_8400x80", transpose, {{{1, 8400, 80}, words}}, {{1, 80, 8400}, words}));
  AddWordCases(&cases);
  return cases;
}

}  // namespace lockstep::bench
