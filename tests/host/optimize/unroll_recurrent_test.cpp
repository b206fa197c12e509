#include <gtest/gtest.h>

#include <algorithm>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::kNoTensor;
using graph::Shape;
using graph::TensorId;
using testing::SmallGraph;

struct Form {
  std::string op = "LSTM";
  std::string direction = "forward";
  bool batch_first = false;
  bool biased = true;
  bool states = false;  // computed, else none
  int64_t steps = 3;
  std::map<std::string, graph::Attribute> more = {};
};

constexpr int64_t kBatch = 2;
constexpr int64_t kInputs = 5;
constexpr int64_t kHidden = 4;

graph::Graph Network(const Form& form) {
  SmallGraph g;
  const int64_t directions = form.direction == "bidirectional" ? 2 : 1;
  const int64_t gates = form.op == "LSTM" ? 4 : form.op == "GRU" ? 3 : 1;
  const Shape x = form.batch_first ? Shape{kBatch, form.steps, kInputs} : Shape{form.steps, kBatch, kInputs};
  const Shape state = form.batch_first ? Shape{kBatch, directions, kHidden} : Shape{directions, kBatch, kHidden};
  std::vector<TensorId> inputs = {g.Input("x", x), g.Random({directions, gates * kHidden, kInputs}),
                                  g.Random({directions, gates * kHidden, kHidden}),
                                  form.biased ? g.Random({directions, 2 * gates * kHidden}) : kNoTensor, kNoTensor};
  if (form.states) {
    inputs.push_back(g.Input("h", state));
    if (form.op == "LSTM") inputs.push_back(g.Input("c", state));
  }
  std::map<std::string, graph::Attribute> attributes = form.more;
  attributes["direction"] = form.direction;
  attributes["layout"] = int64_t{form.batch_first ? 1 : 0};
  attributes["hidden_size"] = kHidden;
  return g.Finish(g.AddMany(form.op, inputs, form.op == "LSTM" ? 3 : 2, attributes));
}

void ExpectSame(const Form& form) {
  const graph::Graph before = Network(form);
  graph::Graph after = before;
  EXPECT_EQ(UnrollRecurrent(after), 1);
  EXPECT_EQ(UnrollRecurrent(after), 0);
  const std::string operators = testing::Operators(after);
  EXPECT_EQ(operators.find(form.op), std::string::npos) << operators;
  EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-6);
  for (const graph::Node& node : after.nodes) {
    EXPECT_EQ(node.onnx_nodes, (std::vector<std::string>{form.op + "_0"})) << node.name;
  }
  for (size_t i = 0; i < before.outputs.size(); ++i) {
    EXPECT_EQ(after.tensor(after.outputs[i]).name, before.tensor(before.outputs[i]).name);
    EXPECT_EQ(after.tensor(after.outputs[i]).shape, before.tensor(before.outputs[i]).shape);
  }
  Optimize(after);
  EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-6);
  EXPECT_TRUE(FindBlockers(after).empty()) << FindBlockers(after)[0].reason;
}

TEST(UnrollRecurrent, EveryOperatorDirectionLayoutAndState) {
  for (const char* op : {"RNN", "GRU", "LSTM"}) {
    for (const char* direction : {"forward", "reverse", "bidirectional"}) {
      for (const bool batch_first : {false, true}) {
        for (const bool states : {false, true}) {
          for (const int64_t steps : {1, 3}) {
            SCOPED_TRACE(std::string(op) + " " + direction + " layout " + std::to_string(batch_first) + " states " +
                         std::to_string(states) + " steps " + std::to_string(steps));
            ExpectSame({op, direction, batch_first, true, states, steps});
            if (std::string(op) == "GRU") {
              ExpectSame({op, direction, batch_first, true, states, steps, {{"linear_before_reset", int64_t{1}}}});
            }
          }
        }
      }
    }
  }
}

TEST(UnrollRecurrent, WithoutBiases) {
  for (const char* op : {"RNN", "GRU", "LSTM"}) ExpectSame({op, "bidirectional", false, false, true, 2});
  ExpectSame({"GRU", "forward", false, false, false, 2, {{"linear_before_reset", int64_t{1}}}});
}

