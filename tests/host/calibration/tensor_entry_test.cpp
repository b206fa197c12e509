// Entries of tensors that have a list of scales, as written and changed by hand.
#include "calibration/tensor_entry.h"

#include <gtest/gtest.h>

#include "graph/error.h"

namespace lockstep::calibration {
namespace {

// As build writes it; the range is that of the largest scale.
Json Entry() {
  const Json levels = {
      {"type", "U8"}, {"bits", 8}, {"range", {-1.0, 1.55}}, {"scale", {0.01F, 0.001F}}, {"zero_point", 100}};
  Json entry = levels;
  entry["calibrated"] = levels;
  return entry;
}

TEST(TensorEntry, AListOfScalesStays) {
  const TensorEntry entry = ReadTensorEntry(Entry(), "test");
  ASSERT_TRUE(entry.params);
  EXPECT_EQ(*entry.params, (quantize::AffineParams{0.01F, 100, 8}));
  EXPECT_EQ(entry.channel_scales, (std::vector<double>{0.01F, 0.001F}));
  EXPECT_FALSE(entry.levels_changed);
}

TEST(TensorEntry, ScalesAndZeroPointCanBeChanged) {
  Json changed = Entry();
  changed["scale"] = {0.02F, 0.001F};
  changed["zero_point"] = 90;
  const TensorEntry entry = ReadTensorEntry(changed, "test");
  EXPECT_EQ(*entry.params, (quantize::AffineParams{0.02F, 90, 8}));
  EXPECT_EQ(entry.channel_scales, (std::vector<double>{0.02F, 0.001F}));
  EXPECT_TRUE(entry.levels_changed);
}

TEST(TensorEntry, ARangeOrBitsOrOneScaleMakeOneScale) {
  for (const auto& [field, value] : {std::pair<const char*, Json>{"range", {-1.0, 1.0}}, {"bits", 6}, {"scale", 0.5}}) {
    Json changed = Entry();
    changed[field] = value;
    const TensorEntry entry = ReadTensorEntry(changed, "test");
    ASSERT_TRUE(entry.params) << field;
    EXPECT_TRUE(entry.channel_scales.empty()) << field;
  }
}

TEST(TensorEntry, ScalesAreNumbersAboveZero) {
  for (const Json& scale : {Json::array(), Json{0.1, 0.0}, Json{0.1, "0.1"}, Json{-0.1, 0.1}, Json{{0.1}, {0.1}}}) {
    Json changed = Entry();
    changed["scale"] = scale;
    try {
      ReadTensorEntry(changed, "test");
      FAIL() << scale.dump();
    } catch (const UsageError& error) {
      EXPECT_NE(std::string(error.what()).find("a list of them, one for each channel"), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace lockstep::calibration
