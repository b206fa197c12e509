// Differences are planted where faults of kernels put them, and what is found is compared with what was planted.
#include "dump/place_pattern.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace lockstep::dump {
namespace {

struct At {
  int64_t row, column, channel;
  int64_t element;  // in the order of memory
};
using Chosen = std::function<bool(const At&)>;

constexpr int64_t kRows = 20, kColumns = 30, kChannels = 37;

DumpLayer Picture(int64_t rows = kRows, int64_t columns = kColumns, int64_t channels = kChannels) {
  DumpLayer layer;
  layer.dtype = "u8";
  layer.shape = {1, rows, columns, channels};
  layer.axes = {0, 2, 3, 1};
  return layer;
}

PlacePattern Plant(const DumpLayer& layer, const Chosen& chosen) {
  DifferencePlaces places(layer.shape);
  for (int64_t i = 0; i < layer.Elements(); ++i) {
    const std::vector<int64_t> at = CoordinatesOf(layer.shape, i);
    if (chosen({at[1], at[2], at[3], i})) places.Add(i);
  }
  return FindPattern(places, AxisNames(layer));
}

PlacePattern Plant(const Chosen& chosen) { return Plant(Picture(), chosen); }

// Half of what is chosen: rounding hides the rest.
Chosen Half(const Chosen& chosen) {
  return [chosen, random = std::mt19937(7)](const At& at) mutable { return (random() & 1U) != 0 && chosen(at); };
}

#define EXPECT_PATTERN(found, expected_kind, expected_words)                                  \
  do {                                                                                        \
    const PlacePattern pattern = (found);                                                     \
    EXPECT_STREQ(PlaceKindName(pattern.kind), PlaceKindName(expected_kind)) << pattern.words; \
    EXPECT_EQ(pattern.words, expected_words);                                                 \
  } while (false)

TEST(PlacePattern, RowEnds) {
  EXPECT_PATTERN(Plant([](const At& at) { return at.column >= kColumns - 2; }), PlaceKind::kRowEnds,
                 "at row ends: the last 2 of 30 columns");
  EXPECT_PATTERN(Plant(Half([](const At& at) { return at.column >= kColumns - 2; })), PlaceKind::kRowEnds,
                 "at row ends: the last 2 of 30 columns");
}

TEST(PlacePattern, ChannelTail) {
  EXPECT_PATTERN(Plant(Half([](const At& at) { return at.channel >= 32; })), PlaceKind::kChannelTail,
                 "at the channel tail: the last 5 of 37 channels, what blocks of 8, 16 and 32 leave over");
  EXPECT_PATTERN(Plant([](const At& at) { return at.channel == 36; }), PlaceKind::kChannelTail,
                 "at the channel tail: the last 1 of 37 channels, what blocks of 4 leave over");
  EXPECT_PATTERN(Plant([](const At& at) { return at.channel >= 30; }), PlaceKind::kChannelTail,
                 "at the channel tail: the last 7 of 37 channels");
}

TEST(PlacePattern, TheEndAndTheStartOfAnotherAxis) {
  EXPECT_PATTERN(Plant(Half([](const At& at) { return at.row >= 18; })), PlaceKind::kAxisEnd, "the last 2 of 20 rows");
  EXPECT_PATTERN(Plant(Half([](const At& at) { return at.column < 3; })), PlaceKind::kAxisStart,
                 "the first 3 of 30 columns");
}

TEST(PlacePattern, TheLastPixelsOfTheWholePicture) {
  EXPECT_PATTERN(Plant([](const At& at) { return at.row * kColumns + at.column >= 597; }), PlaceKind::kAxisEnd,
                 "the last 3 of 600 pixels");
}

TEST(PlacePattern, TileEdges) {
  EXPECT_PATTERN(Plant(Half([](const At& at) { return at.column % 8 == 7; })), PlaceKind::kPeriod,
                 "at a regular distance: every 8th column, from 7");
  EXPECT_PATTERN(Plant(Half([](const At& at) { return at.channel % 4 == 1; })), PlaceKind::kPeriod,
                 "at a regular distance: every 4th channel, from 1");
  EXPECT_PATTERN(Plant([](const At& at) { return at.column % 8 >= 6; }), PlaceKind::kPeriod,
                 "at a regular distance: 2 of every 8 columns, from 6");
  // 30 columns are no multiple of 7: these are tiles of the list of all pixels.
  EXPECT_PATTERN(Plant([](const At& at) { return (at.row * kColumns + at.column) % 7 == 6; }), PlaceKind::kPeriod,
                 "at a regular distance: every 7th pixel, from 6");
}

TEST(PlacePattern, ChannelsAndRows) {
  EXPECT_PATTERN(Plant([](const At& at) { return at.channel == 3 || at.channel == 17; }), PlaceKind::kChannels,
                 "whole channels 3 and 17");
  EXPECT_PATTERN(Plant(Half([](const At& at) { return at.channel == 3; })), PlaceKind::kChannels,
                 "in 1 of 37 channels: 3");
  EXPECT_PATTERN(Plant([](const At& at) { return at.row == 4; }), PlaceKind::kIndices, "whole row 4");
}

TEST(PlacePattern, TheBorder) {
  const auto at_border = [](const At& at) {
    return at.row == 0 || at.column == 0 || at.row == kRows - 1 || at.column == kColumns - 1;
  };
  EXPECT_PATTERN(Plant(Half(at_border)), PlaceKind::kBorder,
                 "around the picture: the outermost row and column of each side");
}

TEST(PlacePattern, AStretchOfMemory) {
  EXPECT_PATTERN(Plant([](const At& at) { return at.element >= 1000 && at.element < 3500; }), PlaceKind::kStretch,
                 "in one stretch of memory: elements 1000 to 3499 of 22200");
}

TEST(PlacePattern, OneElementAndEverywhere) {
  EXPECT_PATTERN(Plant([](const At& at) { return at.element == 999; }), PlaceKind::kOneElement, "one element");
  EXPECT_PATTERN(Plant([](const At& at) { return at.element % 50 != 0; }), PlaceKind::kEverywhere,
                 "everywhere (98 % of the elements)");
}

TEST(PlacePattern, AFewStraysDoNotHideAPattern) {
  EXPECT_PATTERN(Plant([](const At& at) { return at.channel >= 32 || at.element == 40; }), PlaceKind::kChannelTail,
                 "at the channel tail: the last 5 of 37 channels, what blocks of 8, 16 and 32 leave over "
                 "(3000 of the 3001)");
}

// What has no pattern is given none, however few or many elements there are.
TEST(PlacePattern, RandomPlacesHaveNoPattern) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 3000; ++trial) {
    const DumpLayer layer = Picture(1 + static_cast<int64_t>(random() % 12), 1 + static_cast<int64_t>(random() % 12),
                                    1 + static_cast<int64_t>(random() % 40));
    const uint64_t one_of = 2 + random() % 200;
    const PlacePattern pattern = Plant(layer, [&](const At&) { return random() % one_of == 0; });
    const bool none = pattern.kind == PlaceKind::kNone || pattern.kind == PlaceKind::kOneElement ||
                      pattern.kind == PlaceKind::kAllOver || pattern.kind == PlaceKind::kNoPattern ||
                      pattern.kind == PlaceKind::kEverywhere;
    EXPECT_TRUE(none) << "trial " << trial << ": one of " << one_of << " of " << graph::ToString(layer.shape) << ": "
                      << pattern.words;
  }
}

