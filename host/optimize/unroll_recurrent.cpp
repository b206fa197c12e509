// RNN, GRU and LSTM, step by step. The formulas are those of ONNX's operators, which name their sources.
#include <algorithm>

#include "ops/recurrent.h"
#include "optimize/composition.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

constexpr size_t kW = 1;
constexpr size_t kR = 2;
constexpr size_t kB = 3;
constexpr size_t kHiddenState = 5;
constexpr size_t kCellState = 6;

struct Sizes {
  int64_t steps, batch, inputs, hidden, gates, directions;
  bool batch_first;
};

// What goes from step to step; kNoTensor is zero.
struct State {
  TensorId hidden = kNoTensor;
  TensorId cell = kNoTensor;
};

// One direction of a node.
class Direction {
 public:
  Direction(const Graph& graph, Composition& c, const Sizes& sizes, int64_t which)
      : graph_(graph), c_(c), sizes_(sizes), which_(which), stem_(which == 0 ? "" : "second_") {}

  // The states behind every step, in the order of the input, and the last one. `x`: (steps, batch, inputs).
  std::vector<TensorId> Run(TensorId x, State state, State* last) {
    const std::vector<TensorId> seen = InputProducts(x);
    PrepareStateWeights();
    std::vector<TensorId> hidden(seen.size());
    for (size_t i = 0; i < seen.size(); ++i) {
      const size_t t = IsBackward() ? seen.size() - 1 - i : i;
      at_ = stem_ + "step" + std::to_string(t) + "_";
      if (c_.origin().op == "LSTM") {
        state = Lstm(seen[t], state);
      } else if (c_.origin().op == "GRU") {
        state = Gru(seen[t], state);
      } else {
        state.hidden = Function(0, "hidden", WithState(seen[t], state.hidden));
      }
      hidden[t] = state.hidden;
    }
    *last = state;
    return hidden;
  }

 private:
  bool IsBackward() const { return which_ == 1 || c_.origin().String("direction", "forward") == "reverse"; }
  bool IsLinear() const { return c_.origin().op == "GRU" && c_.origin().Int("linear_before_reset", 0) != 0; }

