// ReduceMean: sets of axes, types, sums of every size, on both sides of what 32 bits hold.
#include <gtest/gtest.h>

#include <algorithm>

#include "exact_requantize.h"
#include "float_case.h"

namespace lockstep::kernels {
namespace {

using joint::DType;

// The elements of x behind each output element, in the order in which they lie.
std::vector<std::vector<int64_t>> Members(const std::vector<int32_t>& shape, const std::vector<uint8_t>& axes) {
  int64_t count = 1;
  for (const int32_t extent : shape) count *= extent;
  std::vector<std::vector<int64_t>> members;
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i;
    int64_t target = 0;
    int64_t stride = 1;
    for (size_t axis = shape.size(); axis-- > 0;) {
      if (std::count(axes.begin(), axes.end(), axis) == 0) {
        target += rest % shape[axis] * stride;
        stride *= shape[axis];
      }
      rest /= shape[axis];
    }
    if (members.size() <= static_cast<size_t>(target)) members.resize(static_cast<size_t>(target) + 1);
    members[static_cast<size_t>(target)].push_back(i);
  }
  return members;
}

LayerCase Case(TestTensor x, const std::vector<uint8_t>& axes, bool keep) {
  LayerCase test;
  test.layer.name = "layer";
  for (size_t axis = 0; axis < x.shape.size(); ++axis) {
    const bool summed = std::count(axes.begin(), axes.end(), axis) != 0;
    if (!summed || keep) test.output.shape.push_back(summed ? 1 : x.shape[axis]);
  }
  if (test.output.shape.empty()) test.output.shape = {1};
  for (const uint8_t axis : axes) test.about += "axis " + std::to_string(axis) + ", ";
  test.inputs.push_back(std::move(x));
  return test;
}

struct Setting {
  DType in, out;
  int shift;  // beside that of the divisor
};

void CheckMean(TestTensor x, const std::vector<uint8_t>& axes, bool keep, const Setting& setting,
               std::mt19937& random) {
  x.zero_point = static_cast<int32_t>(random()) & LimitOf(x.dtype);
  const auto members = Members(x.shape, axes);
  joint::ReduceMeanT o;
  o.axes = axes;
  o.multiplier = static_cast<int32_t>((uint32_t{1} << 30) + random() % (uint32_t{1} << 30));
  o.shift = setting.shift;
  for (size_t n = members[0].size(); n > 1; n /= 2) ++o.shift;
  LayerCase test = Case(std::move(x), axes, keep);
  test.output.dtype = setting.out;
  test.output.zero_point = static_cast<int32_t>(random()) & LimitOf(setting.out);
  o.clamp_low = random() % 2 == 0 ? 0 : test.output.zero_point / 2;
  o.clamp_high = LimitOf(setting.out) - (random() % 2 == 0 ? 0 : 3);
  o.clamp_high = std::max(o.clamp_high, o.clamp_low);
  std::vector<int64_t> sums;
  for (const auto& group : members) {
    sums.push_back(0);
    for (const int64_t i : group) sums.back() += test.inputs[0].Get(i) - test.inputs[0].zero_point;
    const int64_t scaled = ExactRequantize(sums.back(), o.multiplier, o.shift);
    AppendActivation(test.output, ClampTo(test.output.zero_point + scaled, o.clamp_low, o.clamp_high));
  }
  test.about += "shift " + std::to_string(o.shift);
  const int32_t multiplier = o.multiplier;
  test.layer.options.Set(std::move(o));
  ExpectEveryKernelGives(test, [&](int64_t element) {
    return "sum " + std::to_string(sums[static_cast<size_t>(element)]) + ", multiplier " + std::to_string(multiplier);
  });
}

const std::vector<std::vector<uint8_t>> kAxes = {{0}, {1}, {2}, {3}, {1, 2}, {0, 3}, {1, 3}, {1, 2, 3}, {0, 1, 2, 3}};

TEST(ReduceMean, EverySetOfAxesAndPairOfTypes) {
  std::mt19937 random(101);
  const Setting settings[] = {
      {DType::U8, DType::U8, 0}, {DType::U8, DType::U16, -8}, {DType::U16, DType::U8, 8}, {DType::U16, DType::U16, 0}};
  for (const Setting& setting : settings) {
    for (const auto& axes : kAxes) {
      for (const bool keep : {false, true}) {
        CheckMean(RandomTensor(setting.in, {2, 5, 3, 7}, random), axes, keep, setting, random);
      }
    }
    CheckMean(RandomTensor(setting.in, {9}, random), {0}, true, setting, random);
    CheckMean(RandomTensor(setting.in, {1, 4, 1, 1}, random), {2, 3}, false, setting, random);
    CheckMean(RandomTensor(setting.in, {1, 6, 6, 600}, random), {1, 2}, true, setting, random);  // blocks of outputs
    CheckMean(RandomTensor(setting.in, {3, 1500, 2}, random), {2}, false, setting, random);
    CheckMean(RandomTensor(setting.in, {2, 4500, 1}, random), {0}, true, setting, random);  // units
  }
}

TEST(ReduceMean, EveryShift) {
  std::mt19937 random(102);
  for (int shift = -30; shift <= 29; ++shift) {
    CheckMean(RandomTensor(DType::U8, {4, 33}, random), {0}, true, {DType::U8, DType::U16, shift}, random);
  }
}

// The sums of nothing but the largest elements, shorter and longer than an unsigned sum of 32 bits takes.
TEST(ReduceMean, LongSums) {
  std::mt19937 random(103);
  for (const DType dtype : {DType::U8, DType::U16}) {
    for (const int32_t n : {32768, 65536, 65537, 100000, 200000}) {
      for (const bool along : {false, true}) {
        TestTensor x = RandomTensor(dtype, along ? std::vector<int32_t>{2, n} : std::vector<int32_t>{n, 2}, random);
        std::fill(x.bytes.begin(), x.bytes.end(), uint8_t{255});
        // The scaled mean is small: one whose sum lost 2^32 is another one, whatever the zero point of the output.
        CheckMean(std::move(x), {static_cast<uint8_t>(along ? 1 : 0)}, false, {dtype, DType::U16, 4}, random);
      }
    }
  }
}

TEST(ReduceMean, OfFloatsInLanes) {
  std::mt19937 random(104);
  const std::vector<std::vector<int32_t>> shapes = {{2, 5, 3, 7}, {1, 9, 8, 130}, {3, 1, 2, 1}};
  for (const auto& shape : shapes) {
    for (const auto& axes : kAxes) {
      for (const bool special : {false, true}) {
        LayerCase test = Case(RandomFloats(shape, random, special), axes, special);
        test.output = FloatOutput(test.output.shape);
        for (const auto& group : Members(shape, axes)) {
          float lanes[8] = {};
          for (size_t j = 0; j < group.size(); ++j) lanes[j % 8] = lanes[j % 8] + At(test.inputs[0], group[j]);
          const float sum =
              ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
          AppendFloat(test.output, sum / static_cast<float>(group.size()));
        }
        joint::ReduceMeanT options;
        options.axes = axes;
        test.layer.options.Set(std::move(options));
        ExpectEveryKernelGives(test);
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
