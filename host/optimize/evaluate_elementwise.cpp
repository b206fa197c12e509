#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "optimize/constant_value.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;
using FloatBinary = double (*)(double, double);
using IntBinary = int64_t (*)(int64_t, int64_t);
using FloatUnary = double (*)(double);

// Integer arithmetic wraps around as ONNX Runtime's does, without undefined behaviour.
int64_t Wrap(uint64_t value) { return static_cast<int64_t>(value); }
int64_t AddInt(int64_t a, int64_t b) { return Wrap(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }
int64_t SubInt(int64_t a, int64_t b) { return Wrap(static_cast<uint64_t>(a) - static_cast<uint64_t>(b)); }
int64_t MulInt(int64_t a, int64_t b) { return Wrap(static_cast<uint64_t>(a) * static_cast<uint64_t>(b)); }
int64_t DivInt(int64_t a, int64_t b) { return b == -1 ? SubInt(0, a) : a / b; }
int64_t ModInt(int64_t a, int64_t b) {  // the sign of the divisor
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
int64_t FmodInt(int64_t a, int64_t b) { return b == -1 ? 0 : a % b; }  // the sign of the dividend
int64_t PowInt(int64_t a, int64_t b) {
  if (b < 0) return a == 1 ? 1 : (a == -1 ? (b % 2 == 0 ? 1 : -1) : 0);
  int64_t result = 1;
  for (; b > 0; b >>= 1, a = MulInt(a, a)) {
    if ((b & 1) != 0) result = MulInt(result, a);
  }
  return result;
}

struct Arithmetic {
  FloatBinary floats;
  IntBinary ints;
};

const std::map<std::string, Arithmetic>& ArithmeticTable() {
  static const std::map<std::string, Arithmetic> kTable = {
      {"Add", {[](double a, double b) { return a + b; }, AddInt}},
      {"Sub", {[](double a, double b) { return a - b; }, SubInt}},
      {"Mul", {[](double a, double b) { return a * b; }, MulInt}},
      {"Div", {[](double a, double b) { return a / b; }, DivInt}},
      {"Mod", {[](double a, double b) { return std::fmod(a, b); }, ModInt}},
      {"Pow", {[](double a, double b) { return std::pow(a, b); }, PowInt}},
      {"Min", {[](double a, double b) { return std::min(a, b); }, [](int64_t a, int64_t b) { return std::min(a, b); }}},
      {"Max", {[](double a, double b) { return std::max(a, b); }, [](int64_t a, int64_t b) { return std::max(a, b); }}},
  };
  return kTable;
}

const std::map<std::string, Arithmetic>& ComparisonTable() {
  // The integer functions give 0 or 1; the float ones likewise.
  static const std::map<std::string, Arithmetic> kTable = {
      {"Equal",
       {[](double a, double b) { return a == b ? 1.0 : 0.0; }, [](int64_t a, int64_t b) -> int64_t { return a == b; }}},
      {"Less",
       {[](double a, double b) { return a < b ? 1.0 : 0.0; }, [](int64_t a, int64_t b) -> int64_t { return a < b; }}},
      {"LessOrEqual",
       {[](double a, double b) { return a <= b ? 1.0 : 0.0; }, [](int64_t a, int64_t b) -> int64_t { return a <= b; }}},
      {"Greater",
       {[](double a, double b) { return a > b ? 1.0 : 0.0; }, [](int64_t a, int64_t b) -> int64_t { return a > b; }}},
      {"GreaterOrEqual",
       {[](double a, double b) { return a >= b ? 1.0 : 0.0; }, [](int64_t a, int64_t b) -> int64_t { return a >= b; }}},
      {"And", {nullptr, [](int64_t a, int64_t b) -> int64_t { return (a != 0 && b != 0) ? 1 : 0; }}},
      {"Or", {nullptr, [](int64_t a, int64_t b) -> int64_t { return (a != 0 || b != 0) ? 1 : 0; }}},
      {"Xor", {nullptr, [](int64_t a, int64_t b) -> int64_t { return (a != 0) != (b != 0) ? 1 : 0; }}},
  };
  return kTable;
}

const std::map<std::string, FloatUnary>& FloatUnaryTable() {
  static const std::map<std::string, FloatUnary> kTable = {
      {"Sqrt", [](double x) { return std::sqrt(x); }},       {"Log", [](double x) { return std::log(x); }},
      {"Floor", [](double x) { return std::floor(x); }},     {"Ceil", [](double x) { return std::ceil(x); }},
      {"Round", [](double x) { return std::nearbyint(x); }}, {"Reciprocal", [](double x) { return 1.0 / x; }},
      {"Erf", [](double x) { return std::erf(x); }},         {"Sin", [](double x) { return std::sin(x); }},
      {"Cos", [](double x) { return std::cos(x); }},
  };
  return kTable;
}

// Walks the elements of `shape` and gives, for each, the index into an operand that is broadcast to it.
class BroadcastIndex {
 public:
  BroadcastIndex(const graph::Shape& operand, const graph::Shape& shape) : shape_(shape), strides_(shape.size(), 0) {
    int64_t stride = 1;
    for (size_t i = 0; i < operand.size(); ++i) {
      const size_t from = operand.size() - 1 - i;
      strides_[shape.size() - 1 - i] = operand[from] == 1 ? 0 : stride;
      stride *= operand[from];
    }
  }
  size_t At(int64_t flat) const {
    int64_t index = 0;
    for (size_t i = shape_.size(); i-- > 0;) {
      index += flat % shape_[i] * strides_[i];
      flat /= shape_[i];
    }
    return static_cast<size_t>(index);
  }

 private:
  const graph::Shape& shape_;
  std::vector<int64_t> strides_;
};

using Results = std::optional<std::vector<Value>>;

Value Empty(ElementType type, const graph::Shape& shape) {
  Value value{type, shape, {}};
  const auto count = static_cast<size_t>(graph::ElementCount(shape));
  if (type == ElementType::kFloat) {
    value.data.floats.resize(count);
  } else {
    value.data.ints.resize(count);
  }
  return value;
}

bool AllPresent(const ValueInputs& inputs, size_t count) {
  return inputs.size() >= count &&
         std::all_of(inputs.begin(), inputs.end(), [](const Value* v) { return v != nullptr; });
}

bool DividesByZero(const std::string& op, const Value& divisor) {
  if ((op != "Div" && op != "Mod") || divisor.is_float()) return false;
  return std::find(divisor.data.ints.begin(), divisor.data.ints.end(), 0) != divisor.data.ints.end();
}

Results Binary(const graph::Node& node, const Arithmetic& function, const ValueInputs& inputs, ElementType type,
               const graph::Shape& shape) {
  if (!AllPresent(inputs, 2)) return std::nullopt;
  Value left = *inputs[0];
  for (size_t operand = 1; operand < inputs.size(); ++operand) {
    const Value& right = *inputs[operand];
    if (left.is_float() != right.is_float() || DividesByZero(node.op, right)) return std::nullopt;
    if (left.is_float() && function.floats == nullptr) return std::nullopt;
    Value result = Empty(type, shape);
    const BroadcastIndex left_index(left.shape, shape);
    const BroadcastIndex right_index(right.shape, shape);
    for (int64_t i = 0; i < result.count(); ++i) {
      const size_t a = left_index.At(i);
      const size_t b = right_index.At(i);
      const auto at = static_cast<size_t>(i);
      if (!left.is_float()) {
        result.data.ints[at] = function.ints(left.data.ints[a], right.data.ints[b]);
        continue;
      }
      const double number = function.floats(left.data.floats[a], right.data.floats[b]);
      if (type == ElementType::kFloat) {
        result.data.floats[at] = static_cast<float>(number);
      } else {
        result.data.ints[at] = number != 0.0 ? 1 : 0;
      }
    }
    left = std::move(result);
  }
  return std::vector<Value>{std::move(left)};
}

Results Where(const ValueInputs& inputs, const graph::Shape& shape) {
  if (!AllPresent(inputs, 3) || inputs[0]->is_float() || inputs[1]->is_float() != inputs[2]->is_float()) {
    return std::nullopt;
  }
  Value result = Empty(inputs[1]->type, shape);
  const BroadcastIndex condition(inputs[0]->shape, shape);
  const BroadcastIndex yes(inputs[1]->shape, shape);
  const BroadcastIndex no(inputs[2]->shape, shape);
  for (int64_t i = 0; i < result.count(); ++i) {
    const bool chosen = inputs[0]->data.ints[condition.At(i)] != 0;
    const Value& source = chosen ? *inputs[1] : *inputs[2];
    const size_t from = chosen ? yes.At(i) : no.At(i);
    if (result.is_float()) {
      result.data.floats[static_cast<size_t>(i)] = source.data.floats[from];
    } else {
      result.data.ints[static_cast<size_t>(i)] = source.data.ints[from];
    }
  }
  return std::vector<Value>{std::move(result)};
}

int64_t Truncate(float value) {
  if (std::isnan(value)) return 0;
  constexpr float kLimit = 9223372036854775808.0F;
  if (value >= kLimit) return std::numeric_limits<int64_t>::max();
  if (value < -kLimit) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

Results Cast(const Value& from, ElementType to) {
  Value result = Empty(to, from.shape);
  for (size_t i = 0; i < static_cast<size_t>(from.count()); ++i) {
    if (to == ElementType::kFloat) {
      result.data.floats[i] = from.is_float() ? from.data.floats[i] : static_cast<float>(from.data.ints[i]);
    } else if (to == ElementType::kBool) {
      result.data.ints[i] = (from.is_float() ? from.data.floats[i] != 0.0F : from.data.ints[i] != 0) ? 1 : 0;
    } else {
      result.data.ints[i] = from.is_float() ? Truncate(from.data.floats[i]) : from.data.ints[i];
    }
  }
  return std::vector<Value>{std::move(result)};
}

// Neg, Abs, Sign and Not of any type, the float functions, and the activations.
Results Unary(const graph::Graph& graph, const graph::Node& node, const Value& from) {
  Value result = from;
  const auto function = FloatUnaryTable().find(node.op);
  const graph::Activation activation = graph::ActivationOf(graph, node);
  if (node.op == "Not" && !from.is_float()) {
    for (int64_t& x : result.data.ints) x = x == 0 ? 1 : 0;
  } else if (node.op == "Neg") {
    for (int64_t& x : result.data.ints) x = SubInt(0, x);
    for (float& x : result.data.floats) x = -x;
  } else if (node.op == "Abs") {
    for (int64_t& x : result.data.ints) x = x < 0 ? SubInt(0, x) : x;
    for (float& x : result.data.floats) x = std::abs(x);
  } else if (node.op == "Sign") {
    for (int64_t& x : result.data.ints) x = x > 0 ? 1 : (x < 0 ? -1 : 0);
    for (float& x : result.data.floats) x = x > 0.0F ? 1.0F : (x < 0.0F ? -1.0F : 0.0F);
  } else if (function != FloatUnaryTable().end() && from.is_float()) {
    for (float& x : result.data.floats) x = static_cast<float>(function->second(x));
  } else if (activation.kind != graph::ActivationKind::kNone && from.is_float()) {
    for (float& x : result.data.floats) x = static_cast<float>(graph::Evaluate(activation, x));
  } else if (activation.kind == graph::ActivationKind::kClip) {
    for (int64_t& x : result.data.ints)
      x = Truncate(static_cast<float>(graph::Evaluate(activation, static_cast<double>(x))));
  } else {
    return std::nullopt;
  }
  return std::vector<Value>{std::move(result)};
}

}  // namespace

Results EvaluateElementwise(const graph::Graph& graph, const graph::Node& node, const ValueInputs& inputs) {
  const graph::Tensor& output = graph.tensor(node.outputs[0]);
  const auto arithmetic = ArithmeticTable().find(node.op);
  if (arithmetic != ArithmeticTable().end()) {
    if (node.op == "Mod" && node.Int("fmod", 0) != 0) {
      return Binary(node, {arithmetic->second.floats, FmodInt}, inputs, output.type, output.shape);
    }
    return Binary(node, arithmetic->second, inputs, output.type, output.shape);
  }
  const auto comparison = ComparisonTable().find(node.op);
  if (comparison != ComparisonTable().end()) {
    return Binary(node, comparison->second, inputs, output.type, output.shape);
  }
  if (node.op == "Where") return Where(inputs, output.shape);
  if (inputs.empty() || inputs[0] == nullptr) return std::nullopt;
  if (node.op == "Cast") return Cast(*inputs[0], output.type);
  return Unary(graph, node, *inputs[0]);
}

}  // namespace lockstep::optimize
