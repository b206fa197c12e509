// The sums in pieces against the plain loops of host/analyze and host/dump.
#include "compare/element_sums.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "analyze/metrics.h"
#include "dump/values.h"

namespace lockstep::compare {
namespace {

struct Tensor {
  dump::DumpLayer layer;
  std::vector<uint8_t> bytes;
};

template <typename T>
Tensor MakeTensor(const char* dtype, const std::vector<int64_t>& shape, double scale, int64_t zero_point,
                  const std::vector<T>& values) {
  Tensor tensor;
  tensor.layer.dtype = dtype;
  tensor.layer.shape = shape;
  tensor.layer.scale = scale;
  tensor.layer.zero_point = zero_point;
  const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
  tensor.bytes.assign(bytes, bytes + values.size() * sizeof(T));
  return tensor;
}

// Most elements equal, some off by a few.
template <typename T>
std::pair<std::vector<T>, std::vector<T>> NearValues(size_t count, T lowest, T highest, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> value(lowest + 4, highest - 4);
  std::uniform_int_distribution<int> step(-4, 4);
  std::vector<T> a(count);
  std::vector<T> b(count);
  for (size_t i = 0; i < count; ++i) {
    a[i] = static_cast<T>(value(random));
    b[i] = static_cast<T>(a[i] + (i % 7 == 3 ? step(random) : 0));
  }
  return {a, b};
}

void ExpectAsPlain(const Tensor& a, const Tensor& b, const dump::Tolerance& tolerance, size_t piece) {
  ElementSums sums(a.layer, b.layer, tolerance);
  const auto elements = static_cast<size_t>(a.layer.Elements());
  const size_t size = a.bytes.size() / elements;
  for (size_t i = 0; i < elements; i += piece) {
    sums.Add(a.bytes.data() + i * size, b.bytes.data() + i * size, std::min(piece, elements - i));
  }
  const ElementSums::Result result = sums.Finish();
  const analyze::Metrics accuracy =
      analyze::Compare(dump::RealValues(a.layer, a.bytes), dump::RealValues(b.layer, b.bytes), b.layer.Steps());
  const dump::ElementComparison difference = dump::CompareElements(b.layer, a.bytes, b.bytes, tolerance);
  EXPECT_EQ(result.difference.elements, difference.elements);
  EXPECT_EQ(result.difference.differing, difference.differing);
  EXPECT_EQ(result.difference.beyond, difference.beyond);
  EXPECT_GT(difference.beyond, 0);
  EXPECT_LT(difference.beyond, difference.differing) << "the tolerance should tell them apart";
  EXPECT_DOUBLE_EQ(result.difference.max_abs, difference.max_abs);
  EXPECT_DOUBLE_EQ(result.difference.max_steps, difference.max_steps);
  ASSERT_TRUE(result.difference.first.has_value());
  EXPECT_EQ(result.difference.first->coordinates, difference.first->coordinates);
  EXPECT_EQ(result.difference.first->onnx_coordinates, difference.first->onnx_coordinates);
  EXPECT_EQ(result.difference.first->expected_stored, difference.first->expected_stored);
  EXPECT_EQ(result.difference.first->actual_stored, difference.first->actual_stored);
  EXPECT_DOUBLE_EQ(result.difference.first->expected, difference.first->expected);
  EXPECT_EQ(result.accuracy.count, accuracy.count);
  EXPECT_NEAR(result.accuracy.cosine, accuracy.cosine, 1e-12);
  EXPECT_NEAR(result.accuracy.sqnr_db, accuracy.sqnr_db, 1e-9);
  EXPECT_DOUBLE_EQ(result.accuracy.max_abs, accuracy.max_abs);
  EXPECT_NEAR(result.accuracy.max_steps, accuracy.max_steps, 0.01) << "of rounded real values";
}

TEST(ElementSumsTest, BytesAreCountedByPairs) {
  const auto [a, b] = NearValues<uint8_t>(3 * 151 * 257, 0, 255, 1);
  const std::vector<int64_t> shape = {3, 151, 257};
  ExpectAsPlain(MakeTensor("u8", shape, 0.02, 7, a), MakeTensor("u8", shape, 0.02, 7, b), {0.05, 0.01}, 10007);
}

TEST(ElementSumsTest, SignedBytesToo) {
  const auto [a, b] = NearValues<int8_t>(300000, -128, 127, 2);
  ExpectAsPlain(MakeTensor("s8", {300000}, 0.5, 0, a), MakeTensor("s8", {300000}, 0.5, 0, b), {1.0, 0.0}, 65536);
}

TEST(ElementSumsTest, FewBytesOneByOne) {
  const auto [a, b] = NearValues<uint8_t>(1000, 0, 255, 3);
  ExpectAsPlain(MakeTensor("u8", {1000}, 0.02, 7, a), MakeTensor("u8", {1000}, 0.02, 7, b), {0.04, 0.0}, 64);
}

TEST(ElementSumsTest, WordsAndScalesByChannel) {
  const auto [a, b] = NearValues<uint16_t>(5 * 7001, 0, 65535, 4);
  Tensor first = MakeTensor("u16", {7001, 5}, 0.02, 100, a);
  Tensor second = MakeTensor("u16", {7001, 5}, 0.02, 100, b);
  ExpectAsPlain(first, second, {0.03, 0.0}, 5000);
  first.layer.channel_scales = second.layer.channel_scales = {0.02, 0.03, 0.5, 0.001, 1.0};
  ExpectAsPlain(first, second, {0.03, 0.0}, 5000);
}

TEST(ElementSumsTest, FloatsWithSpecialValues) {
  std::mt19937 random(5);
  std::normal_distribution<float> noise(0.0F, 1.0F);
  std::vector<float> a(20000);
  for (float& value : a) value = noise(random);
  std::vector<float> b = a;
  for (size_t i = 17; i < b.size(); i += 3) b[i] += 0.01F * noise(random);
  a[100] = b[100] = std::numeric_limits<float>::quiet_NaN();
  a[101] = b[101] = std::numeric_limits<float>::infinity();
  ExpectAsPlain(MakeTensor("f32", {20000}, 0, 0, a), MakeTensor("f32", {20000}, 0, 0, b), {0.005, 0.0}, 4096);
}

TEST(ElementSumsTest, ANumberAgainstNanIsInfinitelyFar) {
  std::vector<float> a(10, 1.0F);
  std::vector<float> b = a;
  b[3] = std::numeric_limits<float>::quiet_NaN();
  const Tensor first = MakeTensor("f32", {10}, 0, 0, a);
  const Tensor second = MakeTensor("f32", {10}, 0, 0, b);
  ElementSums sums(first.layer, second.layer, {1e30, 0.0});
  sums.Add(first.bytes.data(), second.bytes.data(), 10);
  const ElementSums::Result result = sums.Finish();
  EXPECT_TRUE(std::isnan(result.accuracy.cosine));
  EXPECT_TRUE(std::isinf(result.difference.max_abs));
  EXPECT_EQ(result.difference.beyond, 1);
}

// The quantised values beside the real ones of another program.
TEST(ElementSumsTest, TypesMayDiffer) {
  const std::vector<uint8_t> stored = {10, 20, 30, 40};
  const std::vector<double> reals = {1.5, 6.5, 11.5, 17.0};  // 0.5 * (q - 7), but for the last
  const Tensor first = MakeTensor("f64", {4}, 0, 0, reals);
  const Tensor second = MakeTensor("u8", {4}, 0.5, 7, stored);
  ElementSums sums(first.layer, second.layer, {});
  sums.Add(first.bytes.data(), second.bytes.data(), 4);
  const ElementSums::Result result = sums.Finish();
  EXPECT_EQ(result.difference.differing, 1);
  EXPECT_DOUBLE_EQ(result.difference.max_abs, 0.5);
  EXPECT_DOUBLE_EQ(result.difference.max_steps, 1.0);
  ASSERT_TRUE(result.difference.first.has_value());
  EXPECT_EQ(result.difference.first->coordinates, std::vector<int64_t>{3});
  EXPECT_FALSE(result.difference.first->expected_stored.has_value());
  EXPECT_EQ(result.difference.first->actual_stored, 40);
}

}  // namespace
}  // namespace lockstep::compare