TEST(UnrollRecurrent, OtherFunctionsAndLimits) {
  using Names = std::vector<std::string>;
  ExpectSame({"LSTM", "forward", false, true, true, 2, {{"clip", 0.3F}}});
  ExpectSame({"GRU", "forward", false, true, true, 2, {{"clip", 0.3F}}});
  ExpectSame({"RNN", "forward", false, true, true, 2, {{"activations", Names{"Relu"}}}});
  ExpectSame({"RNN",
              "forward",
              false,
              true,
              true,
              2,
              {{"activations", Names{"Affine"}},
               {"activation_alpha", std::vector<float>{0.5F}},
               {"activation_beta", std::vector<float>{-0.25F}}}});
  ExpectSame({"LSTM",
              "bidirectional",
              false,
              true,
              false,
              2,
              {{"activations", Names{"HardSigmoid", "ScaledTanh", "Elu", "Sigmoid", "LeakyRelu", "Softplus"}},
               {"activation_alpha", std::vector<float>{0.3F, 0.75F, 0.5F, 0.0F, 0.2F, 0.0F}},
               {"activation_beta", std::vector<float>{0.4F, 0.5F}}}});
}

TEST(UnrollRecurrent, StepsShareTheirWeights) {
  graph::Graph graph = Network({"LSTM", "forward", false, true, true, 4});
  UnrollRecurrent(graph);
  std::vector<TensorId> weights;
  for (const graph::Node& node : graph.nodes) {
    if (node.op == "MatMul") weights.push_back(node.inputs[1]);
  }
  ASSERT_EQ(weights.size(), 5U);
  std::sort(weights.begin(), weights.end());
  EXPECT_EQ(std::unique(weights.begin(), weights.end()) - weights.begin(), 2);
}

TEST(UnrollRecurrent, TakesZeroStatesAndFullLengths) {
  SmallGraph g;
  const std::vector<TensorId> outputs = g.AddMany(
      "LSTM",
      {g.Input("x", {2, 1, 5}), g.Random({1, 16, 5}), g.Random({1, 16, 4}), kNoTensor, g.Ints({2}),
       g.Floats({1, 1, 4}, {0, 0, 0, 0}), g.Random({1, 1, 4}), g.Floats({1, 12}, std::vector<float>(12, 0.0F))},
      1);
  const graph::Graph before = g.Finish(outputs);
  graph::Graph after = before;
  EXPECT_EQ(UnrollRecurrent(after), 1);
  EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-6);
}

std::string ReasonOf(SmallGraph& g, const std::vector<TensorId>& outputs) {
  graph::Graph graph = g.Finish(outputs);
  Optimize(graph);
  const std::vector<Blocker> blockers = FindBlockers(graph);
  return blockers.empty() ? "none" : blockers[0].node + ": " + blockers[0].reason;
}

TEST(UnrollRecurrent, SaysWhatItDoesNotTake) {
  const auto lstm = [](int64_t steps, const std::map<std::string, graph::Attribute>& attributes, size_t input,
                       TensorId (*make)(SmallGraph&)) {
    SmallGraph g;
    std::vector<TensorId> inputs = {g.Input("x", {steps, 1, 5}), g.Random({1, 16, 5}), g.Random({1, 16, 4})};
    if (make != nullptr) {
      inputs.resize(std::max(inputs.size(), input + 1), kNoTensor);
      inputs[input] = make(g);
    }
    return ReasonOf(g, g.AddMany("LSTM", inputs, 1, attributes));
  };
  EXPECT_EQ(lstm(257, {}, 0, nullptr),
            "LSTM_0: it has 257 steps; 1 to 256 are supported: export the network for shorter sequences");
  EXPECT_EQ(lstm(2, {{"input_forget", int64_t{1}}}, 0, nullptr),
            "LSTM_0: its attribute 'input_forget' is 1; only 0 is supported");
  EXPECT_EQ(lstm(2, {{"activations", std::vector<std::string>{"Sigmoid", "Cosh", "Tanh"}}}, 0, nullptr),
            "LSTM_0: its activation function 'Cosh' is not supported");
  EXPECT_EQ(lstm(2, {{"activations", std::vector<std::string>{"Sigmoid", "Softsign", "Tanh"}}}, 0, nullptr), "none");
  EXPECT_EQ(lstm(2, {}, 1, [](SmallGraph& g) { return g.Input("w", {1, 16, 5}); }), "LSTM_0: its weights are computed");
  EXPECT_EQ(lstm(2, {}, 3, [](SmallGraph& g) { return g.Input("b", {1, 32}); }), "LSTM_0: its biases are computed");
  EXPECT_EQ(lstm(2, {}, 7,
                 [](SmallGraph& g) {
                   return g.Random({1, 12});
                 }),
            "LSTM_0: its peepholes are not supported; export the network without them");
  EXPECT_EQ(lstm(2, {}, 4, [](SmallGraph& g) { return g.Ints({1}); }),
            "LSTM_0: its sequences have lengths of their own (sequence_lens); only sequences of all 2 steps are "
            "supported");
}

TEST(UnrollRecurrent, LeavesASequenceOfNothing) {
  Form form;
  form.steps = 0;
  ExpectUntouched(Network(form), UnrollRecurrent);
}

}  // namespace
}  // namespace lockstep::optimize
