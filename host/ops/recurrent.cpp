#include "ops/recurrent.h"

#include <algorithm>
#include <cmath>

#include "graph/constants.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;
using graph::Shape;

constexpr size_t kW = 1;
constexpr size_t kR = 2;
constexpr size_t kB = 3;
constexpr size_t kLengths = 4;
constexpr size_t kState = 5;

int64_t Directions(const graph::Node& node) { return node.String("direction", "forward") == "bidirectional" ? 2 : 1; }

void RequireShape(const InferContext& context, size_t input, const Shape& wanted) {
  if (!context.Has(input)) return;
  context.Require(context.Shape(input) == wanted, "its input " + std::to_string(input) + " has shape " +
                                                      graph::ToString(context.Shape(input)) + " instead of " +
                                                      graph::ToString(wanted));
}

// The activation functions of a direction where the node names none.
std::vector<std::string> OwnFunctions(const graph::Node& node) {
  if (node.op == "LSTM") return {"Sigmoid", "Tanh", "Tanh"};
  if (node.op == "GRU") return {"Sigmoid", "Tanh"};
  return {"Tanh"};
}

// ONNX's activation functions, and which of them take an alpha or a beta.
struct FunctionRow {
  const char* name;
  graph::ActivationKind kind;  // kNone: no operator computes it
  bool takes_alpha, takes_beta;
  float alpha, beta;  // where the node gives none
};

const FunctionRow* RowOf(const std::string& name) {
  using Kind = graph::ActivationKind;
  static constexpr FunctionRow kRows[] = {
      {"Affine", Kind::kNone, true, true, 1.0F, 0.0F},
      {"Elu", Kind::kElu, true, false, 1.0F, 0.0F},
      {"HardSigmoid", Kind::kHardSigmoid, true, true, 0.2F, 0.5F},
      {"LeakyRelu", Kind::kLeakyRelu, true, false, 0.01F, 0.0F},
      {"Relu", Kind::kRelu, false, false, 0.0F, 0.0F},
      {"ScaledTanh", Kind::kNone, true, true, 1.0F, 1.0F},
      {"Sigmoid", Kind::kSigmoid, false, false, 0.0F, 0.0F},
      {"Softplus", Kind::kSoftplus, false, false, 0.0F, 0.0F},
      {"Softsign", Kind::kSoftsign, false, false, 0.0F, 0.0F},
      {"Tanh", Kind::kTanh, false, false, 0.0F, 0.0F},
      {"ThresholdedRelu", Kind::kThresholdedRelu, true, false, 1.0F, 0.0F},
  };
  const auto* found =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const auto& row) { return name == row.name; });
  return found == std::end(kRows) ? nullptr : found;
}

// Null for a name that ONNX does not have.
ScalarFunction FunctionOf(const RecurrentFunction& function) {
  const FunctionRow* row = RowOf(function.name);
  if (row == nullptr) return nullptr;
  const double alpha = function.alpha.value_or(row->alpha);
  const double beta = function.beta.value_or(row->beta);
  if (function.name == "Affine") return [=](double x) { return alpha * x + beta; };
  if (function.name == "ScaledTanh") return [=](double x) { return alpha * std::tanh(beta * x); };
  return [activation = graph::Activation{row->kind, alpha, beta}](double x) { return graph::Evaluate(activation, x); };
}

}  // namespace

