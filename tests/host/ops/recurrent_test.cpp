// Which alpha and beta an activation function of a recurrent layer gets: they are consumed in order by those that take
// one.
#include "ops/recurrent.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/plain_evaluator.h"
#include "support/small_graph.h"

namespace lockstep::ops {
namespace {

graph::Node Lstm(const std::vector<std::string>& functions, const std::vector<float>& alphas,
                 const std::vector<float>& betas) {
  graph::Node node;
  node.op = "LSTM";
  node.attributes = {{"activations", functions},
                     {"activation_alpha", alphas},
                     {"activation_beta", betas},
                     {"direction", std::string("bidirectional")}};
  return node;
}

TEST(FunctionOfRecurrent, OnlyThoseThatTakeANumberConsumeOne) {
  const graph::Node node = Lstm({"Sigmoid", "LeakyRelu", "HardSigmoid", "Tanh", "Affine", "ScaledTanh"},
                                {0.1F, 0.2F, 0.3F, 0.4F}, {0.5F, 0.6F, 0.7F});
  const std::optional<float> alphas[] = {{}, 0.1F, 0.2F, {}, 0.3F, 0.4F};
  const std::optional<float> betas[] = {{}, {}, 0.5F, {}, 0.6F, 0.7F};
  for (int64_t i = 0; i < 6; ++i) {
    const RecurrentFunction function = FunctionOfRecurrent(node, i / 3, static_cast<size_t>(i % 3));
    EXPECT_EQ(function.alpha, alphas[i]) << function.name;
    EXPECT_EQ(function.beta, betas[i]) << function.name;
  }
}

TEST(FunctionOfRecurrent, WhatTheListsDoNotReachHasItsDefault) {
  const graph::Node node = Lstm({"Elu", "LeakyRelu", "Relu", "Elu", "ThresholdedRelu", "Softplus"}, {0.1F}, {});
  EXPECT_EQ(FunctionOfRecurrent(node, 0, 0).alpha, 0.1F);
  EXPECT_EQ(FunctionOfRecurrent(node, 0, 1).alpha, std::nullopt);
  EXPECT_EQ(FunctionOfRecurrent(node, 1, 1).name, "ThresholdedRelu");
}

// One step of one unit without a state: y = f(x).
double One(const std::string& function, float x, std::map<std::string, graph::Attribute> attributes = {}) {
  testing::SmallGraph small;
  attributes["activations"] = std::vector<std::string>{function};
  const graph::TensorId y =
      small.Add("RNN", {small.Input("x", {1, 1, 1}), small.Floats({1, 1, 1}, {1.0F}), small.Floats({1, 1, 1}, {0.0F})},
                attributes);
  const graph::Graph graph = small.Finish({y});
  return testing::EvaluatePlain(graph, {{"x", {{1, 1, 1}, {x}}}}).at(graph.tensor(y).name).values.at(0);
}

TEST(RecurrentFunctions, AreThoseOfOnnx) {
  EXPECT_EQ(One("Softplus", 800.0F), 800.0) << "nothing overflows";
  EXPECT_NEAR(One("Softplus", 0.0F), std::log(2.0), 1e-7);
  EXPECT_NEAR(One("LeakyRelu", -2.0F), -0.02, 1e-7);
  EXPECT_NEAR(One("Elu", -1.0F), std::exp(-1.0) - 1.0, 1e-7);
  EXPECT_NEAR(One("HardSigmoid", 1.0F), 0.7, 1e-7);
  EXPECT_EQ(One("ThresholdedRelu", 0.5F), 0.0);
  EXPECT_EQ(One("Affine", 3.0F), 3.0);
  EXPECT_NEAR(One("Softsign", -3.0F), -0.75, 1e-7);
  const std::map<std::string, graph::Attribute> both = {{"activation_alpha", std::vector<float>{2.0F}},
                                                        {"activation_beta", std::vector<float>{0.5F}}};
  EXPECT_EQ(One("Affine", 3.0F, both), 6.5);
  EXPECT_NEAR(One("ScaledTanh", 3.0F, both), 2.0 * std::tanh(1.5), 1e-6);
}

}  // namespace
}  // namespace lockstep::ops
