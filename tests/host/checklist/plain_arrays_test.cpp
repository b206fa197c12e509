#include "checklist/plain_arrays.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lockstep::checklist {
namespace {

StoredArray Array(const graph::Shape& shape, const std::vector<float>& values) {
  StoredArray array;
  array.label = "array";
  array.dtype = "f32";
  array.shape = shape;
  array.values = values;
  return array;
}

const std::vector<float> kValues = {0.5F, -1.0F, 2.0F, 3.5F, 0.25F, -2.0F};

void ExpectBad(const StoredArray& result, const StoredArray& expected, const std::string& word) {
  const Stage stage = ComparePlainArrays(result, expected, 1e-3);
  EXPECT_EQ(stage.standing, Standing::kBad);
  EXPECT_NE(stage.verdict.find(word), std::string::npos) << stage.verdict;
}

TEST(PlainArraysTest, WithinTheToleranceIsGood) {
  std::vector<float> near = kValues;
  near[2] += 0.0009F;
  EXPECT_EQ(ComparePlainArrays(Array({1, 2, 3}, near), Array({2, 3}, kValues), 1e-3).standing, Standing::kGood);
  near[2] += 0.001F;
  ExpectBad(Array({2, 3}, near), Array({2, 3}, kValues), "nothing that was tried explains it");
}

TEST(PlainArraysTest, WhatMakesOneOfTheOtherIsNamed) {
  const StoredArray expected = Array({2, 3}, kValues);
  ExpectBad(Array({3, 2}, {0.5F, 3.5F, -1.0F, 0.25F, 2.0F, -2.0F}), expected, "transposed by (1,0)");
  std::vector<float> squashed;
  for (const float value : kValues) squashed.push_back(1.0F / (1.0F + std::exp(-value)));
  ExpectBad(expected, Array({2, 3}, squashed), "a Sigmoid is missing");
  ExpectBad(Array({2, 3}, squashed), expected, "a Sigmoid too many");
  std::vector<float> shares = kValues;
  for (size_t row = 0; row < 2; ++row) {
    float sum = 0.0F;
    for (size_t i = 0; i < 3; ++i) sum += std::exp(kValues[row * 3 + i]);
    for (size_t i = 0; i < 3; ++i) shares[row * 3 + i] = std::exp(kValues[row * 3 + i]) / sum;
  }
  ExpectBad(expected, Array({2, 3}, shares), "a Softmax along axis 1 is missing");
  std::vector<float> doubled = kValues;
  for (float& value : doubled) value *= 2.0F;
  ExpectBad(Array({2, 3}, doubled), expected, "times 0.5 ");
  ExpectBad(Array({2, 3}, {-1.0F, 0.5F, 2.0F, 3.5F, 0.25F, -2.0F}), expected, "in another order");
  ExpectBad(Array({2, 2}, {1, 2, 3, 4}), expected, "other sizes");
  ExpectBad(expected, Array({2, 3}, std::vector<float>(6, 0.0F)), "nothing that was tried explains it");
}

}  // namespace
}  // namespace lockstep::checklist
