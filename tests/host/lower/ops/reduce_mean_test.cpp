// ReduceMean: sets of axes, kept and not, in every width, also where height and width lie the other way round.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "lower/lower.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::TensorId;
using Ints = std::vector<int64_t>;

const std::vector<Ints> kAxes = {{1}, {2}, {-1}, {2, 3}, {3, 1}, {1, 2, 3}, {0, 1, 2, 3}};

TensorId Mean(GraphBuilder& builder, TensorId x, const Ints& axes, bool keep) {
  return builder.Node("ReduceMean", {x}, {{"axes", axes}, {"keepdims", int64_t{keep}}});
}

TEST(LowerReduceMean, AxesOfAnImageInEveryWidth) {
  for (const Ints& axes : kAxes) {
    for (const bool keep : {false, true}) {
      for (const int wide : {0, 1, 2, 3}) {
        SCOPED_TRACE(graph::ToString(axes) + (keep ? " kept" : "") + ", wide " + std::to_string(wide));
        GraphBuilder builder;
        const TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1);
        const TensorId y = Mean(builder, x, axes, keep);
        builder.Output(y);
        PlainQuantization options;
        if ((wide & 1) != 0) options.sixteen_bits.insert(x);
        if ((wide & 2) != 0) options.sixteen_bits.insert(y);
        const Lowered lowered = LowerPlainly(builder, options);
        EXPECT_EQ(lowered.Count("ReduceMean"), 1);
        EXPECT_LE(lowered.Count("Transpose"), 1) << "the image is summed as it lies";
        ExpectNodesWithinHalfAStep(lowered);
      }
    }
  }
}

TEST(LowerReduceMean, BehindSwappedAxes) {
  for (const Ints& axes : kAxes) {
    GraphBuilder builder;
    const TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1);
    const TensorId turned = builder.Node("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}});
    builder.Output(builder.Node("Sub", {turned, Mean(builder, turned, axes, true)}));
    builder.Output(builder.Node("Sigmoid", {Mean(builder, turned, axes, false)}));
    const Lowered lowered = LowerPlainly(builder);
    EXPECT_EQ(lowered.Count("ReduceMean"), 2);
    ExpectNodesWithinHalfAStep(lowered);
  }
}

// All axes, named or not, as an input too; none at all.
TEST(LowerReduceMean, AxesInEveryForm) {
  GraphBuilder builder;
  const TensorId x = builder.Conv(builder.Input("x", {1, 3, 4, 6}), 4, 1);
  builder.Output(builder.Node("ReduceMean", {x}));
  builder.Output(builder.Node("ReduceMean", {x, builder.Ints({-1, 1})}));
  builder.Output(builder.Node("ReduceMean", {x, builder.Ints({})}, {{"keepdims", int64_t{0}}}));
  builder.Output(builder.Node("ReduceMean", {x, graph::kNoTensor}, {{"noop_with_empty_axes", int64_t{1}}}));
  PlainQuantization options;
  options.shared = {builder.graph().outputs[3]};
  const Lowered lowered = LowerPlainly(builder, options);
  EXPECT_EQ(lowered.Count("ReduceMean"), 3);
  EXPECT_EQ(lowered.outputs[0].size(), 1U);
  EXPECT_EQ(lowered.outputs[1].size(), 4U);
  EXPECT_EQ(lowered.outputs[3].size(), 96U);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerReduceMean, SaysWhichSumsAreTooLarge) {
  const auto message = [](int bits) -> std::string {
    GraphBuilder builder;
    const TensorId x = builder.Input("x", {1, 1, 200, 200});
    const TensorId sum = builder.Node("Add", {x, x});
    const TensorId y = Mean(builder, sum, {2, 3}, true);
    builder.Output(y);
    quantize::QuantizedGraph quantized;
    quantized.graph = builder.graph();
    using quantize::AffineParams;
    quantized.formats = {
        {x, AffineParams{1.0, 0, 8}}, {sum, AffineParams{1.0, 0, bits}}, {y, AffineParams{3e-14, 0, 8}}};
    try {
      lower::Lower(quantized, {});
    } catch (const UnsupportedModel& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_EQ(message(8), "");
  EXPECT_NE(message(16).find("the scaled sum of 40000 elements does not fit 64 bits"), std::string::npos)
      << message(16);
}

TEST(LowerReduceMean, OfFloats) {
  GraphBuilder builder;
  const TensorId y = Mean(builder, builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1), {2, 3}, false);
  builder.Output(y);
  PlainQuantization options;
  options.islands = {y};
  const Lowered lowered = LowerPlainly(builder, options);
  EXPECT_EQ(lowered.Count("ReduceMean"), 1);
  ExpectNodesWithinHalfAStep(lowered);
}

}  // namespace
}  // namespace lockstep::test