  // Rows `first` and on of this direction's part of a constant (directions, gates * hidden, columns), transposed.
  std::vector<float> Transposed(size_t input, int64_t columns, int64_t first, int64_t rows) const {
    const std::vector<float>& all = graph_.tensor(c_.origin().inputs[input]).constant.value().floats;
    const int64_t begin = which_ * sizes_.gates * sizes_.hidden + first;
    std::vector<float> result(static_cast<size_t>(rows * columns));
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t k = 0; k < columns; ++k) {
        result[static_cast<size_t>(k * rows + row)] = all[static_cast<size_t>((begin + row) * columns + k)];
      }
    }
    return result;
  }

  // The biases of the input (part 0) or of the state (1); zeros without.
  std::vector<float> Bias(int64_t part) const {
    const int64_t rows = sizes_.gates * sizes_.hidden;
    const Node& node = c_.origin();
    if (node.inputs.size() <= kB || node.inputs[kB] == kNoTensor) return std::vector<float>(static_cast<size_t>(rows));
    const std::vector<float>& all = graph_.tensor(node.inputs[kB]).constant.value().floats;
    const auto begin = all.begin() + (2 * which_ + part) * rows;
    return {begin, begin + rows};
  }

  // Where the candidate's rows begin, whose state a GRU resets; behind all others.
  int64_t CandidateRow() const { return 2 * sizes_.hidden; }

  // The input's part of all sums, of all steps at once, with every bias that only is added.
  std::vector<TensorId> InputProducts(TensorId x) {
    const int64_t rows = sizes_.gates * sizes_.hidden;
    std::vector<float> bias = Bias(0);
    const std::vector<float> of_state = Bias(1);
    const int64_t added = IsLinear() ? CandidateRow() : rows;
    for (int64_t i = 0; i < added; ++i) bias[static_cast<size_t>(i)] += of_state[static_cast<size_t>(i)];
    const Shape shape{sizes_.steps, sizes_.batch, rows};
    const TensorId weights = c_.Floats(stem_ + "w", {sizes_.inputs, rows}, Transposed(kW, sizes_.inputs, 0, rows));
    const TensorId product = c_.Add("MatMul", stem_ + "input", {x, weights}, shape);
    const TensorId sums =
        c_.Add("Add", stem_ + "input_bias", {product, c_.Floats(stem_ + "b", {rows}, std::move(bias))}, shape);
    std::vector<TensorId> steps = {sums};
    if (sizes_.steps > 1) {
      steps = c_.Split(stem_ + "steps", sums, 0, std::vector<int64_t>(static_cast<size_t>(sizes_.steps), 1));
    }
    for (size_t t = 0; t < steps.size(); ++t) {
      steps[t] = c_.Reshape(stem_ + "seen" + std::to_string(t), steps[t], {sizes_.batch, rows});
    }
    return steps;
  }

  // Every step has the same constants.
  void PrepareStateWeights() {
    const int64_t hidden = sizes_.hidden;
    const int64_t rows = sizes_.gates * hidden;
    const bool parted = c_.origin().op == "GRU" && !IsLinear();
    const int64_t first = parted ? CandidateRow() : rows;
    state_weights_ = c_.Floats(stem_ + "r", {hidden, first}, Transposed(kR, hidden, 0, first));
    if (parted) {
      candidate_weights_ = c_.Floats(stem_ + "r_candidate", {hidden, hidden}, Transposed(kR, hidden, first, hidden));
    }
    if (IsLinear()) {
      const std::vector<float> bias = Bias(1);
      candidate_bias_ = c_.Floats(stem_ + "r_bias", {hidden}, {bias.begin() + CandidateRow(), bias.end()});
    }
  }

  TensorId Binary(const char* op, const std::string& stem, TensorId a, TensorId b) {
    return c_.Add(op, at_ + stem, {a, b}, c_.ShapeOf(a));
  }

  TensorId Product(const std::string& stem, TensorId state, TensorId weights) {
    return c_.Add("MatMul", at_ + stem, {state, weights}, {sizes_.batch, c_.ShapeOf(weights)[1]});
  }

  TensorId WithState(TensorId seen, TensorId hidden) {
    return hidden == kNoTensor ? seen : Binary("Add", "sums", seen, Product("state", hidden, state_weights_));
  }

  // The activation function `which` of this direction, behind the limits of the attribute `clip`.
  TensorId Function(size_t which, const std::string& stem, TensorId x, bool clipped = true) {
    const Node& node = c_.origin();
    const float clip = node.Float("clip", 0.0F);
    if (clipped && clip > 0.0F) {
      const TensorId low = c_.Scalar(at_ + stem + "_low", -clip);
      const TensorId high = c_.Scalar(at_ + stem + "_high", clip);
      x = c_.Add("Clip", at_ + stem + "_clip", {x, low, high}, c_.ShapeOf(x));
    }
    const ops::RecurrentFunction function = ops::FunctionOfRecurrent(node, which_, which);
    const auto scaled = [&](const char* op, const std::string& name, TensorId from, float by) {
      return c_.Add(op, at_ + stem + name, {from, c_.Scalar(at_ + stem + name + "_by", by)}, c_.ShapeOf(from));
    };
    if (function.name == "Affine") {
      return scaled("Add", "", scaled("Mul", "_scaled", x, function.alpha.value_or(1.0F)),
                    function.beta.value_or(0.0F));
    }
    if (function.name == "ScaledTanh") {
      const TensorId inner = scaled("Mul", "_scaled", x, function.beta.value_or(1.0F));
      const TensorId tanh = c_.Add("Tanh", at_ + stem + "_tanh", {inner}, c_.ShapeOf(inner));
      return scaled("Mul", "", tanh, function.alpha.value_or(1.0F));
    }
    Composition::Attributes attributes;
    if (function.alpha) attributes["alpha"] = *function.alpha;
    if (function.beta && function.name == "HardSigmoid") attributes["beta"] = *function.beta;
    return c_.Add(function.name, at_ + stem, {x}, c_.ShapeOf(x), std::move(attributes));
  }

  // Gates lie in the order input, output, forget, cell.
  State Lstm(TensorId seen, const State& before) {
    const int64_t hidden = sizes_.hidden;
    const std::vector<TensorId> sums = c_.Split(at_ + "parts", WithState(seen, before.hidden), 1, {3 * hidden, hidden});
    const std::vector<TensorId> gates =
        c_.Split(at_ + "gate", Function(0, "gates", sums[0]), 1, {hidden, hidden, hidden});
    State after;
    after.cell = Binary("Mul", "added", gates[0], Function(1, "candidate", sums[1]));
    if (before.cell != kNoTensor) {
      after.cell = Binary("Add", "cell", after.cell, Binary("Mul", "kept", gates[2], before.cell));
    }
    after.hidden = Binary("Mul", "hidden", gates[1], Function(2, "seen_cell", after.cell, false));
    return after;
  }

  // Gates lie in the order update, reset, candidate.
  State Gru(TensorId seen, const State& before) {
    const int64_t hidden = sizes_.hidden;
    const bool stateless = before.hidden == kNoTensor;
    std::vector<TensorId> sums = c_.Split(at_ + "parts", seen, 1, {2 * hidden, hidden});
    TensorId of_state = kNoTensor;  // what is reset behind the product
    if (!stateless) {
      TensorId product = Product("state", before.hidden, state_weights_);
      if (IsLinear()) {
        const std::vector<TensorId> parts = c_.Split(at_ + "state_parts", product, 1, {2 * hidden, hidden});
        product = parts[0];
        of_state = Binary("Add", "state_bias", parts[1], candidate_bias_);
      }
      sums[0] = Binary("Add", "sums", sums[0], product);
    } else if (IsLinear()) {
      of_state = candidate_bias_;
    }
    const std::vector<TensorId> gates = c_.Split(at_ + "gate", Function(0, "gates", sums[0]), 1, {hidden, hidden});
    if (of_state != kNoTensor) {
      sums[1] = Binary("Add", "candidate_sum", sums[1], Binary("Mul", "reset", gates[1], of_state));
    } else if (!stateless) {
      const TensorId reset = Binary("Mul", "reset", gates[1], before.hidden);
      sums[1] = Binary("Add", "candidate_sum", sums[1], Product("reset_state", reset, candidate_weights_));
    }
    const TensorId candidate = Function(1, "candidate", sums[1]);
    // (1 - update) * candidate + update * before
    State after;
    if (stateless) {
      after.hidden = Binary("Sub", "hidden", candidate, Binary("Mul", "dropped", gates[0], candidate));
    } else {
      const TensorId distance = Binary("Sub", "distance", before.hidden, candidate);
      after.hidden = Binary("Add", "hidden", candidate, Binary("Mul", "kept", gates[0], distance));
    }
    return after;
  }

  const Graph& graph_;
  Composition& c_;
  const Sizes& sizes_;
  int64_t which_;
  std::string stem_;
  std::string at_;  // begins the names of a step
  TensorId state_weights_ = kNoTensor;
  TensorId candidate_weights_ = kNoTensor;
  TensorId candidate_bias_ = kNoTensor;
};

