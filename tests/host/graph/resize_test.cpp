#include "graph/resize.h"

#include <gtest/gtest.h>

#include "support/small_graph.h"

namespace lockstep::graph {
namespace {

using testing::SmallGraph;

// The sources of the last axis, `width` long.
std::vector<int64_t> Sources(int64_t width, float scale, const std::string& coordinates, const std::string& rounding) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 1, 1, width});
  const TensorId y = small.Add("Resize", {x, kNoTensor, small.Floats({4}, {1, 1, 1, scale})},
                               {{"coordinate_transformation_mode", coordinates}, {"nearest_mode", rounding}});
  const Graph graph = small.Finish({y});
  return NearestSources(graph, graph.nodes[0]).at(3);
}

using Indices = std::vector<int64_t>;

// 17 / 1.7 is 10 in float32 and 9.9999998 in double; 19 / 1.9 is 10 and 10.0000003.
TEST(Resize, DividesByTheScaleInFloat32) {
  EXPECT_EQ(Sources(11, 1.7F, "asymmetric", "floor"), (Indices{0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 7, 7, 8, 8, 9, 10}));
  const Indices ceil = Sources(12, 1.9F, "asymmetric", "ceil");
  ASSERT_EQ(ceil.size(), 22U);
  EXPECT_EQ(ceil[19], 10);
  EXPECT_EQ(ceil[20], 11);
}

TEST(Resize, CountsTheOutputInFloat32) {
  EXPECT_EQ(Sources(10, 0.7F, "asymmetric", "floor"), (Indices{0, 1, 2, 4, 5, 7, 8}));
}

TEST(Resize, RoundsHalvesAsTheModeSays) {
  EXPECT_EQ(Sources(2, 2.0F, "asymmetric", "round_prefer_floor"), (Indices{0, 0, 1, 1}));
  EXPECT_EQ(Sources(2, 2.0F, "asymmetric", "round_prefer_ceil"), (Indices{0, 1, 1, 1}));
  EXPECT_EQ(Sources(4, 0.5F, "half_pixel", "round_prefer_floor"), (Indices{0, 2}));
  EXPECT_EQ(Sources(4, 0.5F, "half_pixel", "round_prefer_ceil"), (Indices{1, 3}));
}

TEST(Resize, KeepsTheCorners) { EXPECT_EQ(Sources(3, 2.0F, "align_corners", "floor"), (Indices{0, 0, 0, 1, 1, 2})); }

TEST(Resize, TakesTheScalesOfTheNamedAxes) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 1, 3, 3});
  const TensorId y = small.Add("Resize", {x, kNoTensor, small.Floats({1}, {1.5F})},
                               {{"axes", Indices{-1}},
                                {"coordinate_transformation_mode", std::string("asymmetric")},
                                {"nearest_mode", std::string("floor")}});
  const Graph graph = small.Finish({y});
  const auto sources = NearestSources(graph, graph.nodes[0]);
  EXPECT_EQ(sources.at(2), (Indices{0, 1, 2}));
  EXPECT_EQ(sources.at(3), (Indices{0, 0, 1, 2}));
}

TEST(Resize, NamesTheModeThatIsNotSupported) {
  Node node;
  EXPECT_EQ(UnsupportedResize(node), "");
  node.attributes["nearest_mode"] = std::string("up");
  EXPECT_EQ(UnsupportedResize(node), "nearest_mode 'up' is not supported");
  node.attributes["coordinate_transformation_mode"] = std::string("tf_crop_and_resize");
  EXPECT_EQ(UnsupportedResize(node), "coordinate_transformation_mode 'tf_crop_and_resize' is not supported");
  EXPECT_TRUE(IsNearest(node));
  node.attributes["mode"] = std::string("cubic");
  EXPECT_FALSE(IsNearest(node));
  node.attributes["antialias"] = int64_t{1};
  EXPECT_EQ(UnsupportedResize(node), "antialias 1 is not supported; export it with antialias=False");
}

// One scale for the axes that are named, the smaller or the larger of what the sizes ask for; the size is rounded.
TEST(Resize, KeepsTheAspect) {
  for (const bool larger : {false, true}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 1, 5, 4});
    const TensorId y = small.Add("Resize", {x, kNoTensor, kNoTensor, small.Ints({7, 8})},
                                 {{"axes", Indices{2, 3}},
                                  {"keep_aspect_ratio_policy", std::string(larger ? "not_smaller" : "not_larger")},
                                  {"coordinate_transformation_mode", std::string("asymmetric")}});
    const Graph graph = small.Finish({y});
    EXPECT_EQ(graph.tensor(y).shape, larger ? (Shape{1, 1, 10, 8}) : (Shape{1, 1, 7, 6}));
    EXPECT_FLOAT_EQ(ResizedPlaces(graph, graph.nodes[0]).at(2).at(3), larger ? 1.5F : 3.0F / 1.4F);
    EXPECT_FLOAT_EQ(ResizedPlaces(graph, graph.nodes[0]).at(3).at(3), larger ? 1.5F : 3.0F / 1.4F);
  }
}

}  // namespace
}  // namespace lockstep::graph
