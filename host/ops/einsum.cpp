#include <algorithm>
#include <cctype>
#include <map>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

// An equation such as "bij,bjk->bik" for given operands. A letter is a label; each axis under an ellipsis has a label
// of its own, counted from the last one and written as a control character.
struct Equation {
  std::vector<std::string> operands;
  std::string output;
};

constexpr size_t kMostHidden = 16;  // axes under an ellipsis

std::string Labels(const std::string& term, size_t hidden) {
  std::string labels;
  for (size_t i = 0; i < term.size(); ++i) {
    if (term[i] == ' ') continue;
    if (term.compare(i, 3, "...") == 0) {
      for (size_t axis = hidden; axis > 0; --axis) labels += static_cast<char>(axis);
      i += 2;
    } else {
      labels += term[i];
    }
  }
  return labels;
}

bool HasEllipsis(const std::string& term) { return term.find("...") != std::string::npos; }

// Without "->" the output has what stands under the ellipsis and then every letter that stands once, by the alphabet.
std::string Implied(const std::vector<std::string>& operands, size_t hidden) {
  std::string output;
  for (size_t axis = hidden; axis > 0; --axis) output += static_cast<char>(axis);
  std::string all;
  for (const std::string& labels : operands) all += labels;
  std::string letters;
  for (const char label : all) {
    if (label > static_cast<char>(kMostHidden) && std::count(all.begin(), all.end(), label) == 1) letters += label;
  }
  std::sort(letters.begin(), letters.end());
  return output + letters;
}

// `ranks`: of the operands.
Equation Parse(const std::string& text, const std::vector<size_t>& ranks) {
  const size_t arrow = text.find("->");
  const std::string left = text.substr(0, arrow);
  std::vector<std::string> terms(1);
  for (const char c : left) {
    if (c == ',') {
      terms.emplace_back();
    } else {
      terms.back() += c;
    }
  }
  Equation equation;
  size_t most_hidden = 0;
  for (size_t i = 0; i < terms.size(); ++i) {
    size_t hidden = 0;
    if (HasEllipsis(terms[i]) && i < ranks.size()) {
      const size_t named = Labels(terms[i], 0).size();
      hidden = ranks[i] > named ? ranks[i] - named : 0;
    }
    most_hidden = std::max(most_hidden, hidden);
    equation.operands.push_back(Labels(terms[i], std::min(hidden, kMostHidden)));
  }
  most_hidden = std::min(most_hidden, kMostHidden);
  equation.output = arrow == std::string::npos ? Implied(equation.operands, most_hidden)
                                               : Labels(text.substr(arrow + 2), most_hidden);
  return equation;
}

using Extents = std::map<char, int64_t>;

// An axis of 1 goes with every other one.
void Widen(Extents& extents, char label, int64_t here) {
  int64_t& extent = extents.emplace(label, 1).first->second;
  if (here != 1) extent = here;
}

// Blanks, one arrow, and in each term letters and one ellipsis at most. What an ellipsis of the inputs stands for has a
// place in an output that is written out.
bool IsWellFormed(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const size_t arrow = text.find("->");
  const bool left = HasEllipsis(text.substr(0, arrow));
  if (arrow != std::string::npos) {
    std::string output = text.substr(arrow + 2);
    if (left && !HasEllipsis(output)) return false;
    std::sort(output.begin(), output.end());
    const auto letters = std::find_if(output.begin(), output.end(), [](char c) { return c != '.'; });
    if (std::adjacent_find(letters, output.end()) != output.end() || text.find(',', arrow) != text.npos) return false;
    text.replace(arrow, 2, ",");
  }
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    std::string term = text.substr(begin, end - begin);
    const size_t ellipsis = term.find("...");
    if (ellipsis != std::string::npos) term.erase(ellipsis, 3);
    if (!std::all_of(term.begin(), term.end(), [](unsigned char c) { return std::isalpha(c) != 0; })) return false;
    begin = end + 1;
  }
  return true;
}