// What a wrong input does to a convolution: one spot of the picture, all channels of it.
TEST(PlacePattern, ASpotHasNoRowEnds) {
  std::mt19937 random(2);
  for (int trial = 0; trial < 300; ++trial) {
    const int64_t row = static_cast<int64_t>(random() % (kRows - 2));
    const int64_t column = trial % 3 == 0 ? kColumns - 3 : static_cast<int64_t>(random() % (kColumns - 2));
    const PlacePattern pattern = Plant(Half([&](const At& at) {
      return at.row >= row && at.row < row + 3 && at.column >= column && at.column < column + 3;
    }));
    const bool ends = pattern.kind == PlaceKind::kRowEnds || pattern.kind == PlaceKind::kAxisStart ||
                      pattern.kind == PlaceKind::kPeriod || pattern.kind == PlaceKind::kBorder;
    EXPECT_FALSE(ends) << "a spot at row " << row << ", column " << column << ": " << pattern.words;
  }
}

TEST(PlacePattern, TensorsWithoutPixels) {
  DumpLayer layer;
  layer.dtype = "f32";
  layer.shape = {1, 1000};
  DifferencePlaces places(layer.shape);
  for (int64_t i = 992; i < 1000; ++i) places.Add(i);
  EXPECT_PATTERN(FindPattern(places, AxisNames(layer)), PlaceKind::kChannelTail,
                 "at the tail of the last axis: the last 8 of 1000 places along ONNX axis 1, what blocks "
                 "of 16 and 32 leave over");
  layer.shape = {};
  DifferencePlaces scalar(layer.shape);
  EXPECT_PATTERN(FindPattern(scalar, AxisNames(layer)), PlaceKind::kNone, "");
  scalar.Add(0);
  EXPECT_PATTERN(FindPattern(scalar, AxisNames(layer)), PlaceKind::kOneElement, "one element");
}

}  // namespace
}  // namespace lockstep::dump
