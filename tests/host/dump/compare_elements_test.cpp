#include "dump/compare_elements.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "dump/values.h"
#include "graph/error.h"
#include "made_up_layer.h"
#include "support/temporary_test_folder.h"

namespace lockstep::dump {
namespace {

TEST(CompareElements, NamesTheFirstDifferenceAndTheLargest) {
  const DumpLayer layer = Layer("u8", {1, 1, 2, 3}, {0, 2, 3, 1});
  const ElementComparison result = CompareElements(layer, {10, 11, 12, 13, 14, 15}, {10, 11, 12, 13, 15, 9});
  EXPECT_EQ(result.elements, 6);
  EXPECT_EQ(result.differing, 2);
  EXPECT_EQ(result.beyond, 2);
  EXPECT_DOUBLE_EQ(result.max_steps, 6.0);
  EXPECT_DOUBLE_EQ(result.max_abs, 3.0);
  ASSERT_TRUE(result.first.has_value());
  EXPECT_EQ(result.first->coordinates, (std::vector<int64_t>{0, 0, 1, 1}));
  EXPECT_EQ(result.first->onnx_coordinates, (std::vector<int64_t>{0, 1, 0, 1}));
  EXPECT_EQ(result.first->expected_stored, 14);
  EXPECT_EQ(result.first->actual_stored, 15);
  EXPECT_DOUBLE_EQ(result.first->expected, 2.0);
  EXPECT_DOUBLE_EQ(result.first->actual, 2.5);
}

TEST(CompareElements, EqualBytesDifferNowhere) {
  const ElementComparison result = CompareElements(Layer("u8", {3}), {1, 2, 3}, {1, 2, 3});
  EXPECT_EQ(result.differing, 0);
  EXPECT_FALSE(result.first.has_value());
}

TEST(CompareElements, ToleranceAppliesToRealValues) {
  const DumpLayer layer = Layer("f32", {3});
  const auto expected = Bytes({100.0F, 1.0F, 0.0F});
  const auto actual = Bytes({100.5F, 1.5F, 0.0F});
  EXPECT_EQ(CompareElements(layer, expected, actual, {0.0, 0.01}).beyond, 1);
  EXPECT_EQ(CompareElements(layer, expected, actual, {0.5, 0.0}).beyond, 0);
  EXPECT_EQ(CompareElements(layer, expected, actual).beyond, 2);
}

TEST(CompareElements, ANanIsBeyondEveryTolerance) {
  const auto expected = Bytes({1.0F});
  const auto actual = Bytes({std::numeric_limits<float>::quiet_NaN()});
  const ElementComparison result = CompareElements(Layer("f32", {1}), expected, actual, {1e9, 1e9});
  EXPECT_EQ(result.beyond, 1);
  EXPECT_TRUE(std::isinf(result.max_abs));
}

TEST(CompareElements, AScaleForEachChannelCounts) {
  DumpLayer layer = Layer("u8", {1, 1, 2, 3}, {0, 2, 3, 1});
  layer.channel_scales = {0.5, 2.0, 0.25};
  const ElementComparison apart = CompareElements(layer, {10, 11, 12, 13, 14, 15}, {10, 13, 12, 13, 14, 16});
  EXPECT_EQ(apart.differing, 2);
  EXPECT_EQ(apart.max_abs, 4.0);
  EXPECT_EQ(apart.max_steps, 2.0);
}

TEST(CompareElements, TheWorstElementIsTheOneThatIsFarthest) {
  const ElementComparison result =
      CompareElements(Layer("u8", {2, 4}), {0, 0, 0, 0, 0, 0, 0, 0}, {0, 1, 0, 90, 0, 200, 200, 3});
  ASSERT_TRUE(result.worst.has_value());
  EXPECT_EQ(result.worst->coordinates, (std::vector<int64_t>{1, 1}));
  EXPECT_EQ(result.worst->actual_stored, 200);
  EXPECT_EQ(result.first->coordinates, (std::vector<int64_t>{0, 1}));
}

TEST(CompareElements, TheHistogramCountsEveryElementOnce) {
  const std::vector<uint8_t> expected(12, 100);
  const std::vector<uint8_t> actual = {100, 101, 99, 102, 98, 103, 96, 107, 92, 0, 255, 100};
  const ElementComparison result = CompareElements(Layer("u8", {12}), expected, actual);
  EXPECT_EQ(result.steps, (StepHistogram{2, 2, 2, 1, 2, 3}));
  // Two's complement: from -1 to 1 it is two steps; from the lowest to the highest of 64 bits no overflow.
  EXPECT_EQ(CompareElements(Layer("s8", {1}), {0xff}, {0x01}).steps, (StepHistogram{0, 0, 1, 0, 0, 0}));
  EXPECT_EQ(CompareElements(Layer("s64", {1}), {0, 0, 0, 0, 0, 0, 0, 0x80}, std::vector<uint8_t>(8, 0x7f)).steps,
            (StepHistogram{0, 0, 0, 0, 0, 1}));
}

TEST(CompareElements, FloatsAreCountedInUnitsOfTheLastPlace) {
  const float one = 1.0F;
  const float next = std::nextafter(one, 2.0F);
  const float low = -std::numeric_limits<float>::denorm_min();
  const ElementComparison result =
      CompareElements(Layer("f32", {5}), Bytes({one, one, 0.0F, low, 0.0F}), Bytes({one, next, -0.0F, -low, 5.0F}));
  EXPECT_EQ(result.steps, (StepHistogram{2, 1, 1, 0, 0, 1}));
  EXPECT_EQ(result.differing, 4);
}

TEST(CompareElements, TheSpreadOverChannelsNamesTheWorst) {
  std::vector<uint8_t> expected(static_cast<size_t>(2 * 3 * 5 * 10), 7);
  std::vector<uint8_t> actual = expected;
  for (size_t pixel = 0; pixel < 30; ++pixel) {
    ++actual[pixel * 10 + 4];
    if (pixel % 2 == 0) ++actual[pixel * 10 + 9];
  }
  const ElementComparison result = CompareElements(Layer("u8", {2, 3, 5, 10}, {0, 2, 3, 1}), expected, actual);
  EXPECT_EQ(result.channels.all, 10);
  EXPECT_EQ(result.channels.differing, 2);
  ASSERT_EQ(result.channels.worst.size(), 2U);
  EXPECT_EQ(result.channels.worst[0].index, 4);
  EXPECT_EQ(result.channels.worst[0].differing, 30);
  EXPECT_EQ(result.channels.worst[1].index, 9);
  EXPECT_EQ(result.channels.worst[1].differing, 15);
}

TEST(CompareElements, PiecesGiveTheSameAsTheWhole) {
  const DumpLayer layer = Layer("u16", {1, 7, 9, 11}, {0, 2, 3, 1});
  std::vector<uint8_t> expected(7 * 9 * 11 * 2);
  std::iota(expected.begin(), expected.end(), uint8_t{0});
  std::vector<uint8_t> actual = expected;
  for (size_t i = 20; i < actual.size(); i += 34) actual[i] = static_cast<uint8_t>(actual[i] ^ 0x15U);
  const ElementComparison whole = CompareElements(layer, expected, actual);
  ElementComparer comparer(layer, {});
  for (size_t at = 0, piece = 2; at < expected.size(); at += piece, piece += 2) {
    comparer.Add(expected.data() + at, actual.data() + at, std::min(piece, expected.size() - at));
  }
  const ElementComparison pieces = comparer.Finish();
  EXPECT_GT(whole.differing, 30);
  EXPECT_EQ(pieces.differing, whole.differing);
  EXPECT_EQ(pieces.steps, whole.steps);
  EXPECT_EQ(pieces.first->coordinates, whole.first->coordinates);
  EXPECT_EQ(pieces.worst->coordinates, whole.worst->coordinates);
  EXPECT_EQ(pieces.place.words, whole.place.words);
}

using CompareFilesTest = testing::FolderTest;

TEST_F(CompareFilesTest, ReadsFilesLargerThanAPieceAndChecksTheirDigests) {
  constexpr int64_t kSide = 700;  // more than one piece of the file
  std::vector<uint8_t> bytes(kSide * kSide);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  const auto write = [&](const std::string& folder) {
    DumpWriter writer(Path(folder), {}, {});
    DumpLayer layer = Layer("u8", {kSide, kSide});
    layer.name = "conv";
    layer.op = "Conv";
    writer.Add(layer, bytes.data(), bytes.size());
    writer.Finish();
    return ReadManifest(Path(folder)).layers.at(0);
  };
  const DumpLayer expected = write("expected");
  bytes[kSide * kSide - 3] ^= 1U;
  bytes[5] ^= 1U;
  const DumpLayer actual = write("actual");
  const ElementComparison result = CompareFiles(Path("expected"), expected, Path("actual"), actual);
  EXPECT_EQ(result.differing, 2);
  EXPECT_EQ(result.elements, kSide * kSide);
  EXPECT_EQ(result.first->coordinates, (std::vector<int64_t>{0, 5}));

  files::WriteFile(Path("actual") / actual.file, bytes.data(), bytes.size() - 1);
  EXPECT_THROW(CompareFiles(Path("expected"), expected, Path("actual"), actual), BadInput);
  bytes[9] ^= 1U;
  files::WriteFile(Path("actual") / actual.file, bytes.data(), bytes.size());
  EXPECT_THROW(CompareFiles(Path("expected"), expected, Path("actual"), actual), BadInput);
}

}  // namespace
}  // namespace lockstep::dump
