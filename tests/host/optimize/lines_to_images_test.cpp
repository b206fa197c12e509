#include <gtest/gtest.h>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::kNoTensor;
using graph::TensorId;
using testing::SmallGraph;

using Ints = std::vector<int64_t>;

TEST(LinesToImages, TakesEveryOperatorOfImages) {
  const std::vector<TensorId (*)(SmallGraph&, TensorId)> all = {
      [](SmallGraph& g, TensorId x) {
        return g.Add("Conv", {x, g.Random({6, 4, 3}), g.Random({6})});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Conv", {x, g.Random({4, 2, 3})},
                     {{"strides", Ints{2}}, {"dilations", Ints{2}}, {"pads", Ints{2, 1}}, {"group", int64_t{2}}});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Conv", {x, g.Random({5, 4, 2})}, {{"auto_pad", std::string("SAME_UPPER")}});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("ConvTranspose", {x, g.Random({4, 3, 3})},
                     {{"strides", Ints{2}}, {"pads", Ints{1, 0}}, {"output_padding", Ints{1}}});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("MaxPool", {x}, {{"kernel_shape", Ints{3}}, {"strides", Ints{2}}, {"pads", Ints{1, 1}}});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("AveragePool", {x}, {{"kernel_shape", Ints{2}}, {"pads", Ints{1, 0}}});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Resize", {x, kNoTensor, g.Floats({3}, {1, 1, 2})}, {{"mode", std::string("linear")}});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Resize", {x, kNoTensor, kNoTensor, g.Ints({1, 4, 5})});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("BatchNormalization", {x, g.Random({4}), g.Random({4}), g.Random({4}), g.Random({4}, 0.5F, 1.0F)});
      },
  };
  for (size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(i);
    SmallGraph small;
    const TensorId y = all[i](small, small.Input("x", {1, 4, 9}));
    const std::string op = small.graph.nodes.back().op;
    CheckPass(small.Finish({y}), LinesToImages, 1, "Reshape " + op + " Reshape");
  }
}

TEST(LinesToImages, NothingKeepsThemApart) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2, 4, 16});
  const TensorId a = small.Add("Conv", {x, small.Random({4, 4, 3}), small.Random({4})}, {{"pads", Ints{1, 1}}});
  const TensorId scaled = small.Add("Mul", {a, small.Random({4, 1})});
  const TensorId rectified = small.Add("PRelu", {scaled, small.Random({4, 1})});
  const TensorId sum = small.Add("Add", {x, rectified});
  const TensorId moved = small.Add("Add", {small.Input("row", {4, 16}), small.Add("Sigmoid", {sum})});
  const TensorId joined = small.Add("Concat", {moved, small.Add("Tanh", {rectified})}, {{"axis", int64_t{2}}});
  const std::vector<TensorId> parts = small.AddMany("Split", {joined, small.Ints({20, 12})}, 2, {{"axis", int64_t{2}}});
  const TensorId some =
      small.Add("Slice", {parts[0], small.Ints({1}), small.Ints({19}), small.Ints({2}), small.Ints({1})});
  const TensorId shares = small.Add("Softmax", {some}, {{"axis", int64_t{2}}});
  const TensorId y = small.Add("Conv", {shares, small.Random({3, 4, 3})});
  const TensorId z = small.Add("MaxPool", {parts[1]}, {{"kernel_shape", Ints{2}}});
  const graph::Graph before = small.Finish({y, z});
  graph::Graph after = before;
  Optimize(after);
  EXPECT_EQ(
      testing::Operators(after),
      "Reshape Conv PRelu Add Sigmoid Tanh Reshape Add Split Slice Slice Concat Softmax Conv MaxPool Reshape Reshape");
  EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-5);
  for (const TensorId id : after.outputs) EXPECT_EQ(after.tensor(id).shape.size(), 3U);
}

TEST(LinesToImages, PaddingInFrontStaysInFront) {
  SmallGraph small;
  const TensorId padded = small.Add("Pad", {small.Input("x", {1, 3, 8}), small.Ints({0, 0, 2, 0, 0, 1})},
                                    {{"mode", std::string("reflect")}});
  const TensorId y = small.Add("Conv", {padded, small.Random({4, 3, 3})});
  CheckPass(small.Finish({y}), LinesToImages, 2, "Reshape Pad Conv Reshape");
  SmallGraph zeros;
  const TensorId filled = zeros.Add("Pad", {zeros.Input("x", {1, 3, 8}), zeros.Ints({0, 0, 2, 0, 0, 1})});
  graph::Graph all = zeros.Finish({zeros.Add("Conv", {filled, zeros.Random({4, 3, 3})})});
  Optimize(all);
  EXPECT_EQ(testing::Operators(all), "Reshape Conv Reshape");
}

