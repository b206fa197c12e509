// Raw files of other programs: names, types, orders of axes, maps, expected outputs.
#include "raw_folders.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "compare/render.h"
#include "graph/error.h"

namespace lockstep::compare {
namespace {

using dump::Verdict;

TEST_F(RawFoldersTest, MangledNamesFindTheirTensors) {
  WriteDump("b", {{"/model.0/conv/Conv", "/model.0/conv/Conv_output_0"}, {"act 1", "act:1"}, {"last", "t"}});
  WriteRaw("a/_model_0_conv_Conv_output_0.bin", BytesOf(Picture<uint8_t>(false)));
  WriteRaw("a/act-1.bin", BytesOf(Picture<uint8_t>(true)));
  WriteNpy("a/0002_last_shape_1_4_5_3.npy", "u8", {1, kHeight, kWidth, kChannels}, Picture<uint8_t>(true));
  const FolderComparison result = Compare();
  EXPECT_EQ(result.verdict, Verdict::kExact) << ToText(result, false);
  ASSERT_EQ(result.layers.size(), 3U);
  EXPECT_EQ(result.layers[0].order, "first in NCHW");
  EXPECT_EQ(result.layers[1].order, "first in NHWC");
  EXPECT_EQ(result.layers[0].layer.name, "/model.0/conv/Conv");
  EXPECT_EQ(result.totals.elements, static_cast<int64_t>(3 * kElements));
  EXPECT_EQ(result.totals.differing_elements, 0);
}

TEST_F(RawFoldersTest, RealValuesOfAnotherProgramAreComparedWithTheIntegers) {
  WriteDump("b", {{"conv", "t"}}, 0);
  WriteNpy("a/t.npy", "f32", {kChannels, kHeight, kWidth}, Picture<float>(false, 0.5));  // without the batch
  FolderComparison result = Compare();
  EXPECT_EQ(result.verdict, Verdict::kDiffers);
  const auto& difference = result.layers.at(0).layer.difference;
  ASSERT_TRUE(difference && difference->first) << ToText(result, false);
  EXPECT_EQ(difference->differing, 1);
  EXPECT_DOUBLE_EQ(difference->max_abs, 1.5);
  EXPECT_DOUBLE_EQ(difference->max_steps, 3.0);
  // The seventh byte in N,H,W,C: row 0, column 2, channel 1.
  EXPECT_EQ(difference->first->coordinates, (std::vector<int64_t>{0, 0, 2, 1}));
  EXPECT_EQ(difference->first->onnx_coordinates, (std::vector<int64_t>{0, 1, 0, 2}));
  CompareOptions options;
  options.limits.tolerance.atol = 1.5;
  EXPECT_EQ(Compare(options).verdict, Verdict::kWithinTolerance);
  options.changes["t"].atol = 1.4;
  EXPECT_EQ(Compare(options).verdict, Verdict::kDiffers);
  WriteRaw("a2/t.bin", BytesOf(Picture<double>(true, 0.5)));
  result = CompareFolders(Path("a2"), Path("b"), {});
  EXPECT_EQ(result.layers.at(0).layer.difference->differing, 1) << ToText(result, false);
}

TEST_F(RawFoldersTest, TheOrderIsTakenFromTheFlag) {
  WriteDump("b", {{"conv", "t"}});
  WriteRaw("a/t.bin", BytesOf(Picture<uint8_t>(true)));
  CompareOptions options;
  options.first_order = AxisOrder::kNchw;
  EXPECT_EQ(Compare(options).verdict, Verdict::kDiffers);
  options.first_order = AxisOrder::kNhwc;
  EXPECT_EQ(Compare(options).verdict, Verdict::kExact);
}

TEST_F(RawFoldersTest, ARawFolderMayHaveMoreOrFewerThanADump) {
  WriteDump("b", {{"conv", "t"}, {"conv_1", "u"}});
  WriteRaw("a/t.bin", BytesOf(Picture<uint8_t>(true)));
  WriteRaw("a/inner.bin", "abc");
  const FolderComparison result = Compare();
  EXPECT_EQ(result.verdict, Verdict::kExact);
  ASSERT_EQ(result.only_first.size(), 1U);
  EXPECT_EQ(result.only_first[0].name, "inner");
  ASSERT_EQ(result.only_second.size(), 1U);
  EXPECT_EQ(result.only_second[0].name, "conv_1");
}

TEST_F(RawFoldersTest, WhatHasAnotherSizeIsRefusedByName) {
  WriteDump("b", {{"conv", "t"}});
  WriteRaw("a/t.bin", "abc");
  try {
    Compare();
    FAIL();
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("t.bin has 3 bytes"), std::string::npos) << error.what();
  }
}

TEST_F(RawFoldersTest, TwoFilesWithOneNameAreRefused) {
  WriteDump("b", {{"conv", "a/b"}});
  WriteRaw("a/a_b.bin", BytesOf(Picture<uint8_t>(true)));
  WriteRaw("a/a-b.bin", BytesOf(Picture<uint8_t>(true)));
  EXPECT_THROW(Compare(), UsageError);
}

TEST_F(RawFoldersTest, OfAnArrayAndItsBytesTheArrayCounts) {
  WriteDump("b", {{"conv", "t"}});
  WriteRaw("a/t.bin", "wrong");
  WriteNpy("a/t.npy", "u8", {1, kChannels, kHeight, kWidth}, Picture<uint8_t>(false));
  EXPECT_EQ(Compare().verdict, Verdict::kExact);
}

TEST_F(RawFoldersTest, TwoRawFoldersInTwoOrders) {
  WriteNpy("a/x/1.npy", "f32", {1, kChannels, kHeight, kWidth}, Picture<float>(false));
  WriteNpy("b/x_1.npy", "f32", {kHeight, kWidth, kChannels}, Picture<float>(true));
  std::filesystem::rename(Path("a/x/1.npy"), Path("a/x-1.npy"));
  const FolderComparison result = Compare();
  EXPECT_EQ(result.verdict, Verdict::kExact) << ToText(result, false);
  EXPECT_EQ(result.layers.at(0).order, "first in NCHW, second in NHWC");
  EXPECT_NE(ToText(result, false).find("1 tensor compared with the first in NCHW, second in NHWC"), std::string::npos);
}

TEST_F(RawFoldersTest, BytesOfAnUnknownTypeAreComparedByMd5Alone) {
  WriteRaw("a/t.bin", BytesOf(Picture<float>(true)));
  WriteRaw("b/t.bin", BytesOf(Picture<float>(true)));
  EXPECT_EQ(Compare().verdict, Verdict::kExact);
  std::vector<float> other = Picture<float>(true);
  other[5] += 0.25F;
  WriteRaw("b/t.bin", BytesOf(other));
  EXPECT_THROW(Compare(), UsageError);
  CompareOptions options;
  options.dtype = "f32";
  const FolderComparison result = Compare(options);
  EXPECT_EQ(result.totals.differing_elements, 1);
  EXPECT_DOUBLE_EQ(result.layers.at(0).layer.difference->max_abs, 0.25);
}

TEST_F(RawFoldersTest, PlacesAreNamedWhereTheyAreFew) {
  constexpr size_t kMany = size_t{1200} * 1000;
  std::string bytes(kMany, 'a');
  WriteRaw("a/t.bin", bytes);
  bytes[77] = 'b';
  WriteRaw("b/t.bin", bytes);
  CompareOptions options;
  options.dtype = "u8";
  FolderComparison result = Compare(options);
  ASSERT_TRUE(result.layers.at(0).layer.difference.has_value());
  EXPECT_EQ(result.layers[0].layer.difference->place.kind, dump::PlaceKind::kOneElement);
  EXPECT_EQ(result.layers[0].layer.difference->steps[1], 1);
  WriteRaw("b/t.bin", std::string(kMany, 'c'));
  result = Compare(options);
  EXPECT_EQ(result.layers.at(0).differing, static_cast<int64_t>(kMany));
  EXPECT_EQ(result.layers[0].layer.difference->place.words, "too many to look at each");
  EXPECT_DOUBLE_EQ(result.layers[0].layer.difference->max_steps, 2.0);
  EXPECT_NE(ToText(result, false).find("element [0] should be 97 and is 99"), std::string::npos)
      << ToText(result, false);
}

TEST_F(RawFoldersTest, AFileThatOnlyOneHasIsADifference) {
  WriteRaw("a/t.bin", "abc");
  WriteRaw("a/u.bin", "abc");
  WriteRaw("b/t.bin", "abc");
  EXPECT_EQ(Compare().verdict, Verdict::kDiffers);
  EXPECT_EQ(CompareFolders(Path("b"), Path("a"), {}).verdict, Verdict::kDiffers);
}

TEST_F(RawFoldersTest, AMapSaysWhatIsWhat) {
  WriteDump("b", {{"conv", "t"}, {"other", "u"}}, 0);
  WriteRaw("a/something.bin", BytesOf(Picture<uint16_t>(false, 4.0)));
  WriteText(Path("map.json"), R"({"pairs": [{"name": "first layer", "first": {"file": "something.bin", "dtype": "u16",
      "shape": [1, 3, 4, 5], "layout": "NCHW", "scale": 0.125}, "second": "conv"}]})");
  CompareOptions options;
  options.map = Path("map.json");
  const FolderComparison result = Compare(options);
  ASSERT_EQ(result.layers.size(), 1U);
  EXPECT_EQ(result.layers[0].layer.name, "first layer");
  EXPECT_EQ(result.layers[0].differing, 1);
  EXPECT_DOUBLE_EQ(result.layers[0].layer.difference->max_abs, 1.5);
  const std::pair<const char*, const char*> faults[] = {
      {R"({"pairs": []})", "pairs"},
      {R"({"pair": [1]})", "did you mean pairs"},
      {R"({"pairs": [{"first": "something.bin"}]})", "second is missing"},
      {R"({"pairs": [{"first": "somethin.bin", "second": "conv"}]})", "did you mean something.bin"},
      {R"({"pairs": [{"first": "something.bin", "second": "cnv"}]})", "cnv"},
      {R"({"pairs": [{"first": {"file": "something.bin", "dtype": "u17"}, "second": "conv"}]})", "u17"},
      {R"({"pairs": [{"first": {"file": "something.bin", "shape": [-1]}, "second": "conv"}]})", "shape"},
      {R"({"pairs": [{"first": {"file": "something.bin", "shape": [7], "dtype": "u8"}, "second": "conv"}]})", "7"},
      {R"({"pairs": [{"first": {"file": "something.bin", "layout": "CHW"}, "second": "conv"}]})", "CHW"},
      {R"({"pairs": [{"first": {"file": "something.bin", "scale": 0}, "second": "conv"}]})", "scale"},
      {R"({"pairs": [{"first": "something.bin", "second": {"file": "conv", "dtype": "u8"}}]})", "manifest"},
      {R"({"pairs": [{"first": "something.bin", "second": "conv", "atol": -1}]})", "atol"}};
  for (const auto& [text, word] : faults) {
    WriteText(Path("map.json"), text);
    try {
      Compare(options);
      ADD_FAILURE() << text;
    } catch (const UsageError& error) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << text << "\n" << error.what();
    }
  }
}

