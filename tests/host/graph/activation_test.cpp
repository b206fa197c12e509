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
  EXPECT_EQ(Of("Gelu", {{"approximate", std::string("tanh")}}).kind, ActivationKind::kNone);
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

}  // namespace
}  // namespace lockstep::graph