TEST(LinesToImages, GoThroughGathersAndPads) {
  SmallGraph small;
  const TensorId a = small.Add("Conv", {small.Input("x", {1, 3, 8}), small.Random({3, 3, 3})});
  const TensorId padded = small.Add("Pad", {a, small.Ints({0, 0, 2, 0, 1, 3})}, {{"mode", std::string("edge")}});
  const TensorId taken = small.Add("Gather", {padded, small.Ints({5, 0, 0, 9})}, {{"axis", int64_t{2}}});
  const TensorId channels = small.Add("Gather", {taken, small.Ints({3, 1, 0})}, {{"axis", int64_t{1}}});
  const graph::Graph before = small.Finish({small.Add("MaxPool", {channels}, {{"kernel_shape", Ints{2}}})});
  graph::Graph after = before;
  Optimize(after);
  EXPECT_EQ(testing::Operators(after), "Reshape Conv Pad Gather Gather MaxPool Reshape");
  EXPECT_EQ(testing::LargestOutputDifference(before, after), 0.0);
}

TEST(LinesToImages, LeavesImagesVolumesAndWhatIsNoLineOfAnImage) {
  SmallGraph small;
  const TensorId image = small.Conv(small.Input("image", {1, 2, 4, 4}), 2, 2, 3);
  const TensorId volume = small.Add("Conv", {small.Input("volume", {1, 2, 4, 4, 4}), small.Random({2, 2, 3, 3, 3})});
  const TensorId line = small.Add("Sigmoid", {small.Input("line", {1, 2, 8})});
  const TensorId flat = small.Add("Tanh", {small.Add("Reshape", {image, small.Ints({1, 2, 4})})});
  const TensorId weights = small.Add("Conv", {line, small.Input("weights", {2, 2, 3})});
  ExpectUntouched(small.Finish({volume, flat, weights}), LinesToImages);
}

// An exponent for every element, though one number, has the axes of the line.
TEST(LinesToImages, ExponentsGetTheRowToo) {
  SmallGraph small;
  const TensorId x = small.Add("Conv", {small.Input("x", {1, 4, 9}), small.Random({3, 4, 2})});
  const TensorId cubes = small.Add("Pow", {x, small.Floats({1, 3, 8}, std::vector<float>(24, 3.0F))});
  CheckPass(small.Finish({cubes}), LinesToImages, 2, "Reshape Conv Pow Reshape");
}

// Its region has numbers for each axis of a line.
TEST(LinesToImages, LeavesAResizeOfARegion) {
  SmallGraph small;
  const TensorId region = small.Floats({6}, {0, 0, 0.25F, 1, 1, 0.75F});
  const TensorId y = small.Add(
      "Resize", {small.Input("x", {1, 4, 9}), region, kNoTensor, small.Ints({1, 4, 6})},
      {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("tf_crop_and_resize")}});
  ExpectUntouched(small.Finish({y}), LinesToImages);
}

// Each gets a Reshape of its own, which stands for the node that wants it.
TEST(LinesToImages, ManyLinesInFrontOfOneNode) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 9});
  std::vector<TensorId> lines = {small.Add("Conv", {x, small.Random({3, 4, 1})})};
  for (int i = 0; i < 9; ++i) lines.push_back(small.Input("line" + std::to_string(i), {1, 2, 9}));
  const TensorId all = small.Add("Concat", lines, {{"axis", int64_t{1}}});
  const graph::Graph before = small.Finish({all});
  graph::Graph after = before;
  EXPECT_EQ(LinesToImages(after), 2);
  EXPECT_EQ(testing::LargestOutputDifference(before, after), 0.0);
  int made = 0;
  for (const graph::Node& node : after.nodes) {
    if (node.name != "Concat_1_to_image") continue;
    EXPECT_EQ(node.onnx_nodes, (std::vector<std::string>{"Concat_1"}));
    ++made;
  }
  EXPECT_EQ(made, 9);
}

}  // namespace
}  // namespace lockstep::optimize
