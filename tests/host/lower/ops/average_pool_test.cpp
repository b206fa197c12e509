#include <gtest/gtest.h>

#include "graph/error.h"
#include "lower/lower.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

struct AverageCase {
  std::vector<int64_t> kernel, strides, pads;
  int64_t ceil_mode, count_include_pad;
  size_t multipliers;
};

// The input is quantised without a loss, so the mean has one rounding, to half a step.
TEST(LowerAveragePool, AveragePoolsRoundOnce) {
  const AverageCase cases[] = {
      {{2, 2}, {2, 2}, {0, 0, 0, 0}, 0, 0, 1}, {{3, 2}, {1, 2}, {1, 0, 1, 1}, 0, 0, 6},
      {{3, 2}, {1, 2}, {1, 0, 1, 1}, 0, 1, 1}, {{3, 3}, {2, 2}, {0, 0, 0, 0}, 1, 0, 9},
      {{9, 8}, {1, 1}, {0, 0, 0, 0}, 0, 0, 1},
  };
  for (const bool turned : {false, true}) {
    for (const AverageCase& c : cases) {
      SCOPED_TRACE(std::to_string(&c - cases) + (turned ? " turned" : ""));
      GraphBuilder builder;
      auto x = builder.Input("x", turned ? graph::Shape{1, 3, 8, 9} : graph::Shape{1, 3, 9, 8});
      if (turned) x = builder.Node("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
      const auto mean = builder.Node("AveragePool", {x},
                                     {{"kernel_shape", c.kernel},
                                      {"strides", c.strides},
                                      {"pads", c.pads},
                                      {"ceil_mode", c.ceil_mode},
                                      {"count_include_pad", c.count_include_pad}});
      builder.Output(mean);
      const Lowered lowered = LowerPlainly(builder);
      const joint::Layer* layer = lowered.Find(joint::Options::AveragePool);
      ASSERT_NE(layer, nullptr);
      EXPECT_EQ(layer->options_as_AveragePool()->multiplier()->size(), c.multipliers);
      EXPECT_EQ(lowered.Count("Rescale"), 0);
      const double step = lowered.sample.quantized.formats.at(mean).affine().scale;
      const std::vector<float>& expected = lowered.sample.float_values.at(builder.graph().tensor(mean).name).data;
      ASSERT_EQ(lowered.outputs[0].size(), expected.size());
      for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(lowered.outputs[0][i], expected[i], step * 0.501) << "element " << i;
      }
    }
  }
}

TEST(LowerAveragePool, AveragePoolsBetweenWidths) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto wide = builder.Conv(x, 4, 1);
  const std::map<std::string, graph::Attribute> two = {{"kernel_shape", std::vector<int64_t>{2, 2}}};
  const auto still_wide = builder.Node("AveragePool", {wide}, two);
  builder.Output(builder.Node("AveragePool", {still_wide}, two));
  PlainQuantization options;
  options.sixteen_bits = {wide, still_wide};
  const Lowered lowered = LowerPlainly(builder, options);
  EXPECT_EQ(lowered.Count("Rescale"), 0);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerAveragePool, SaysWhichAveragePoolsItDoesNotTake) {
  const auto error_of = [](const std::map<std::string, graph::Attribute>& attributes, int bits) -> std::string {
    GraphBuilder builder;
    const auto x = builder.Input("x", {1, 1, 182, 183});
    const auto sum = builder.Node("Add", {x, x});
    const auto mean = builder.Node("AveragePool", {sum}, attributes);
    builder.Output(mean);
    quantize::QuantizedGraph quantized;
    quantized.graph = builder.graph();
    const quantize::AffineParams narrow{0.1, 0, 8};
    quantized.formats = {{x, narrow}, {sum, quantize::AffineParams{0.1, 0, bits}}, {mean, narrow}};
    try {
      lower::Lower(quantized, {});
    } catch (const UnsupportedModel& error) {
      return error.what();
    }
    return "no error";
  };
  const std::vector<int64_t> whole = {182, 183};
  EXPECT_EQ(error_of({{"kernel_shape", whole}}, 8), "no error");
  EXPECT_NE(error_of({{"kernel_shape", whole}}, 16).find("sum of 33306 elements"), std::string::npos);
  const std::string ceil = error_of({{"kernel_shape", std::vector<int64_t>{2, 2}},
                                     {"strides", std::vector<int64_t>{2, 2}},
                                     {"ceil_mode", int64_t{1}},
                                     {"count_include_pad", int64_t{1}}},
                                    8);
  EXPECT_NE(ceil.find("count_include_pad together with ceil_mode"), std::string::npos) << ceil;
}

}  // namespace
}  // namespace lockstep::test
