#include <gtest/gtest.h>

#include <cmath>

#include "graph/graph.h"

namespace lockstep::graph {
namespace {

struct Case {
  Activation activation;
  double x, y;
};

// Values from the definitions.
TEST(Activation, HasTheDefinedValues) {
  const std::vector<Case> cases = {
      {{ActivationKind::kNone, 0, 0}, -3.25, -3.25},
      {{ActivationKind::kRelu, 0, 0}, -1.0, 0.0},
      {{ActivationKind::kRelu, 0, 0}, 2.5, 2.5},
      {{ActivationKind::kClip, 0, 6}, 7.0, 6.0},
      {{ActivationKind::kClip, -1, 6}, -7.0, -1.0},
      {{ActivationKind::kLeakyRelu, 0.1, 0}, -2.0, -0.2},
      {{ActivationKind::kLeakyRelu, 0.1, 0}, 2.0, 2.0},
      {{ActivationKind::kSigmoid, 0, 0}, 0.0, 0.5},
      {{ActivationKind::kSigmoid, 0, 0}, 1.0, 0.731058578630004879},
      {{ActivationKind::kSilu, 0, 0}, 1.0, 0.731058578630004879},
      {{ActivationKind::kSilu, 0, 0}, -2.0, -0.238405844044235029},
      {{ActivationKind::kTanh, 0, 0}, 0.5, 0.462117157260009758},
      {{ActivationKind::kHardSigmoid, 0.2, 0.5}, 1.0, 0.7},
      {{ActivationKind::kHardSigmoid, 0.2, 0.5}, 9.0, 1.0},
      {{ActivationKind::kHardSwish, 0, 0}, 1.0, 2.0 / 3.0},
      {{ActivationKind::kHardSwish, 0, 0}, -4.0, 0.0},
      {{ActivationKind::kElu, 2.0, 0}, -1.0, -1.26424111765711536},
      {{ActivationKind::kGelu, 0, 0}, 1.0, 0.841344746068542949},
      {{ActivationKind::kMish, 0, 0}, 1.0, 0.865098388267310147},
      {{ActivationKind::kSoftplus, 0, 0}, 1.0, 1.31326168751822283},
      {{ActivationKind::kExp, 0, 0}, 1.0, 2.71828182845904524},
      {{ActivationKind::kAbs, 0, 0}, -1.5, 1.5},
      {{ActivationKind::kNeg, 0, 0}, 1.5, -1.5},
      {{ActivationKind::kSqrt, 0, 0}, 2.25, 1.5},
      {{ActivationKind::kReciprocal, 0, 0}, -4.0, -0.25},
      {{ActivationKind::kLog, 0, 0}, 10.0, 2.30258509299404568},
      {{ActivationKind::kErf, 0, 0}, 1.0, 0.842700792949714869},
      {{ActivationKind::kSin, 0, 0}, 1.0, 0.841470984807896507},
      {{ActivationKind::kCos, 0, 0}, 1.0, 0.540302305868139717},
      {{ActivationKind::kTan, 0, 0}, 1.0, 1.55740772465490223},
      {{ActivationKind::kAsin, 0, 0}, 0.5, 0.523598775598298873},
      {{ActivationKind::kAcos, 0, 0}, 0.5, 1.04719755119659775},
      {{ActivationKind::kAtan, 0, 0}, 1.0, 0.785398163397448310},
      {{ActivationKind::kSinh, 0, 0}, 1.0, 1.17520119364380146},
      {{ActivationKind::kCosh, 0, 0}, 1.0, 1.54308063481524378},
      {{ActivationKind::kAsinh, 0, 0}, 1.0, 0.881373587019543025},
      {{ActivationKind::kAcosh, 0, 0}, 2.0, 1.31695789692481671},
      {{ActivationKind::kAtanh, 0, 0}, 0.5, 0.549306144334054846},
      {{ActivationKind::kSelu, 2.0, 3.0}, -1.0, -3.79272335297134610},
      {{ActivationKind::kSelu, 2.0, 3.0}, 1.5, 4.5},
      {{ActivationKind::kCelu, 2.0, 0}, -2.0, -1.26424111765711536},
      {{ActivationKind::kThresholdedRelu, 1.0, 0}, 1.0, 0.0},
      {{ActivationKind::kThresholdedRelu, 1.0, 0}, 1.25, 1.25},
      {{ActivationKind::kSoftsign, 0, 0}, -3.0, -0.75},
      {{ActivationKind::kShrink, 0.5, 0.25}, -1.0, -0.75},
      {{ActivationKind::kShrink, 0.5, 0.25}, 0.5, 0.0},
      {{ActivationKind::kShrink, 0.5, 0.25}, 0.75, 0.5},
      {{ActivationKind::kSign, 0, 0}, -0.25, -1.0},
      {{ActivationKind::kSign, 0, 0}, 0.0, 0.0},
      {{ActivationKind::kFloor, 0, 0}, -0.25, -1.0},
      {{ActivationKind::kCeil, 0, 0}, 0.25, 1.0},
      {{ActivationKind::kRound, 0, 0}, 2.5, 2.0},
      {{ActivationKind::kGeluTanh, 0, 0}, 1.0, 0.841191990608276697},
      {{ActivationKind::kPow, 3.0, 0}, -2.0, -8.0},
      {{ActivationKind::kIsBelow, 1.0, 0}, 1.0, 0.0},
      {{ActivationKind::kIsBelow, 1.0, 0}, 0.75, 1.0},
      {{ActivationKind::kIsAtLeast, 1.0, 0}, 1.0, 1.0},
      {{ActivationKind::kIsEqual, 1.0, 0}, 1.0, 1.0},
      {{ActivationKind::kIsEqual, 1.0, 0}, 1.25, 0.0},
  };
  for (const Case& one : cases) {
    EXPECT_NEAR(Evaluate(one.activation, one.x), one.y, 1e-14)
        << ActivationName(one.activation.kind) << "(" << one.x << ")";
  }
}

TEST(Activation, StaysFiniteFarOut) {
  EXPECT_EQ(Evaluate({ActivationKind::kSoftplus, 0, 0}, 800.0), 800.0);
  EXPECT_EQ(Evaluate({ActivationKind::kSigmoid, 0, 0}, -800.0), 0.0);
  EXPECT_EQ(Evaluate({ActivationKind::kMish, 0, 0}, 800.0), 800.0);
  EXPECT_EQ(Evaluate({ActivationKind::kSilu, 0, 0}, -800.0), 0.0);
}

// What calibration, which derives ranges, and the passes that fuse take for granted.
TEST(Activation, IsFiniteUnlessPartialAndHasNoJumpsUnlessItSaysSo) {
  for (size_t i = 0; i <= static_cast<size_t>(ActivationKind::kIsEqual); ++i) {
    const auto kind = static_cast<ActivationKind>(i);
    const bool power = kind == ActivationKind::kPow;
    const Activation function{kind, power ? -0.5 : 0.5, 0.75};
    bool finite = true;
    bool jumps = false;
    constexpr double kStep = 1.0 / 1024.0;
    for (double x = -3.0; x <= 3.0; x += kStep) {
      const double y = Evaluate(function, x);
      finite = finite && std::isfinite(y);
      jumps = jumps || std::abs(y - Evaluate(function, x + kStep)) > 32.0 * kStep;
    }
    const Behaviour behaviour = BehaviourOf(kind);
    EXPECT_EQ(finite, behaviour != Behaviour::kPartial || kind == ActivationKind::kTan) << ActivationName(kind);
    if (behaviour == Behaviour::kPartial) continue;
    EXPECT_EQ(jumps, behaviour == Behaviour::kJumps) << ActivationName(kind);
  }
}

// Both are 0.1 for a float layer, and the table is to agree with it.
TEST(Activation, JumpsWhereFloatsDo) {
  const double tenth = 0.1F;
  EXPECT_EQ(Evaluate({ActivationKind::kIsEqual, tenth, 0.0}, 0.1), 1.0);
  EXPECT_EQ(Evaluate({ActivationKind::kIsBelow, tenth, 0.0}, 0.1), 0.0);
  EXPECT_EQ(Evaluate({ActivationKind::kFloor, 0.0, 0.0}, 3.0 - 1e-12), 3.0);
}

Activation Of(const std::string& op, const std::map<std::string, Attribute>& attributes = {}) {
  Graph graph;
  Node node;
  node.op = op;
  node.inputs = {graph.AddTensor({"x", ElementType::kFloat, {1}, {}})};
  node.attributes = attributes;
  return ActivationOf(graph, node);
}

TEST(ActivationOf, ReadsAttributesAndTheirDefaults) {
  EXPECT_EQ(Of("LeakyRelu").alpha, static_cast<double>(0.01F));
  EXPECT_EQ(Of("LeakyRelu", {{"alpha", 0.25F}}).alpha, 0.25);
  EXPECT_EQ(Of("HardSigmoid").alpha, static_cast<double>(0.2F));
  EXPECT_EQ(Of("HardSigmoid").beta, 0.5);
  EXPECT_EQ(Of("Elu").alpha, 1.0);
  EXPECT_EQ(Of("Relu").kind, ActivationKind::kRelu);
  EXPECT_EQ(Of("Gelu").kind, ActivationKind::kGelu);
  EXPECT_EQ(Of("Gelu", {{"approximate", std::string("tanh")}}).kind, ActivationKind::kGeluTanh);
  EXPECT_EQ(Of("Selu").alpha, 1.67326319217681884765625);
  EXPECT_EQ(Of("Selu", {{"gamma", 0.5F}}).beta, 0.5);
  EXPECT_EQ(Of("Celu", {{"alpha", 0.5F}}).alpha, 0.5);
  EXPECT_EQ(Of("ThresholdedRelu").alpha, 1.0);
  EXPECT_EQ(Of("Shrink").alpha, 0.5);
  EXPECT_EQ(Of("Shrink", {{"bias", 0.25F}}).beta, 0.25);
  EXPECT_EQ(Of("IsBelow", {{"value", 0.25F}}).alpha, 0.25);
  EXPECT_EQ(Of("IsAtLeast", {{"value", 0.25F}}).alpha, 0.25);
  EXPECT_EQ(Of("IsEqual", {{"value", 0.25F}}).alpha, 0.25);
  EXPECT_EQ(Of("Add").kind, ActivationKind::kNone);
}

TEST(ActivationOf, ReadsTheLimitsOfAClip) {
  Graph graph;
  const TensorId x = graph.AddTensor({"x", ElementType::kFloat, {1}, {}});
  const TensorId six = graph.AddTensor({"six", ElementType::kFloat, {}, ConstantData{{6.0F}, {}}});
  Node node;
  node.op = "Clip";
  node.inputs = {x, kNoTensor, six};
  EXPECT_EQ(ActivationOf(graph, node).kind, ActivationKind::kClip);
  EXPECT_EQ(ActivationOf(graph, node).alpha, -HUGE_VAL);
  EXPECT_EQ(ActivationOf(graph, node).beta, 6.0);
  node.inputs = {x, x};  // a limit that is computed
  EXPECT_EQ(ActivationOf(graph, node).kind, ActivationKind::kNone);
}

TEST(ActivationOf, TakesOneConstantExponent) {
  Graph graph;
  const TensorId x = graph.AddTensor({"x", ElementType::kFloat, {2, 3}, {}});
  const TensorId y = graph.AddTensor({"y", ElementType::kFloat, {2, 3}, {}});
  const auto with = [&](Tensor exponent) {
    exponent.name = graph.UniqueName("exponent");
    Node node;
    node.op = "Pow";
    node.inputs = {x, graph.AddTensor(exponent)};
    node.outputs = {y};
    return ActivationOf(graph, node);
  };
  EXPECT_EQ(with({"", ElementType::kFloat, {3}, ConstantData{{1.5F, 1.5F, 1.5F}, {}}}).alpha, 1.5);
  EXPECT_EQ(with({"", ElementType::kInt64, {}, ConstantData{{}, {3}}}).alpha, 3.0);
  EXPECT_EQ(with({"", ElementType::kFloat, {2}, ConstantData{{1.5F, 2.5F}, {}}}).kind, ActivationKind::kNone);
  EXPECT_EQ(with({"", ElementType::kFloat, {}, ConstantData{{HUGE_VALF}, {}}}).kind, ActivationKind::kNone);
  EXPECT_EQ(with({"", ElementType::kFloat, {}, {}}).kind, ActivationKind::kNone);
  graph.tensor(y).shape = {4, 2, 3};  // the exponent is broadcast
  EXPECT_EQ(with({"", ElementType::kFloat, {4, 1, 1}, ConstantData{{2, 2, 2, 2}, {}}}).kind, ActivationKind::kNone);
}

}  // namespace
}  // namespace lockstep::graph