TEST_F(RawFoldersTest, ExpectedOutputsInAFolderForEachInput) {
  for (const char* file : {"a/one/out.bin", "a/two/out.bin", "b/one/out.bin", "b/two/out.bin", "b/two/more.bin"}) {
    WriteRaw(file, BytesOf(Picture<float>(true)));
  }
  CompareOptions options;
  options.outputs = true;
  EXPECT_EQ(Compare(options).verdict, Verdict::kExact);
  std::vector<float> other = Picture<float>(true);
  other[5] += 0.25F;
  WriteRaw("b/two/out.bin", BytesOf(other));
  FolderComparison result = Compare(options);
  EXPECT_EQ(result.verdict, Verdict::kDiffers);
  EXPECT_EQ(result.layers.at(1).layer.name, "two/out");
  EXPECT_EQ(result.layers.at(1).differing, 1);
  EXPECT_EQ(nlohmann::json::parse(ToJson(result)).at("totals").at("worst"), "two/out");
  options.limits.tolerance.atol = 0.25;
  EXPECT_EQ(Compare(options).verdict, Verdict::kWithinTolerance);
  std::filesystem::remove(Path("b/one/out.bin"));
  WriteRaw("b/one/else.bin", "abcd");
  EXPECT_EQ(Compare(options).verdict, Verdict::kDiffers) << "an expected output is missing";
  std::filesystem::remove_all(Path("b/one"));
  result = Compare(options);
  EXPECT_EQ(result.verdict, Verdict::kDiffers) << "the outputs of an input are missing";
  EXPECT_EQ(result.only_first.at(0).name, "one/");
}