Sizes SizesOf(const Graph& graph, const Node& node) {
  const Shape& x = graph.tensor(node.inputs[0]).shape;
  const Shape& r = graph.tensor(node.inputs[kR]).shape;
  const bool batch_first = node.Int("layout", 0) != 0;
  return {x[batch_first ? 1 : 0], x[batch_first ? 0 : 1], x[2], r[2], r[1] / r[2], r[0], batch_first};
}

// One tensor (batch, hidden) for each direction; kNoTensor for what is zero.
std::vector<TensorId> InitialStates(const Graph& graph, Composition& c, const Sizes& sizes, size_t input) {
  const auto directions = static_cast<size_t>(sizes.directions);
  std::vector<TensorId> states(directions, kNoTensor);
  const Node& node = c.origin();
  if (input >= node.inputs.size() || node.inputs[input] == kNoTensor) return states;
  double value = 1.0;
  if (IsUniform(graph, node.inputs[input], &value) && value == 0.0) return states;
  const std::string stem = "initial" + std::to_string(input);
  states = {node.inputs[input]};
  if (directions > 1) states = c.Split(stem, states[0], sizes.batch_first ? 1 : 0, {1, 1});
  for (size_t d = 0; d < directions; ++d) {
    states[d] = c.Reshape(stem + "_" + std::to_string(d), states[d], {sizes.batch, sizes.hidden});
  }
  return states;
}

