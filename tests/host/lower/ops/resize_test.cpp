#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

TEST(LowerResize, NearestRowsAndColumnsAlsoOfATurnedImage) {
  for (const bool turned : {false, true}) {
    SCOPED_TRACE(turned ? "turned" : "upright");
    GraphBuilder builder;
    auto x = builder.Input("x", {1, 3, 5, 4});
    if (turned) x = builder.Node("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
    builder.Output(builder.Node("Resize", {x, graph::kNoTensor, builder.Constant({4}, {1.0F, 1.0F, 3.0F, 2.0F})},
                                {{"mode", std::string("nearest")},
                                 {"coordinate_transformation_mode", std::string("asymmetric")},
                                 {"nearest_mode", std::string("floor")}}));
    const Lowered lowered = LowerPlainly(builder);
    ExpectNodesWithinHalfAStep(lowered);
    EXPECT_EQ(lowered.Count("Resize"), 1);
    EXPECT_EQ(lowered.Count("Rescale"), 0);
  }
}

using Attributes = std::map<std::string, graph::Attribute>;

graph::TensorId Resized(GraphBuilder& builder, graph::TensorId x, const std::vector<float>& scales,
                        const std::string& mode, const std::string& coordinates, Attributes attributes = {}) {
  attributes["mode"] = mode;
  attributes["coordinate_transformation_mode"] = coordinates;
  return builder.Node("Resize", {x, graph::kNoTensor, builder.Constant({4}, scales)}, std::move(attributes));
}

const std::vector<std::vector<float>> kScales = {{1, 1, 2, 2}, {1, 1, 3, 1}, {1, 1, 0.6F, 2.7F}, {1, 1, 8, 0.5F}};
constexpr const char* kCoordinates[] = {"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric",
                                        "half_pixel_symmetric"};

// The weights of every output index add up to the same power of two.
void ExpectWholeWeights(const flatbuffers::Vector<int32_t>& weights, size_t count) {
  const size_t taps = weights.size() / count;
  int64_t whole = 0;
  for (size_t tap = 0; tap < taps; ++tap) whole += weights[static_cast<uint32_t>(tap)];
  EXPECT_EQ(whole & (whole - 1), 0) << whole;
  for (size_t i = 0; i < count; ++i) {
    int64_t sum = 0;
    for (size_t tap = 0; tap < taps; ++tap) sum += weights[static_cast<uint32_t>(i * taps + tap)];
    ASSERT_EQ(sum, whole) << "output index " << i;
  }
}

TEST(LowerResize, InterpolationsOfEveryModeAndWidth) {
  for (const std::string mode : {"linear", "cubic"}) {
    for (const std::string coordinates : kCoordinates) {
      for (const std::vector<float>& scales : kScales) {
        for (const int wide : {0, 1, 2, 3}) {
          SCOPED_TRACE(mode + " " + coordinates + ", " + std::to_string(scales[2]) + " x " + std::to_string(scales[3]) +
                       ", wide " + std::to_string(wide));
          GraphBuilder builder;
          const auto x = builder.Conv(builder.Input("x", {1, 3, 5, 6}), 4, 1);
          const auto y = Resized(builder, x, scales, mode, coordinates);
          builder.Output(y);
          PlainQuantization options;
          if ((wide & 1) != 0) options.sixteen_bits.insert(x);
          if ((wide & 2) != 0) options.sixteen_bits.insert(y);
          const Lowered lowered = LowerPlainly(builder, options);
          ASSERT_EQ(lowered.Count("Interpolate"), 1);
          EXPECT_EQ(lowered.Count("Rescale"), 0);
          const auto& layer = *lowered.Find(joint::Options::Interpolate)->options_as_Interpolate();
          ExpectWholeWeights(*layer.row_weights(), layer.rows()->size());
          ExpectWholeWeights(*layer.column_weights(), layer.columns()->size());
          ExpectNodesWithinHalfAStep(lowered);
        }
      }
    }
  }
}

TEST(LowerResize, InterpolatesATurnedImage) {
  GraphBuilder builder;
  const auto x = builder.Conv(builder.Input("x", {1, 3, 5, 4}), 4, 1);
  const auto turned = builder.Node("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
  builder.Output(Resized(builder, turned, {1, 1, 3, 1.7F}, "linear", "half_pixel"));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("Interpolate"), 1);
  EXPECT_LE(lowered.Count("Transpose"), 1) << "the image is resized as it lies";
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerResize, CubicWithItsAttributes) {
  for (const int64_t exclude : {0, 1}) {
    for (const float a : {-0.5F, -0.75F, -3.0F}) {
      GraphBuilder builder;
      builder.Output(Resized(builder, builder.Conv(builder.Input("x", {1, 3, 5, 6}), 4, 1), {1, 1, 1.7F, 2.3F}, "cubic",
                             "half_pixel", {{"cubic_coeff_a", a}, {"exclude_outside", exclude}}));
      ExpectNodesWithinHalfAStep(LowerPlainly(builder));
    }
  }
}

// Images with fewer rows than weights.
TEST(LowerResize, OfFewElements) {
  for (const std::string mode : {"linear", "cubic"}) {
    GraphBuilder builder;
    const auto x = builder.Conv(builder.Input("x", {1, 3, 1, 2}), 4, 1);
    builder.Output(Resized(builder, x, {1, 1, 4, 3}, mode, "half_pixel"));
    ExpectNodesWithinHalfAStep(LowerPlainly(builder));
  }
}

// An enlargement to twice the size has weights of quarters, and nothing is rounded but the result.
TEST(LowerResize, TakesAsManyBitsAsWeightsNeed) {
  GraphBuilder builder;
  const auto x = builder.Conv(builder.Input("x", {1, 3, 5, 6}), 4, 1);
  builder.Output(Resized(builder, x, {1, 1, 2, 3}, "linear", "half_pixel"));
  const Lowered lowered = LowerPlainly(builder);
  const auto& layer = *lowered.Find(joint::Options::Interpolate)->options_as_Interpolate();
  EXPECT_EQ(layer.row_weights()->Get(2) + layer.row_weights()->Get(3), 4);
  EXPECT_EQ(layer.column_weights()->Get(0) + layer.column_weights()->Get(1), 1 << 19);
}

TEST(LowerResize, InterpolatesFloats) {
  for (const std::string mode : {"linear", "cubic"}) {
    for (const bool turned : {false, true}) {
      GraphBuilder builder;
      auto x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1);
      if (turned) x = builder.Node("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
      const auto y = Resized(builder, x, {1, 1, 1.7F, 2}, mode, "align_corners");
      builder.Output(y);
      PlainQuantization options;
      options.islands = {y};
      const Lowered lowered = LowerPlainly(builder, options);
      EXPECT_EQ(lowered.Count("Interpolate"), 1);
      ExpectNodesWithinHalfAStep(lowered);
    }
  }
}

}  // namespace
}  // namespace lockstep::test
