// Max, Min and the reductions beside the mean: widths, broadcasts, floats, swapped axes.
#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::TensorId;
using Ints = std::vector<int64_t>;

TEST(LowerExtremes, OfTwoTensorsInEveryWidth) {
  for (const std::string op : {"Max", "Min"}) {
    for (int wide = 0; wide < 8; ++wide) {
      for (const bool island : {false, true}) {
        SCOPED_TRACE(op + ", wide " + std::to_string(wide) + (island ? ", in floats" : ""));
        GraphBuilder builder;
        const TensorId x = builder.Input("x", {1, 3, 5, 7});
        const TensorId a = builder.Conv(x, 4, 1);
        const TensorId b = builder.Conv(x, 4, 1);
        const TensorId y = builder.Node(op, {a, b});
        builder.Output(y);
        PlainQuantization options;
        if ((wide & 1) != 0) options.sixteen_bits.insert(a);
        if ((wide & 2) != 0) options.sixteen_bits.insert(b);
        if ((wide & 4) != 0) options.sixteen_bits.insert(y);
        if (island) options.islands = {y};
        const Lowered lowered = LowerPlainly(builder, options);
        EXPECT_EQ(lowered.Count("Maximum"), 1);
        ASSERT_NE(lowered.Find(joint::Options::Maximum), nullptr);
        EXPECT_EQ(lowered.Find(joint::Options::Maximum)->options_as_Maximum()->smallest(), op == "Min");
        ExpectNodesWithinHalfAStep(lowered);
      }
    }
  }
}

TEST(LowerExtremes, WithConstantsAndBroadcasts) {
  for (const std::string op : {"Max", "Min"}) {
    for (const bool turned : {false, true}) {
      GraphBuilder builder;
      TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1);
      if (turned) x = builder.Node("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}});
      const int64_t width = builder.shape(x)[3];
      const TensorId mean = builder.Node("ReduceMean", {x}, {{"axes", Ints{1, 2}}});
      const TensorId row = builder.Constant({width}, builder.Random(static_cast<size_t>(width)));
      builder.Output(builder.Node(op, {x, builder.Constant({4, 1, 1}, builder.Random(4))}));
      builder.Output(builder.Node(op, {row, x}));
      builder.Output(builder.Node(op, {mean, x}));
      const Lowered lowered = LowerPlainly(builder);
      EXPECT_EQ(lowered.Count("Maximum"), 3);
      ExpectNodesWithinHalfAStep(lowered);
    }
  }
}

const std::vector<Ints> kAxes = {{1}, {2}, {2, 3}, {1, 3}, {1, 2, 3}, {0, 1, 2, 3}};

TEST(LowerExtremes, ReductionsOfAnImage) {
  for (const std::string op : {"ReduceMax", "ReduceMin", "ReduceSum"}) {
    for (const Ints& axes : kAxes) {
      for (int form = 0; form < 8; ++form) {
        SCOPED_TRACE(op + " " + graph::ToString(axes) + ", form " + std::to_string(form));
        GraphBuilder builder;
        TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1);
        if ((form & 2) != 0) x = builder.Node("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}});
        const TensorId y = builder.Node(op, {x}, {{"axes", axes}, {"keepdims", int64_t{form & 1}}});
        builder.Output(y);
        PlainQuantization options;
        if ((form & 4) != 0) options.islands = {y};
        const Lowered lowered = LowerPlainly(builder, options);
        EXPECT_EQ(lowered.Count(op == "ReduceSum" ? "ReduceMean" : "ReduceMax"), 1);
        ExpectNodesWithinHalfAStep(lowered);
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::test