void PutOutputs(Composition& c, const Sizes& sizes, const std::vector<TensorId>& all,
                const std::vector<TensorId>& hidden, const std::vector<TensorId>& cells) {
  const Node& node = c.origin();
  const auto wanted = [&](size_t i) { return i < node.outputs.size() && node.outputs[i] != kNoTensor; };
  const std::vector<TensorId>* last[] = {&hidden, &cells};
  if (wanted(0)) {
    const TensorId y = c.Concat("all", all, 1);  // steps, directions, batch, hidden
    if (sizes.batch_first) {
      c.TransposeInto(node.outputs[0], "y", y, {2, 0, 1, 3});
    } else {
      c.ReshapeInto(node.outputs[0], "y", y);
    }
  }
  for (size_t i = 0; i < 2; ++i) {
    if (!wanted(i + 1)) continue;
    std::vector<TensorId> parts;
    for (const TensorId one : *last[i]) {
      const std::string stem = "last" + std::to_string(i) + "_" + std::to_string(parts.size());
      const int64_t batch = sizes.batch;
      parts.push_back(
          c.Reshape(stem, one, sizes.batch_first ? Shape{batch, 1, sizes.hidden} : Shape{1, batch, sizes.hidden}));
    }
    const std::string stem = "last" + std::to_string(i);
    c.ReshapeInto(node.outputs[i + 1], stem + "_out", c.Concat(stem, parts, sizes.batch_first ? 1 : 0));
  }
}

bool Rewrite(Graph& graph, const graph::Uses&, size_t index) {
  const Node& node = graph.nodes[index];
  if (node.op != "RNN" && node.op != "GRU" && node.op != "LSTM") return false;
  if (!graph::IsKnown(graph.tensor(node.inputs[0]).shape) || !ops::UnsupportedRecurrent(graph, node).empty()) {
    return false;
  }
  const Sizes sizes = SizesOf(graph, node);
  Composition c(graph, node);
  const TensorId x =
      sizes.batch_first ? c.Transpose("steps_first", c.origin().inputs[0], {1, 0, 2}) : c.origin().inputs[0];
  const std::vector<TensorId> hidden_before = InitialStates(graph, c, sizes, kHiddenState);
  const std::vector<TensorId> cells_before = c.origin().op == "LSTM" ? InitialStates(graph, c, sizes, kCellState)
                                                                     : std::vector<TensorId>{kNoTensor, kNoTensor};
  std::vector<TensorId> all;
  std::vector<TensorId> hidden;
  std::vector<TensorId> cells;
  for (int64_t d = 0; d < sizes.directions; ++d) {
    const auto at = static_cast<size_t>(d);
    State last;
    std::vector<TensorId> states = Direction(graph, c, sizes, d).Run(x, {hidden_before[at], cells_before[at]}, &last);
    const std::string stem = "direction" + std::to_string(d);
    for (size_t t = 0; t < states.size(); ++t) {
      states[t] = c.Reshape(stem + "_of" + std::to_string(t), states[t], {1, 1, sizes.batch, sizes.hidden});
    }
    all.push_back(c.Concat(stem, states, 0));
    hidden.push_back(last.hidden);
    cells.push_back(last.cell);
  }
  PutOutputs(c, sizes, all, hidden, cells);
  Retire(graph.nodes[index]);
  return true;
}

}  // namespace

int UnrollRecurrent(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