void Infer(InferContext& context) {
  const std::string text = context.node.String("equation", "");
  std::vector<size_t> ranks;
  for (size_t i = 0; i < context.node.inputs.size(); ++i) ranks.push_back(context.Shape(i).size());
  context.RequireOneType(0);
  context.RequireType(0, graph::ElementType::kFloat);
  const std::string where = "its attribute 'equation' is '" + text + "'";
  context.Require(IsWellFormed(text), where +
                                          "; allowed: letters, '...' once in each term, and '->' once, with an "
                                          "output that names each letter once and has the inputs' '...'");
  const Equation equation = Parse(text, ranks);
  context.Require(equation.operands.size() == ranks.size(),
                  where + "; allowed: one term for each of " + std::to_string(ranks.size()) + " inputs");
  Extents extents;
  for (size_t i = 0; i < ranks.size(); ++i) {
    const std::string& labels = equation.operands[i];
    context.Require(labels.size() == ranks[i], where + ", which does not fit input " + std::to_string(i) +
                                                   " of shape " + graph::ToString(context.Shape(i)));
    for (size_t axis = 0; axis < labels.size(); ++axis) {
      const int64_t extent = extents.emplace(labels[axis], 1).first->second;
      const int64_t here = context.Shape(i)[axis];
      context.Require(extent == 1 || here == 1 || here == extent,
                      where + ", but input " + std::to_string(i) + " has shape " + graph::ToString(context.Shape(i)));
      Widen(extents, labels[axis], here);
    }
  }
  Shape shape;
  for (const char label : equation.output) {
    context.Require(extents.count(label) != 0, where + "; its output names what no input has");
    shape.push_back(extents.at(label));
  }
  context.Set(graph::ElementType::kFloat, shape);
}

// How far an operand's element moves for one step of each label in `order`.
std::vector<int64_t> StridesOf(const std::string& labels, const Shape& shape, const std::string& order) {
  const std::vector<int64_t> dense = Strides(shape);
  std::vector<int64_t> strides(order.size(), 0);
  for (size_t axis = 0; axis < labels.size(); ++axis) {
    if (shape[axis] != 1) strides[order.find(labels[axis])] += dense[axis];
  }
  return strides;
}

Results Evaluate(const Call& call) {
  std::vector<size_t> ranks;
  for (const Value* value : call.inputs) ranks.push_back(value->shape.size());
  const Equation equation = Parse(call.node.String("equation", ""), ranks);
  // The output's labels first, so that the sums come in its order.
  Extents extents;
  std::string order = equation.output;
  for (size_t i = 0; i < ranks.size(); ++i) {
    for (size_t axis = 0; axis < ranks[i]; ++axis) {
      const char label = equation.operands[i][axis];
      if (order.find(label) == std::string::npos) order += label;
      Widen(extents, label, call.In(i).shape[axis]);
    }
  }
  Shape all;
  for (const char label : order) all.push_back(extents.at(label));
  std::vector<std::vector<int64_t>> strides;
  for (size_t i = 0; i < ranks.size(); ++i) strides.push_back(StridesOf(equation.operands[i], call.In(i).shape, order));
  constexpr int64_t kMostTerms = int64_t{1} << 36;
  if (graph::ElementCount(all) > kMostTerms) return std::nullopt;
  Value result = MakeValue(graph::ElementType::kFloat, call.Shape());
  const int64_t terms = result.count() == 0 ? 0 : graph::ElementCount(all) / result.count();
  for (int64_t i = 0; i < result.count(); ++i) {
    double sum = 0.0;
    for (int64_t term = i * terms; term < (i + 1) * terms; ++term) {
      double product = 1.0;
      for (size_t operand = 0; operand < ranks.size(); ++operand) {
        product *= call.In(operand).data.floats[static_cast<size_t>(Offset(term, all, strides[operand]))];
      }
      sum += product;
    }
    result.data.floats[static_cast<size_t>(i)] = static_cast<float>(sum);
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kEinsum = Op({1, kAnyNumber}, Infer, Evaluate, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