void InferRecurrent(InferContext& context, int64_t gates) {
  context.OneOf("direction", "forward", {"forward", "reverse", "bidirectional"});
  const int64_t directions = Directions(context.node);
  const bool batch_first = context.Flag("layout", false);
  context.Require(context.Rank(0) == 3, "its input has shape " + graph::ToString(context.Shape(0)) +
                                            "; three axes (steps, batch, inputs) are needed");
  const Shape& x = context.Shape(0);
  const int64_t steps = x[batch_first ? 1 : 0];
  const int64_t batch = x[batch_first ? 0 : 1];
  context.Require(context.Rank(kR) == 3, "its weights R have shape " + graph::ToString(context.Shape(kR)) +
                                             "; three axes (directions, gates, hidden) are needed");
  const int64_t hidden = context.Int("hidden_size", context.Shape(kR)[2], 1, kLargestEntry);
  RequireShape(context, kW, {directions, gates * hidden, x[2]});
  RequireShape(context, kR, {directions, gates * hidden, hidden});
  RequireShape(context, kB, {directions, 2 * gates * hidden});
  RequireShape(context, kLengths, {batch});
  context.RequireType(kLengths, ElementType::kInt64);
  const Shape state = batch_first ? Shape{batch, directions, hidden} : Shape{directions, batch, hidden};
  for (const size_t i : {size_t{0}, kW, kR, kB}) context.RequireType(i, ElementType::kFloat);
  for (size_t i = kState; i < context.node.inputs.size(); ++i) context.RequireType(i, ElementType::kFloat);
  for (size_t i = kState; i < std::min<size_t>(context.node.inputs.size(), kState + 2); ++i) {
    RequireShape(context, i, state);
  }
  context.Real("clip", 0.0F);
  context.node.Strings("activations", {});
  for (const char* key : {"activation_alpha", "activation_beta"}) context.node.Floats(key, {});
  context.Set(ElementType::kFloat,
              batch_first ? Shape{batch, steps, directions, hidden} : Shape{steps, directions, batch, hidden});
  for (size_t i = 1; i < context.node.outputs.size(); ++i) context.Set(ElementType::kFloat, state, i);
}

Gates GatesOf(const Call& call, int64_t gates) { return {call.In(0).shape[2], call.In(kR).shape[2], gates}; }

double Gates::OfInput(const Step& step, int64_t gate, int64_t unit) const {
  const int64_t row = gate * hidden + unit;
  double sum = step.direction.b == nullptr ? 0.0 : step.direction.b[row];
  for (int64_t i = 0; i < inputs; ++i) sum += static_cast<double>(step.x[i]) * step.direction.w[row * inputs + i];
  return sum;
}

double Gates::OfState(const Step& step, int64_t gate, int64_t unit, const std::vector<double>& state) const {
  const int64_t row = gate * hidden + unit;
  double sum = step.direction.b == nullptr ? 0.0 : step.direction.b[gates * hidden + row];
  for (int64_t i = 0; i < hidden; ++i) sum += state[static_cast<size_t>(i)] * step.direction.r[row * hidden + i];
  return sum;
}

double Clipped(const Call& call, double value) {
  const float clip = call.node.Float("clip", 0.0F);
  return clip > 0.0F ? std::clamp<double>(value, -clip, clip) : value;
}

RecurrentFunction FunctionOfRecurrent(const graph::Node& node, int64_t direction, size_t which) {
  const std::vector<std::string> own = OwnFunctions(node);
  const std::vector<std::string> names = node.Strings("activations", {});
  const std::vector<float> alphas = node.Floats("activation_alpha", {});
  const std::vector<float> betas = node.Floats("activation_beta", {});
  const size_t at = static_cast<size_t>(direction) * own.size() + which;
  RecurrentFunction function;
  // The numbers are those of the functions that take one, in order, of one direction behind the other.
  auto alpha = alphas.begin();
  auto beta = betas.begin();
  for (size_t i = 0; i <= at; ++i) {
    function = {names.empty() ? own[i % own.size()] : i < names.size() ? names[i] : "", {}, {}};
    const FunctionRow* row = RowOf(function.name);
    if (row == nullptr) continue;
    if (row->takes_alpha && alpha != alphas.end()) function.alpha = *alpha++;
    if (row->takes_beta && beta != betas.end()) function.beta = *beta++;
  }
  return function;
}

