#include "compare/compare_folders.h"

#include <gtest/gtest.h>

#include <tuple>

#include "compare/render.h"
#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compare {
namespace {

using dump::DumpLayer;
using dump::DumpOptions;
using dump::DumpWriter;
using dump::Manifest;
using dump::Verdict;

class CompareDumpsTest : public testing::FolderTest {
 protected:
  // A dump of one u8 layer of four elements with scale 0.5.
  void WriteDump(const std::string& folder, const std::vector<uint8_t>& bytes, bool digests_only = false) {
    Manifest head;
    head.producer = "runtime";
    head.model_digest = "ab";
    DumpOptions options;
    options.digests_only = digests_only;
    DumpWriter writer(Path(folder), head, options);
    DumpLayer layer;
    layer.name = "Conv_0";
    layer.op = "Conv";
    layer.tensor = "t";
    layer.dtype = "u8";
    layer.shape = {1, 2, 2, 1};
    layer.axes = {0, 2, 3, 1};
    layer.scale = 0.5;
    writer.Add(layer, bytes.data(), bytes.size());
    writer.Finish();
  }
  // Layers of this kind, by name and tensor: 10, 20, 30, 40, but for the last element of the last layer.
  void WriteLayers(const std::string& folder, const std::string& model_digest,
                   const std::vector<std::pair<std::string, std::string>>& layers, uint8_t last = 40,
                   const std::string& selected = "") {
    Manifest head;
    head.producer = "runtime";
    head.model_digest = model_digest;
    DumpOptions options;
    options.layers = selected;
    DumpWriter writer(Path(folder), head, options);
    DumpLayer layer;
    layer.dtype = "u8";
    layer.shape = {1, 2, 2, 1};
    layer.axes = {0, 2, 3, 1};
    layer.scale = 0.5;
    for (; layer.index < static_cast<int>(layers.size()); ++layer.index) {
      std::tie(layer.name, layer.tensor) = layers[static_cast<size_t>(layer.index)];
      const bool at_end = layer.index + 1 == static_cast<int>(layers.size());
      const std::vector<uint8_t> bytes = {10, 20, 30, at_end ? last : uint8_t{40}};
      writer.Add(layer, bytes.data(), bytes.size());
    }
    writer.Finish();
  }
  // All tensors have the same values.
  void WriteFloatDump(const std::string& folder, const std::vector<float>& values,
                      const std::vector<std::string>& tensors = {"t"}) {
    Manifest head;
    head.producer = "float";
    DumpWriter writer(Path(folder), head, {});
    DumpLayer layer;
    layer.index = 7;
    layer.dtype = "f32";
    layer.shape = {1, 2, 2, 1};
    layer.axes = {0, 2, 3, 1};
    for (const std::string& tensor : tensors) {
      layer.name = tensor;
      layer.tensor = tensor;
      writer.Add(layer, values.data(), values.size() * sizeof(float));
      ++layer.index;
    }
    writer.Finish();
  }
};

TEST_F(CompareDumpsTest, EqualDumpsAreExact) {
  WriteDump("a", {10, 20, 30, 40});
  WriteDump("b", {10, 20, 30, 40});
  const FolderComparison result = CompareFolders(Path("a"), Path("b"), {});
  EXPECT_EQ(result.verdict, Verdict::kExact);
  EXPECT_DOUBLE_EQ(result.layers[0].layer.accuracy->cosine, 1.0);
}

TEST_F(CompareDumpsTest, OneStepDiffersAndIsFound) {
  WriteDump("a", {10, 20, 30, 40});
  WriteDump("b", {10, 20, 31, 40});
  const FolderComparison result = CompareFolders(Path("a"), Path("b"), {});
  EXPECT_EQ(result.verdict, Verdict::kDiffers);
  ASSERT_TRUE(result.layers[0].layer.difference.has_value());
  EXPECT_EQ(result.layers[0].layer.difference->differing, 1);
  EXPECT_DOUBLE_EQ(result.layers[0].layer.accuracy->max_abs, 0.5);
  EXPECT_NE(ToText(result, false).find("element [0,1,0,0] (ONNX order [0,0,1,0]) should be 30 and is 31"),
            std::string::npos)
      << ToText(result, false);
}

TEST_F(CompareDumpsTest, ATolerancePassesWhatItCovers) {
  WriteDump("a", {10, 20, 30, 40});
  WriteDump("b", {10, 20, 31, 40});
  CompareOptions options;
  options.limits.tolerance.atol = 0.5;
  EXPECT_EQ(CompareFolders(Path("a"), Path("b"), options).verdict, Verdict::kWithinTolerance);
  options.limits.tolerance.atol = 0.49;
  EXPECT_EQ(CompareFolders(Path("a"), Path("b"), options).verdict, Verdict::kDiffers);
  options = {};
  options.limits.min_cosine = 0.99;
  EXPECT_EQ(CompareFolders(Path("a"), Path("b"), options).verdict, Verdict::kWithinTolerance);
  options.limits.min_cosine = 1.0;
  EXPECT_EQ(CompareFolders(Path("a"), Path("b"), options).verdict, Verdict::kDiffers);
}

TEST_F(CompareDumpsTest, DigestsAloneDecideWithoutValues) {
  WriteDump("a", {10, 20, 30, 40});
  WriteDump("b", {10, 20, 30, 40}, true);
  WriteDump("c", {10, 20, 31, 40}, true);
  EXPECT_EQ(CompareFolders(Path("a"), Path("b"), {}).verdict, Verdict::kExact);
  const FolderComparison result = CompareFolders(Path("a"), Path("c"), {});
  EXPECT_EQ(result.verdict, Verdict::kDiffers);
  EXPECT_FALSE(result.layers[0].layer.accuracy.has_value());
}

TEST_F(CompareDumpsTest, AFloatDumpIsMatchedByTensor) {
  WriteFloatDump("float", {5.0F, 10.0F, 15.0F, 20.25F});
  WriteDump("board", {10, 20, 30, 40});
  const FolderComparison result = CompareFolders(Path("float"), Path("board"), {});
  ASSERT_EQ(result.layers.size(), 1U);
  EXPECT_DOUBLE_EQ(result.layers[0].layer.accuracy->max_abs, 0.25);
  EXPECT_DOUBLE_EQ(result.layers[0].layer.accuracy->max_steps, 0.5);
}

TEST_F(CompareDumpsTest, EveryLayerThatNamesATensorIsCompared) {
  WriteFloatDump("float", {5.0F, 10.0F, 15.0F, 20.0F});
  // The tensor, then a layer that writes it in another form and spoils it.
  WriteLayers("board", "ab", {{"Conv_0", "t"}, {"t/dequantize", "t"}}, 60);
  for (const auto& [first, second] : {std::pair("float", "board"), std::pair("board", "float")}) {
    const FolderComparison result = CompareFolders(Path(first), Path(second), {});
    EXPECT_EQ(result.verdict, Verdict::kDiffers);
    ASSERT_EQ(result.layers.size(), 2U);
    EXPECT_DOUBLE_EQ(result.layers[0].layer.accuracy->max_abs, 0.0);
    EXPECT_DOUBLE_EQ(result.layers[1].layer.accuracy->max_abs, 10.0);
  }
}

TEST_F(CompareDumpsTest, AMissingLayerIsADifference) {
  WriteLayers("both", "ab", {{"Conv_0", "t"}, {"Conv_1", "u"}});
  WriteLayers("one", "ab", {{"Conv_0", "t"}});
  const FolderComparison result = CompareFolders(Path("both"), Path("one"), {});
  EXPECT_EQ(result.verdict, Verdict::kDiffers);
  EXPECT_NE(ToText(result, false).find("1 layer is only in " + Path("both").string() + ": 1 Conv_1\n"),
            std::string::npos)
      << ToText(result, false);
  EXPECT_NE(ToText(result, false).find("a layer is missing in one of the dumps"), std::string::npos);
  EXPECT_EQ(CompareFolders(Path("one"), Path("both"), {}).verdict, Verdict::kDiffers);
  // Another model, so by tensor.
  WriteLayers("other", "cd", {{"Conv_5", "t"}});
  EXPECT_EQ(CompareFolders(Path("both"), Path("other"), {}).verdict, Verdict::kDiffers);
}

TEST_F(CompareDumpsTest, ALayerMayBeMissingWhereTheDumpWasRestricted) {
  WriteLayers("both", "ab", {{"Conv_0", "t"}, {"Conv_1", "u"}});
  WriteLayers("one", "ab", {{"Conv_0", "t"}, {"Conv_1", "u"}}, 40, "^Conv_0$");
  EXPECT_EQ(CompareFolders(Path("both"), Path("one"), {}).verdict, Verdict::kExact);
  EXPECT_EQ(CompareFolders(Path("one"), Path("both"), {}).verdict, Verdict::kExact);
}

TEST_F(CompareDumpsTest, TheFloatEngineShowsMoreThanAJointModel) {
  WriteFloatDump("float", {5.0F, 10.0F, 15.0F, 20.0F}, {"inner", "t"});
  WriteLayers("board", "ab", {{"Conv_0", "t"}});
  CompareOptions options;
  options.limits.min_cosine = 0.99;
  const FolderComparison result = CompareFolders(Path("float"), Path("board"), options);
  EXPECT_EQ(result.verdict, Verdict::kWithinTolerance);
  EXPECT_EQ(result.only_first.size(), 1U);
  WriteLayers("more", "ab", {{"Conv_0", "t"}, {"Conv_1", "u"}});
  EXPECT_EQ(CompareFolders(Path("float"), Path("more"), options).verdict, Verdict::kDiffers)
      << "a layer without a float tensor was not compared";
}

TEST_F(CompareDumpsTest, NothingInCommonIsAnError) {
  WriteFloatDump("float", {5.0F, 10.0F, 15.0F, 20.25F});
  Manifest head;
  head.producer = "runtime";
  DumpWriter(Path("empty"), head, {}).Finish();
  EXPECT_THROW(CompareFolders(Path("float"), Path("empty"), {}), BadInput);
}

}  // namespace
}  // namespace lockstep::compare