TEST_F(RawFoldersTest, ExpectedOutputsBesideFoldersAreAllCompared) {
  for (const char* file : {"a/anchors.bin", "a/one/out.bin", "b/anchors.bin", "b/one/out.bin"}) {
    WriteRaw(file, BytesOf(Picture<float>(true)));
  }
  CompareOptions options;
  options.outputs = true;
  EXPECT_EQ(Compare(options).layers.size(), 2U);
  std::filesystem::remove_all(Path("b/one"));
  EXPECT_EQ(Compare(options).verdict, Verdict::kDiffers);
}

TEST_F(RawFoldersTest, AChangedDumpAndNothingAtAllAreErrors) {
  WriteDump("b", {{"conv", "t"}});
  WriteRaw("a/t.bin", BytesOf(Picture<uint8_t>(true)));
  std::string bytes = ReadText(Path("b/0000_conv_shape_1_4_5_3.bin"));
  bytes[3] ^= 1;
  WriteRaw("b/0000_conv_shape_1_4_5_3.bin", bytes);
  EXPECT_THROW(Compare(), BadInput);
  std::filesystem::create_directories(Path("empty"));
  EXPECT_THROW(CompareFolders(Path("empty"), Path("b"), {}), BadInput);
  EXPECT_THROW(CompareFolders(Path("missing"), Path("b"), {}), BadInput);
}

}  // namespace
}  // namespace lockstep::compare
