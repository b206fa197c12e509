#include <gtest/gtest.h>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

using Ints = std::vector<int64_t>;
using Attributes = std::map<std::string, graph::Attribute>;

graph::Graph Pool(const std::string& op, const graph::Shape& shape, const Attributes& attributes) {
  SmallGraph small;
  return small.Finish({small.Add(op, {small.Input("x", shape)}, attributes)});
}

TEST(RewritePools, DilatedWindowsOfAMaximumAreGathered) {
  CheckPass(Pool("MaxPool", {2, 3, 8, 9}, {{"kernel_shape", Ints{2, 3}}, {"dilations", Ints{3, 2}}}), RewritePools, 1,
            "Gather MaxPool Gather MaxPool", 0.0);
  CheckPass(Pool("MaxPool", {1, 2, 8, 9},
                 {{"kernel_shape", Ints{2, 3}},
                  {"dilations", Ints{1, 2}},
                  {"strides", Ints{1, 3}},
                  {"pads", Ints{1, 2, 0, 2}}}),
            RewritePools, 1, "MaxPool Gather MaxPool", 0.0);
  CheckPass(Pool("MaxPool", {1, 2, 9, 9},
                 {{"kernel_shape", Ints{3, 3}},
                  {"dilations", Ints{2, 1}},
                  {"strides", Ints{2, 2}},
                  {"ceil_mode", int64_t{1}},
                  {"auto_pad", std::string("SAME_LOWER")}}),
            RewritePools, 1, "Gather MaxPool MaxPool", 0.0);
}

TEST(RewritePools, DilatedWindowsOfAMeanAreConvolved) {
  CheckPass(Pool("AveragePool", {1, 3, 8, 9}, {{"kernel_shape", Ints{2, 3}}, {"dilations", Ints{3, 2}}}), RewritePools,
            1, "Conv");
  CheckPass(Pool("AveragePool", {1, 3, 8, 9},
                 {{"kernel_shape", Ints{2, 3}},
                  {"dilations", Ints{3, 2}},
                  {"pads", Ints{1, 1, 2, 0}},
                  {"count_include_pad", int64_t{1}}}),
            RewritePools, 1, "Conv");
  ExpectUntouched(Pool("AveragePool", {1, 3, 8, 9},
                       {{"kernel_shape", Ints{2, 3}}, {"dilations", Ints{3, 2}}, {"pads", Ints{1, 1, 2, 0}}}),
                  RewritePools);
}

TEST(RewritePools, PaddingThatCountsBecomesPartOfTheImageWhereWindowsReachBeyondIt) {
  const Attributes common = {{"kernel_shape", Ints{3, 2}},
                             {"strides", Ints{2, 2}},
                             {"ceil_mode", int64_t{1}},
                             {"count_include_pad", int64_t{1}}};
  CheckPass(Pool("AveragePool", {1, 2, 6, 7}, common), RewritePools, 1, "AveragePool");
  Attributes padded = common;
  padded["pads"] = Ints{1, 0, 1, 1};
  CheckPass(Pool("AveragePool", {1, 2, 6, 7}, padded), RewritePools, 1, "Pad AveragePool");
  padded["pads"] = Ints{1, 1, 0, 1};
  CheckPass(Pool("AveragePool", {1, 2, 5, 5}, padded), RewritePools, 1, "Pad AveragePool");
}

// A window that would begin behind the image is dropped, with ceil_mode alone.
TEST(RewritePools, WindowsInThePaddingAlone) {
  for (const std::string op : {"MaxPool", "AveragePool"}) {
    Attributes attributes = {
        {"kernel_shape", Ints{1, 2}}, {"strides", Ints{3, 1}}, {"pads", Ints{0, 0, 1, 0}}, {"ceil_mode", int64_t{1}}};
    if (op == "AveragePool") attributes["count_include_pad"] = int64_t{1};
    const graph::Graph before = Pool(op, {1, 2, 3, 4}, attributes);
    graph::Graph after = before;
    Optimize(after);
    EXPECT_EQ(after.tensor(after.outputs[0]).shape, (graph::Shape{1, 2, 1, 3})) << op;
    EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-6) << op;
  }
}

TEST(RewritePools, LeavesOrdinaryWindows) {
  ExpectUntouched(Pool("MaxPool", {1, 2, 6, 7}, {{"kernel_shape", Ints{3, 2}}, {"ceil_mode", int64_t{1}}}),
                  RewritePools);
  ExpectUntouched(Pool("AveragePool", {1, 2, 6, 7}, {{"kernel_shape", Ints{3, 2}}, {"pads", Ints{1, 1, 1, 1}}}),
                  RewritePools);
}

}  // namespace
}  // namespace lockstep::optimize
