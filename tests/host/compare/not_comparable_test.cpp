// Tensors that cannot be compared, and values that are no numbers: what is said of them.
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "compare/render.h"
#include "raw_folders.h"

namespace lockstep::compare {
namespace {

using dump::Verdict;

TEST_F(RawFoldersTest, WhatCannotBeComparedDoesNotKeepTheOthersFromIt) {
  WriteDump("b", {{"conv", "t"}, {"conv_1", "u"}, {"conv_2", "v"}});
  WriteNpy("a/t.npy", "u8", {1, kChannels, kHeight, kWidth}, Picture<uint8_t>(false));
  WriteNpy("a/u.npy", "u8", {1, kChannels, kWidth, kHeight}, Picture<uint8_t>(false));
  WriteRaw("a/v.bin", "abc");
  const FolderComparison result = Compare();
  const std::string text = ToText(result, false);
  EXPECT_EQ(result.verdict, Verdict::kDiffers) << text;
  ASSERT_EQ(result.layers.size(), 3U);
  EXPECT_TRUE(result.layers[0].layer.md5_equal) << text;
  EXPECT_TRUE(result.layers[0].not_comparable.empty()) << text;
  EXPECT_NE(result.layers[1].not_comparable.find("neither in NCHW nor in NHWC"), std::string::npos) << text;
  EXPECT_NE(result.layers[1].not_comparable.find("--map"), std::string::npos) << text;
  EXPECT_NE(text.find("1 conv_1: not compared: "), std::string::npos) << text;
  EXPECT_NE(text.find("2 conv_2: not compared: "), std::string::npos) << text;
  EXPECT_NE(text.find("0 of 60 elements differ, in 0 of 3 tensors"), std::string::npos) << text;
  EXPECT_NE(text.find("differs: 1 of 3 layers have the same md5; 2 tensors not compared"), std::string::npos) << text;
  const nlohmann::json json = nlohmann::json::parse(ToJson(result));
  EXPECT_EQ(json.at("totals").at("not_comparable"), 2);
  EXPECT_EQ(json.at("layers").at(1).at("not_comparable"), result.layers[1].not_comparable);
}

TEST_F(RawFoldersTest, AWrongOrderOnTheCommandLineIsNamed) {
  for (const char* folder : {"a", "b"}) {
    WriteNpy(std::string(folder) + "/other.npy", "f32", {4}, std::vector<float>{1, 2, 3, 4});
  }
  WriteNpy("a/t.npy", "f32", {1, kChannels, kHeight, kWidth}, Picture<float>(false));
  WriteNpy("b/t.npy", "f32", {1, kHeight, kWidth, kChannels}, Picture<float>(true));
  EXPECT_EQ(Compare().verdict, Verdict::kExact);
  CompareOptions options;
  options.second_order = AxisOrder::kNchw;
  options.first_order = AxisOrder::kNhwc;
  const FolderComparison result = Compare(options);
  EXPECT_EQ(result.verdict, Verdict::kDiffers);
  const std::string& why = result.layers.at(1).not_comparable;
  EXPECT_NE(why.find("(first in NCHW, second in NHWC): leave --layout-first"), std::string::npos) << why;
}

TEST_F(RawFoldersTest, NanAndInfinityAreShownForWhatTheyAre) {
  std::vector<float> values = Picture<float>(true);
  WriteNpy("a/t.npy", "f32", {60}, values);
  values[3] = values[9] = std::numeric_limits<float>::quiet_NaN();
  values[7] = -std::numeric_limits<float>::infinity();
  WriteNpy("b/t.npy", "f32", {60}, values);
  const FolderComparison result = Compare();
  const std::string text = ToText(result, false);
  EXPECT_EQ(result.verdict, Verdict::kDiffers) << text;
  EXPECT_NE(text.find("DIFFERS     NaN      NaN      inf"), std::string::npos) << text;
  EXPECT_NE(text.find("0 t: in " + Path("b").string() + " 2 elements are NaN and 1 is infinite\n"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("0 t: in " + Path("a").string()), std::string::npos) << text;
  EXPECT_NE(text.find("mean cosine NaN"), std::string::npos) << text;
  EXPECT_NE(text.find("should be 2 and is NaN"), std::string::npos) << text;
  EXPECT_EQ(text.find(" steps,"), std::string::npos) << "floats have none: " << text;
  const nlohmann::json layer = nlohmann::json::parse(ToJson(result)).at("layers").at(0);
  EXPECT_TRUE(layer.at("cosine").is_null()) << layer;
  EXPECT_EQ(layer.at("not_finite").dump(), R"({"first":{"infinite":0,"nan":0},"second":{"infinite":1,"nan":2}})");
}

}  // namespace
}  // namespace lockstep::compare
