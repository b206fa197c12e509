#include "optimize/truth_nodes.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "graph/constants.h"
#include "optimize/where_branches.h"

namespace lockstep::optimize {

using graph::ElementType;
using graph::TensorId;

namespace {

// Stands for infinity in a branch of Where (see BranchesFit). Behind it exp is 0 as well.
constexpr float kFar = 16777216.0F;

}  // namespace

bool IsComparison(const std::string& op) {
  return op == "Less" || op == "LessOrEqual" || op == "Greater" || op == "GreaterOrEqual" || op == "Equal";
}

bool IsQuestion(const std::string& op) { return op == "IsNaN" || op == "IsInf"; }

bool IsLogic(const std::string& op) { return op == "Not" || op == "And" || op == "Or" || op == "Xor"; }

TensorId TruthAsFloats(graph::Graph& graph, TensorId id) {
  const graph::Tensor& tensor = graph.tensor(id);
  if (!tensor.constant || tensor.type == ElementType::kFloat) return id;
  const std::vector<int64_t>& ints = tensor.constant->ints;
  const graph::Shape shape = tensor.shape;
  return graph::AddFloats(graph, tensor.name + "/numbers", shape, {ints.begin(), ints.end()});
}

TensorId TruthWriter::Add(const std::string& op, const std::vector<TensorId>& inputs,
                          std::map<std::string, graph::Attribute> attributes) {
  const TensorId output = graph_.AddTensor({graph_.UniqueName(graph_.tensor(node_.outputs[0]).name + "/" + op),
                                            ElementType::kFloat, graph::kUnknownShape, std::nullopt});
  made_.push_back({op, node_.name, inputs, {output}, std::move(attributes), {}, graph::kNoTensor, node_.onnx_nodes});
  return output;
}

TensorId TruthWriter::Differ(TensorId a, TensorId b) { return Mask("IsAtLeast", Add("Abs", {Difference(a, b)}), 0.5F); }

bool TruthWriter::IsNumber(TensorId id, double number) const {
  double value = 0.0;
  return graph::IsUniform(graph_, id, &value) && value == number;
}

std::vector<graph::Node> TruthWriter::Write() {
  if (IsComparison(node_.op)) {
    Compare();
  } else if (IsQuestion(node_.op)) {
    Ask();
  } else if (IsLogic(node_.op)) {
    Connect();
  } else if (node_.op == "Cast") {
    Cast();
  } else {
    Choose();
  }
  made_.back().outputs = node_.outputs;
  return std::move(made_);
}

// With a number: from the next float on, what is above a number is at least that float.
bool TruthWriter::CompareWithNumber() {
  for (const size_t side : {size_t{1}, size_t{0}}) {
    double number = 0.0;
    const TensorId x = node_.inputs[1 - side];
    if (!graph::IsUniform(graph_, node_.inputs[side], &number)) continue;
    if (graph_.tensor(x).shape != graph_.tensor(node_.outputs[0]).shape) return false;
    const auto value = static_cast<float>(number);
    const float next = std::nextafter(value, std::numeric_limits<float>::infinity());
    if (!std::isfinite(value) || !std::isfinite(next)) return false;
    const bool less = node_.op == "Less" || node_.op == "LessOrEqual";
    const bool or_equal = node_.op == "LessOrEqual" || node_.op == "GreaterOrEqual";
    if (node_.op == "Equal") {
      Mask("IsEqual", x, value);
    } else if (less == (side == 1)) {
      Mask("IsBelow", x, or_equal ? next : value);
    } else {
      Mask("IsAtLeast", x, or_equal ? value : next);
    }
    return true;
  }
  return false;
}

void TruthWriter::Compare() {
  const TensorId a = TruthAsFloats(graph_, node_.inputs[0]);
  const TensorId b = TruthAsFloats(graph_, node_.inputs[1]);
  if (graph_.tensor(node_.inputs[0]).type == ElementType::kBool) {
    Not(Differ(a, b));
  } else if (CompareWithNumber()) {
    return;
  } else if (node_.op == "Equal") {
    Mask("IsEqual", Difference(a, b), 0.0F);
  } else if (node_.op == "Less") {
    Mask("IsBelow", Difference(a, b), 0.0F);
  } else if (node_.op == "Greater") {
    Mask("IsBelow", Difference(b, a), 0.0F);
  } else {
    Mask("IsAtLeast", node_.op == "LessOrEqual" ? Difference(b, a) : Difference(a, b), 0.0F);
  }
}

// A NaN is neither below a number nor at least that; beyond the largest number only infinity lies.
void TruthWriter::Ask() {
  constexpr float kLargest = std::numeric_limits<float>::max();
  const TensorId x = node_.inputs[0];
  if (node_.op == "IsNaN") {
    Not(Add("Add", {Mask("IsBelow", x, 0.0F), Mask("IsAtLeast", x, 0.0F)}));
    return;
  }
  const bool negative = node_.Int("detect_negative", 1) != 0;
  const bool positive = node_.Int("detect_positive", 1) != 0;
  const TensorId size = positive && negative ? Add("Abs", {x}) : x;
  if (positive || !negative) {
    const TensorId found = Mask("IsBelow", Add("Neg", {size}), -kLargest);
    if (!positive) Mask("IsAtLeast", found, 2.0F);  // neither is asked for
  } else {
    Mask("IsBelow", x, -kLargest);
  }
}

void TruthWriter::Connect() {
  const TensorId a = TruthAsFloats(graph_, node_.inputs[0]);
  if (node_.op == "Not") {
    Not(a);
    return;
  }
  const TensorId b = TruthAsFloats(graph_, node_.inputs[1]);
  if (node_.op == "And") {
    Add("Mul", {a, b});
  } else if (node_.op == "Or") {
    Mask("IsAtLeast", Add("Add", {a, b}), 0.5F);
  } else {
    Differ(a, b);
  }
}

// Of truth values nothing; of a number whether it is another than 0.
void TruthWriter::Cast() {
  if (node_.Int("to", graph::kOnnxFloat) == graph::kOnnxFloat) {
    Add("Identity", {node_.inputs[0]});
  } else {
    Not(Mask("IsEqual", node_.inputs[0], 0.0F));
  }
}

TensorId TruthWriter::Finite(TensorId branch) {
  const graph::Tensor& tensor = graph_.tensor(branch);
  if (!tensor.constant) return branch;
  std::vector<float> values = tensor.constant->floats;
  const bool finite = std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
  if (finite) return branch;
  for (float& x : values) x = std::isinf(x) ? std::copysign(kFar, x) : x;
  const graph::Shape shape = tensor.shape;
  return graph::AddFloats(graph_, tensor.name + "/finite", shape, std::move(values));
}

TensorId TruthWriter::MaskOf(bool yes) {
  TensorId& mask = masks_[yes ? 1 : 0];
  if (mask == graph::kNoTensor) mask = yes ? TruthAsFloats(graph_, node_.inputs[0]) : Not(MaskOf(true));
  return mask;
}

// The number where it is chosen, elsewhere one for which the operator is defined.
TensorId TruthWriter::Safe(const std::string& op, TensorId x, bool yes) {
  const TensorId kept = Add("Mul", {x, MaskOf(yes)});
  TensorId other = MaskOf(!yes);
  if (op == "Atanh") other = Add("Mul", {other, graph::AddFloats(graph_, node_.name + "/half", {}, {0.5F})});
  return Add("Add", {kept, other});
}

// Where the condition asks about a number because a function of it is infinite or NaN for others, as the logarithm of
// what is not above 0, the branch is computed of chosen numbers alone: 0 times infinity is no number.
TensorId TruthWriter::Guarded(TensorId branch, bool yes, int depth) {
  const auto [known, first] = guarded_[yes ? 1 : 0].try_emplace({branch, depth}, branch);
  if (first) known->second = GuardedCopy(branch, yes, depth);
  return known->second;
}

TensorId TruthWriter::GuardedCopy(TensorId branch, bool yes, int depth) {
  const auto at = static_cast<size_t>(branch);
  if (depth == 0 || at >= uses_.producer.size() || uses_.producer[at] < 0) return branch;
  if (asked_.empty()) asked_ = MadeFrom(graph_, uses_, node_.inputs[0]);
  if (asked_.count(branch) != 0) return branch;
  graph::Node copy = graph_.nodes[static_cast<size_t>(uses_.producer[at])];
  const TensorId risky = RiskyInput(graph_, copy);
  const bool arithmetic = copy.op == "Add" || copy.op == "Sub" || copy.op == "Mul" || copy.op == "Div";
  const bool function = graph::ActivationOf(graph_, copy).kind != graph::ActivationKind::kNone;
  if ((!arithmetic && !function) || graph_.tensor(copy.outputs[0]).type != ElementType::kFloat) return branch;
  bool changed = false;
  for (TensorId& input : copy.inputs) {
    if (input == graph::kNoTensor || graph_.tensor(input).constant) continue;
    const TensorId before = input;
    input = input == risky && asked_.count(input) != 0 ? Safe(copy.op, input, yes) : Guarded(input, yes, depth - 1);
    changed = changed || input != before;
  }
  if (!changed) return branch;
  copy.outputs = {graph_.AddTensor(
      {graph_.UniqueName(graph_.tensor(branch).name + "/chosen"), ElementType::kFloat, graph::kUnknownShape, {}})};
  made_.push_back(copy);
  return copy.outputs[0];
}

// The branch where it is chosen, 0 elsewhere.
TensorId TruthWriter::Chosen(TensorId branch, bool yes) {
  constexpr int kDeepest = 8;  // optimize.h says so
  const bool adds_no_axes = graph_.tensor(branch).shape.size() <= graph_.tensor(node_.inputs[0]).shape.size() &&
                            graph::ElementCount(graph_.tensor(branch).shape) == 1;
  if (IsNumber(branch, 1.0) && adds_no_axes) return MaskOf(yes);
  const TensorId finite = Guarded(Finite(branch), yes, kDeepest);
  return Add("Mul", {finite, MaskOf(yes)});
}

void TruthWriter::Choose() {
  const TensorId yes = TruthAsFloats(graph_, node_.inputs[1]);
  const TensorId no = TruthAsFloats(graph_, node_.inputs[2]);
  // A branch of zeros needs no mask, but its shape counts, and so does that of the mask.
  const bool zeros = IsNumber(yes, 0.0) && IsNumber(no, 0.0);
  const TensorId chosen = IsNumber(yes, 0.0) && !zeros ? yes : Chosen(yes, true);
  const TensorId other = IsNumber(no, 0.0) ? no : Chosen(no, false);
  Add("Add", {chosen, other});
}

}  // namespace lockstep::optimize
