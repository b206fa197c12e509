// ReduceMax: sets of axes and types, both ends, floats in their order.
#include <gtest/gtest.h>

#include <algorithm>

#include "float_case.h"

namespace lockstep::kernels {
namespace {

using joint::DType;

// The output element that an element of x goes to.
int64_t TargetOf(const std::vector<int32_t>& shape, const std::vector<uint8_t>& axes, int64_t element) {
  int64_t target = 0;
  int64_t stride = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    if (std::count(axes.begin(), axes.end(), axis) == 0) {
      target += element % shape[axis] * stride;
      stride *= shape[axis];
    }
    element /= shape[axis];
  }
  return target;
}

LayerCase Case(TestTensor x, const std::vector<uint8_t>& axes, bool keep, bool smallest) {
  LayerCase test;
  test.layer.name = "layer";
  test.output.dtype = x.dtype;
  for (size_t axis = 0; axis < x.shape.size(); ++axis) {
    const bool gone = std::count(axes.begin(), axes.end(), axis) != 0;
    if (!gone || keep) test.output.shape.push_back(gone ? 1 : x.shape[axis]);
    if (gone) test.about += "axis " + std::to_string(axis) + ", ";
  }
  if (test.output.shape.empty()) test.output.shape = {1};
  joint::ReduceMaxT options;
  options.axes = axes;
  options.smallest = smallest;
  test.layer.options.Set(std::move(options));
  test.inputs.push_back(std::move(x));
  return test;
}

const std::vector<std::vector<uint8_t>> kAxes = {{0}, {1}, {2}, {3}, {1, 2}, {0, 3}, {1, 3}, {1, 2, 3}, {0, 1, 2, 3}};

void CheckIntegers(const TestTensor& x, const std::vector<uint8_t>& axes, bool keep) {
  for (const bool smallest : {false, true}) {
    LayerCase test = Case(x, axes, keep, smallest);
    std::vector<int32_t> best(static_cast<size_t>(test.output.Elements()), -1);
    for (int64_t i = 0; i < x.Elements(); ++i) {
      int32_t& one = best[static_cast<size_t>(TargetOf(x.shape, axes, i))];
      if (one < 0 || (smallest ? x.Get(i) < one : x.Get(i) > one)) one = x.Get(i);
    }
    for (const int32_t one : best) AppendActivation(test.output, one);
    ExpectEveryKernelGives(test);
  }
}

TEST(ReduceMax, EverySetOfAxes) {
  std::mt19937 random(201);
  for (const DType dtype : {DType::U8, DType::U16}) {
    for (const auto& axes : kAxes) {
      for (const bool keep : {false, true}) CheckIntegers(RandomTensor(dtype, {2, 5, 3, 7}, random), axes, keep);
    }
    CheckIntegers(RandomTensor(dtype, {9}, random), {0}, true);
    CheckIntegers(RandomTensor(dtype, {1, 4, 1, 1}, random), {2, 3}, false);
    CheckIntegers(RandomTensor(dtype, {1, 6, 6, 600}, random), {1, 2}, true);  // blocks of outputs
    CheckIntegers(RandomTensor(dtype, {2, 4500, 1}, random), {0}, true);       // units
    TestTensor same = RandomTensor(dtype, {4, 40}, random);
    for (const uint8_t byte : {uint8_t{0}, uint8_t{255}}) {
      std::fill(same.bytes.begin(), same.bytes.end(), byte);
      CheckIntegers(same, {1}, false);
    }
  }
}

// NaN is above all numbers, -0 below +0.
TEST(ReduceMax, OfFloats) {
  std::mt19937 random(202);
  for (const auto& axes : kAxes) {
    for (const bool special : {false, true}) {
      for (const bool smallest : {false, true}) {
        const TestTensor x = RandomFloats({2, 5, 3, 7}, random, special);
        LayerCase test = Case(x, axes, special, smallest);
        std::vector<std::vector<int32_t>> keys(static_cast<size_t>(test.output.Elements()));
        for (int64_t i = 0; i < x.Elements(); ++i) {
          keys[static_cast<size_t>(TargetOf(x.shape, axes, i))].push_back(f1::OrderKey(At(x, i)));
        }
        for (const auto& group : keys) {
          const auto [low, high] = std::minmax_element(group.begin(), group.end());
          AppendFloat(test.output, f1::FromOrderKey(smallest ? *low : *high));
        }
        ExpectEveryKernelGives(test);
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
