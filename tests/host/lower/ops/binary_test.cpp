// Add, Sub and Mul.
#include <gtest/gtest.h>

#include <cmath>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;

TEST(LowerBinary, ConstantsBroadcast) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 4, 6, 5});
  const auto stem = builder.Conv(x, 4, 3);
  const auto shifted = builder.Node("Sub", {builder.Constant({4, 1, 1}, {0.5F, -0.25F, 1.0F, 0.0F}), stem});
  const auto scaled = builder.Node("Mul", {shifted, builder.Constant({6, 5}, builder.Random(30))});
  const auto smaller = builder.Node("Mul", {scaled, builder.Constant({}, {-0.125F})});
  builder.Output(builder.Node("Mul", {smaller, builder.Constant({1, 4, 1, 1}, {1.0F, 0.5F, 0.25F, 2.0F})}));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("Mul"), 3);
  EXPECT_EQ(lowered.Count("Add"), 1);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerBinary, OperandsOfLowerRank) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 4, 6, 5});
  const auto y = builder.Input("y", {6, 1});
  builder.Output(builder.Node("Add", {builder.Conv(x, 4, 1), y}));
  const Lowered lowered = LowerPlainly(builder);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerBinary, ArithmeticInSixteenBits) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto logits = builder.Conv(x, 4, 1);
  const auto moved = builder.Node("Add", {builder.Constant({1, 4, 8, 8}, builder.Random(256, 0.0F, 8.0F)), logits});
  const auto scaled = builder.Node("Mul", {moved, builder.Constant({8, 1}, {8, 16, 32, 8, 16, 32, 8, 16})});
  const auto mixed = builder.Node("Sub", {scaled, builder.Conv(x, 4, 1)});
  builder.Output(mixed);
  PlainQuantization options;
  options.sixteen_bits = {logits, moved, scaled, mixed};
  const Lowered lowered = LowerPlainly(builder, options);
  // 8-bit constants and operands enter as they are; the result is far finer than 8 bits could make it.
  const std::vector<float>& expected = lowered.sample.float_values.at(builder.graph().tensor(mixed).name).data;
  double squares = 0.0;
  for (size_t i = 0; i < expected.size(); ++i) squares += std::pow(lowered.outputs[0][i] - expected[i], 2);
  EXPECT_LT(std::sqrt(squares / static_cast<double>(expected.size())), 0.1);
  EXPECT_EQ(lowered.Count("Rescale"), 0);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerBinary, SixteenBitsBackToEight) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto wide = builder.Conv(x, 4, 1);
  const auto narrow = builder.Node("Add", {wide, wide});
  builder.Output(builder.Conv(narrow, 4, 1));
  PlainQuantization options;
  options.sixteen_bits = {wide};
  ExpectNodesWithinHalfAStep(LowerPlainly(builder, options));
}

TEST(LowerBinary, FusedActivationBehindAnAdd) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto a = builder.Conv(x, 4, 1);
  const auto b = builder.Node("Add", {a, builder.Conv(x, 4, 1)}, {}, {ActivationKind::kSilu, 0.0, 0.0});
  const auto c = builder.Node("Add", {a, b}, {}, {ActivationKind::kRelu, 0.0, 0.0});
  builder.Output(c);
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("Add"), 2);
  EXPECT_EQ(lowered.Count("Lookup"), 1);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerBinary, ActivationsBehindEveryWidth) {
  for (const int bits : {4, 8, 10, 16}) {
    for (const char* op : {"Add", "Mul"}) {
      SCOPED_TRACE(std::string(op) + ", " + std::to_string(bits) + " bits in front of the table");
      GraphBuilder builder;
      const auto x = builder.Input("x", {1, 3, 6, 5});
      const auto y =
          builder.Node(op, {builder.Conv(x, 4, 1), builder.Conv(x, 4, 3)}, {}, {graph::ActivationKind::kTanh});
      const auto before = builder.graph().nodes.back().pre_activation;
      builder.Output(builder.Node("Sigmoid", {y}));
      PlainQuantization options;
      options.bits = {{before, bits}, {y, bits}};
      ExpectNodesWithinHalfAStep(LowerPlainly(builder, options));
    }
  }
}

}  // namespace
}  // namespace lockstep::test
