#include "quantize/visible_values.h"

#include <gtest/gtest.h>

#include <cmath>

#include "small_graph.h"

namespace lockstep::quantize {
namespace {

TEST(ShowVisible, EndsAtTheDepthOfEachRowOfASoftmax) {
  // Two rows along axis 1, in columns.
  const std::vector<float> data = {0.0F, 100.0F, -5.0F, 99.0F, -1e9F, 50.0F};
  const Visible visible{-INFINITY, INFINITY, 1};
  EXPECT_EQ(ShowVisible(visible, {1, 3, 2}, 1, data.data()),
            (std::vector<float>{0.0F, 100.0F, -5.0F, 99.0F, -kSoftmaxDepth, 100.0F - kSoftmaxDepth}));
  // The last axis.
  EXPECT_EQ(ShowVisible({-INFINITY, INFINITY, 2}, {1, 3, 2}, 1, data.data())[0], 100.0F - kSoftmaxDepth);
}

TEST(ShowVisible, FindsTheRowsOfBlockedChannels) {
  // Four channels of two pixels in blocks of two: pixel 0 of channels 0 and 1, pixel 1 of these, then channels 2 and 3.
  const std::vector<float> data = {0, 1, 30, -1e9F, 2, -40, 31, 32};
  const std::vector<float> shown = ShowVisible({-INFINITY, INFINITY, 1}, {1, 4, 1, 2}, 2, data.data());
  EXPECT_EQ(shown, (std::vector<float>{0, 1, 30, 32 - kSoftmaxDepth, 2, 2 - kSoftmaxDepth, 31, 32}));
  // Along the width a row is one channel: 0 and 30, 1 and -1e9, 2 and 31, -40 and 32.
  EXPECT_EQ(ShowVisible({-INFINITY, INFINITY, 3}, {1, 4, 1, 2}, 2, data.data()),
            (std::vector<float>{13, 1, 30, 1 - kSoftmaxDepth, 14, 32 - kSoftmaxDepth, 31, 32}));
}

TEST(ShowVisible, ARowThatIsAllMaskedShowsNothing) {
  const std::vector<float> data = {-1e9F, -1e9F, 1.0F, 2.0F};
  EXPECT_EQ(ShowVisible({-INFINITY, INFINITY, 1}, {2, 2}, 1, data.data()), (std::vector<float>{0, 0, 1, 2}));
}

TEST(VisibleValues, AreThoseThatReadersTellApart) {
  SmallGraph net;
  net.Input("x", {1, 2, 2, 2});
  net.Conv("masked", net.Id("x"), 2, {1, 0, 0, 1});
  net.Node("Softmax", "shares", {net.Id("masked")}, {1, 2, 2, 2});
  net.graph.nodes.back().attributes["axis"] = int64_t{1};
  net.Conv("logits", net.Id("x"), 2, {1, 0, 0, 1});
  net.Node("Transpose", "turned", {net.Id("logits")}, {1, 2, 2, 2});
  net.Node("Sigmoid", "likely", {net.Id("turned")}, {1, 2, 2, 2});
  net.Conv("both", net.Id("x"), 2, {1, 0, 0, 1});
  net.Node("Softmax", "one", {net.Id("both")}, {1, 2, 2, 2});
  net.Node("Sigmoid", "two", {net.Id("both")}, {1, 2, 2, 2});
  net.Conv("sum", net.Id("x"), 2, {1, 0, 0, 1});
  net.Node("Relu", "positive", {net.Id("sum")}, {1, 2, 2, 2});
  for (const char* name : {"shares", "likely", "one", "two", "positive"}) net.Output(net.Id(name));
  const auto visible = VisibleValues(net.graph);
  EXPECT_EQ(visible.at(net.Id("masked")).softmax_axis, 1);
  EXPECT_EQ(visible.count(net.Id("both")), 0u);
  EXPECT_EQ(visible.count(net.Id("likely")), 0u);  // an output
  for (const char* name : {"logits", "turned"}) {
    EXPECT_EQ(visible.at(net.Id(name)).low, -64.0) << name;
    EXPECT_EQ(visible.at(net.Id(name)).high, 64.0) << name;
  }
  EXPECT_EQ(visible.at(net.Id("sum")).low, -4.0);
  EXPECT_TRUE(std::isinf(visible.at(net.Id("sum")).high));
}

// One number alone is told apart, wherever it is.
TEST(VisibleValues, HideNothingFromAnEquality) {
  SmallGraph net;
  net.Input("x", {1, 2, 2, 2});
  net.Conv("a", net.Id("x"), 2, {1, 0, 0, 1});
  net.Node("IsEqual", "mask", {net.Id("a")}, {1, 2, 2, 2});
  net.graph.nodes.back().attributes["value"] = 100.0F;
  net.Conv("b", net.Id("x"), 2, {1, 0, 0, 1});
  net.Node("IsBelow", "low", {net.Id("b")}, {1, 2, 2, 2});
  net.graph.nodes.back().attributes["value"] = 100.0F;
  for (const char* name : {"mask", "low"}) net.Output(net.Id(name));
  const auto visible = VisibleValues(net.graph);
  EXPECT_EQ(visible.count(net.Id("a")), 0u);
  EXPECT_EQ(visible.at(net.Id("b")).high, 512.0) << "from 128 on, with a margin";
}

}  // namespace
}  // namespace lockstep::quantize