std::string UnsupportedRecurrent(const graph::Graph& graph, const graph::Node& node) {
  constexpr int64_t kMostSteps = 256;
  constexpr size_t kPeepholes = 7;
  const auto zero = [&](size_t input) {
    double value = 1.0;
    return !HasInput(node, input) || (graph::IsUniform(graph, node.inputs[input], &value) && value == 0.0);
  };
  for (const size_t input : {kW, kR, kB}) {
    if (!HasInput(node, input)) continue;
    const std::string what = input == kB ? "its biases" : "its weights";
    if (!graph::IsConstant(graph, node.inputs[input])) return what + " are computed";
    if (!AllFinite(graph, node.inputs[input])) return what + " contain infinity or NaN";
  }
  if (!zero(kPeepholes)) return "its peepholes are not supported; export the network without them";
  if (node.op == "LSTM" && node.Int("input_forget", 0) != 0)
    return "its attribute 'input_forget' is 1; only 0 is supported";
  const int64_t steps = graph.tensor(node.inputs[0]).shape[node.Int("layout", 0) != 0 ? 1 : 0];
  if (steps < 1 || steps > kMostSteps) {
    return "it has " + std::to_string(steps) + " steps; 1 to " + std::to_string(kMostSteps) +
           " are supported: export the network for shorter sequences";
  }
  if (HasInput(node, kLengths)) {
    const bool constant = graph::IsConstant(graph, node.inputs[kLengths]);
    const std::vector<int64_t> lengths = constant ? graph.Ints(node.inputs[kLengths]) : std::vector<int64_t>{-1};
    if (std::any_of(lengths.begin(), lengths.end(), [&](int64_t length) { return length < steps; })) {
      return "its sequences have lengths of their own (sequence_lens); only sequences of all " + std::to_string(steps) +
             " steps are supported";
    }
  }
  for (int64_t direction = 0; direction < Directions(node); ++direction) {
    for (size_t i = 0; i < OwnFunctions(node).size(); ++i) {
      const RecurrentFunction function = FunctionOfRecurrent(node, direction, i);
      // The ones without an operator of their name are written with Mul, Add and Tanh.
      const bool composed = function.name == "Affine" || function.name == "ScaledTanh";
      const Op* op = FindOp(function.name);
      const bool lowered = op != nullptr && op->layout != LayoutKind::kUnsupported;
      if (FunctionOf(function) == nullptr || !(composed || lowered)) {
        return "its activation function '" + function.name + "' is not supported";
      }
    }
  }
  return {};
}

Results RunRecurrent(const Call& call, const Gates& gates, const StepFunction& step) {
  const Value& x = call.In(0);
  const bool batch_first = call.node.Int("layout", 0) != 0;
  const int64_t steps = x.shape[batch_first ? 1 : 0];
  const int64_t batch = x.shape[batch_first ? 0 : 1];
  const int64_t directions = Directions(call.node);
  const int64_t hidden = gates.hidden;

  std::vector<Value> results = {MakeValue(ElementType::kFloat, call.Shape())};
  const Shape state = batch_first ? Shape{batch, directions, hidden} : Shape{directions, batch, hidden};
  results.push_back(MakeValue(ElementType::kFloat, state));
  // Where a state begins, of one direction and batch.
  const auto place = [&](int64_t d, int64_t n) { return (batch_first ? n * directions + d : d * batch + n) * hidden; };
  for (int64_t d = 0; d < directions; ++d) {
    Direction direction;
    direction.backward = d == 1 || call.node.String("direction", "forward") == "reverse";
    for (size_t i = 0; i < OwnFunctions(call.node).size(); ++i) {
      direction.functions.push_back(FunctionOf(FunctionOfRecurrent(call.node, d, i)));
      if (direction.functions.back() == nullptr) return std::nullopt;
    }
    direction.w = call.In(kW).data.floats.data() + d * gates.gates * hidden * gates.inputs;
    direction.r = call.In(kR).data.floats.data() + d * gates.gates * hidden * hidden;
    if (call.Has(kB)) direction.b = call.In(kB).data.floats.data() + d * 2 * gates.gates * hidden;
    for (int64_t n = 0; n < batch; ++n) {
      std::vector<double> now(static_cast<size_t>(hidden), 0.0);
      if (call.Has(kState)) {
        const auto from = call.In(kState).data.floats.begin() + place(d, n);
        now.assign(from, from + hidden);
      }
      int64_t length = steps;
      if (call.Has(kLengths))
        length = std::clamp<int64_t>(call.In(kLengths).data.ints[static_cast<size_t>(n)], 0, steps);
      for (int64_t i = 0; i < length; ++i) {
        const int64_t t = direction.backward ? length - 1 - i : i;
        const int64_t row = batch_first ? n * steps + t : t * batch + n;
        step({direction, x.data.floats.data() + row * gates.inputs, now, static_cast<size_t>(d),
              static_cast<size_t>(n)});
        const int64_t to = (batch_first ? row * directions + d : (t * directions + d) * batch + n) * hidden;
        std::transform(now.begin(), now.end(), results[0].data.floats.begin() + to,
                       [](double value) { return static_cast<float>(value); });
      }
      std::transform(now.begin(), now.end(), results[1].data.floats.begin() + place(d, n),
                     [](double value) { return static_cast<float>(value); });
    }
  }
  return results;
}

}  // namespace lockstep::ops
