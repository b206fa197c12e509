#include "quantize/tail.h"

#include <algorithm>

#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

// A table has an entry for every level of what it reads.
constexpr int kMostTableBits = 12;

bool IsTailNode(const graph::Graph& graph, const graph::Node& node) {
  return IsArithmetic(node) || IsView(node) || node.op == "Concat" || IsLookup(graph, node);
}

class TailSearch {
 public:
  TailSearch(const graph::Graph& graph, const FloatNodes& floats, const Widths& widths)
      : graph_(graph), floats_(floats), widths_(widths), uses_(graph), in_tail_(widths.size(), false) {}

  // Starts from everything that could be in the tail and takes out what breaks a rule until nothing does.
  const std::vector<bool>& Run() {
    for (const graph::Node& node : graph_.nodes) {
      if (!SumsProducts(node) && !IsTailNode(graph_, node)) continue;
      for (const graph::TensorId output : node.outputs) {
        if (output != graph::kNoTensor) in_tail_[Index(output)] = !IsFloatTensor(output);
      }
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t id = 0; id < in_tail_.size(); ++id) {
        if (!in_tail_[id] || Keeps(static_cast<graph::TensorId>(id))) continue;
        in_tail_[id] = false;
        changed = true;
      }
    }
    return in_tail_;
  }

 private:
  static size_t Index(graph::TensorId id) { return static_cast<size_t>(id); }
  bool IsFloatTensor(graph::TensorId id) const { return widths_[Index(id)] == kFloatWidth; }

  bool Keeps(graph::TensorId id) const {
    for (const int32_t consumer : uses_.consumers[Index(id)]) {
      const graph::Node& node = graph_.nodes[static_cast<size_t>(consumer)];
      if (!IsTailNode(graph_, node)) return false;
      const bool leads_on = std::all_of(node.outputs.begin(), node.outputs.end(), [&](graph::TensorId output) {
        return output == graph::kNoTensor || IsFloatTensor(output) || in_tail_[Index(output)];
      });
      if (!leads_on) return false;
    }
    const auto made_by = static_cast<size_t>(uses_.producer[Index(id)]);
    const graph::Node& producer = graph_.nodes[made_by];
    if (SumsProducts(producer) || IsFloat(floats_, made_by)) return true;
    return std::all_of(producer.inputs.begin(), producer.inputs.end(), [&](graph::TensorId input) {
      return input == graph::kNoTensor || graph_.tensor(input).constant || in_tail_[Index(input)];
    });
  }

  const graph::Graph& graph_;
  const FloatNodes& floats_;
  const Widths& widths_;
  graph::Uses uses_;
  std::vector<bool> in_tail_;
};

// What a table reads, and what that is moved from.
std::vector<bool> BeforeTables(const graph::Graph& graph) {
  std::vector<bool> before(static_cast<size_t>(graph.tensor_count()), false);
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool moves = IsView(*node) || node->op == "Concat";
    const bool moved = moves && std::any_of(node->outputs.begin(), node->outputs.end(), [&](graph::TensorId output) {
                         return output != graph::kNoTensor && before[static_cast<size_t>(output)];
                       });
    if (!moved && !IsLookup(graph, *node)) continue;
    for (const graph::TensorId input : node->inputs) {
      if (input != graph::kNoTensor) before[static_cast<size_t>(input)] = true;
    }
  }
  return before;
}

void Widen(const graph::Graph& graph, const std::vector<bool>& which, int bits, Widths& widths) {
  const std::vector<bool> before_tables = BeforeTables(graph);
  for (size_t id = 0; id < which.size(); ++id) {
    if (which[id]) widths[id] = before_tables[id] ? std::max(widths[id], std::min(bits, kMostTableBits)) : bits;
  }
  for (const graph::Node& node : graph.nodes) {
    if (!NeedsTable(node.activation) || !which[static_cast<size_t>(node.outputs[0])]) continue;
    int& before = widths[static_cast<size_t>(node.pre_activation)];
    if (before != kFloatWidth) before = std::max(before, std::min(bits, kMostTableBits));
  }
}

}  // namespace

void WidenTail(const graph::Graph& graph, int bits, const FloatNodes& floats, Widths& widths) {
  Widen(graph, TailSearch(graph, floats, widths).Run(), bits, widths);
}

void WidenOperands(const graph::Graph& graph, const FloatNodes& floats, Widths& widths) {
  constexpr int kWide = 16;
  std::vector<bool> wide(widths.size(), false);
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const graph::Node& node = graph.nodes[i];
    const ops::QuantizationTraits& traits = TraitsOf(node);
    if (IsFloat(floats, i) && !traits.in_floats) continue;
    const bool leads_on = (IsTailNode(graph, node) || SharesScale(node)) &&
                          std::any_of(node.outputs.begin(), node.outputs.end(), [&](graph::TensorId output) {
                            return output != graph::kNoTensor && wide[static_cast<size_t>(output)];
                          });
    for (size_t input = 0; input < node.inputs.size(); ++input) {
      const graph::TensorId id = node.inputs[input];
      if (id == graph::kNoTensor || widths[static_cast<size_t>(id)] == kFloatWidth) continue;
      const int operand = static_cast<int>(input) - traits.first_wide;
      if (leads_on || (operand >= 0 && operand < traits.wide_count)) wide[static_cast<size_t>(id)] = true;
    }
  }
  Widen(graph, wide, kWide, widths);
}

}  // namespace lockstep::quantize
