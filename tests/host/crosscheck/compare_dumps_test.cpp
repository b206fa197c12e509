#include "crosscheck/compare_dumps.h"

#include <gtest/gtest.h>

#include "crosscheck/render.h"
#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::crosscheck {
namespace {

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
  void WriteFloatDump(const std::string& folder, const std::vector<float>& values) {
    Manifest head;
    head.producer = "float";
    DumpWriter writer(Path(folder), head, {});
    DumpLayer layer;
    layer.index = 7;
    layer.name = "t";
    layer.tensor = "t";
    layer.dtype = "f32";
    layer.shape = {1, 2, 2, 1};
    layer.axes = {0, 2, 3, 1};
    writer.Add(layer, values.data(), values.size() * sizeof(float));
    writer.Finish();
  }
};

TEST_F(CompareDumpsTest, EqualDumpsAreExact) {
  WriteDump("a", {10, 20, 30, 40});
  WriteDump("b", {10, 20, 30, 40});
  const DumpComparison result = CompareDumps(Path("a"), Path("b"), {});
  EXPECT_EQ(result.verdict, Verdict::kExact);
  EXPECT_DOUBLE_EQ(result.layers[0].accuracy->cosine, 1.0);
}

TEST_F(CompareDumpsTest, OneStepDiffersAndIsFound) {
  WriteDump("a", {10, 20, 30, 40});
  WriteDump("b", {10, 20, 31, 40});
  const DumpComparison result = CompareDumps(Path("a"), Path("b"), {});
  EXPECT_EQ(result.verdict, Verdict::kDiffers);
  ASSERT_TRUE(result.layers[0].difference.has_value());
  EXPECT_EQ(result.layers[0].difference->differing, 1);
  EXPECT_DOUBLE_EQ(result.layers[0].accuracy->max_abs, 0.5);
  EXPECT_NE(ToText(result, false).find("element [0,1,0,0] (ONNX order [0,0,1,0]) should be 30 and is 31"),
            std::string::npos)
      << ToText(result, false);
}

TEST_F(CompareDumpsTest, ATolerancePassesWhatItCovers) {
  WriteDump("a", {10, 20, 30, 40});
  WriteDump("b", {10, 20, 31, 40});
  CompareOptions options;
  options.tolerance.atol = 0.5;
  EXPECT_EQ(CompareDumps(Path("a"), Path("b"), options).verdict, Verdict::kWithinTolerance);
  options.tolerance.atol = 0.49;
  EXPECT_EQ(CompareDumps(Path("a"), Path("b"), options).verdict, Verdict::kDiffers);
  options = {};
  options.min_cosine = 0.99;
  EXPECT_EQ(CompareDumps(Path("a"), Path("b"), options).verdict, Verdict::kWithinTolerance);
  options.min_cosine = 1.0;
  EXPECT_EQ(CompareDumps(Path("a"), Path("b"), options).verdict, Verdict::kDiffers);
}

TEST_F(CompareDumpsTest, DigestsAloneDecideWithoutValues) {
  WriteDump("a", {10, 20, 30, 40});
  WriteDump("b", {10, 20, 30, 40}, true);
  WriteDump("c", {10, 20, 31, 40}, true);
  EXPECT_EQ(CompareDumps(Path("a"), Path("b"), {}).verdict, Verdict::kExact);
  const DumpComparison result = CompareDumps(Path("a"), Path("c"), {});
  EXPECT_EQ(result.verdict, Verdict::kDiffers);
  EXPECT_FALSE(result.layers[0].accuracy.has_value());
}

TEST_F(CompareDumpsTest, AFloatDumpIsMatchedByTensor) {
  WriteFloatDump("float", {5.0F, 10.0F, 15.0F, 20.25F});
  WriteDump("board", {10, 20, 30, 40});
  const DumpComparison result = CompareDumps(Path("float"), Path("board"), {});
  ASSERT_EQ(result.layers.size(), 1U);
  EXPECT_DOUBLE_EQ(result.layers[0].accuracy->max_abs, 0.25);
  EXPECT_DOUBLE_EQ(result.layers[0].accuracy->max_steps, 0.5);
}

TEST_F(CompareDumpsTest, NothingInCommonIsAnError) {
  WriteFloatDump("float", {5.0F, 10.0F, 15.0F, 20.25F});
  Manifest head;
  head.producer = "runtime";
  DumpWriter(Path("empty"), head, {}).Finish();
  EXPECT_THROW(CompareDumps(Path("float"), Path("empty"), {}), BadInput);
}

}  // namespace
}  // namespace lockstep::crosscheck
