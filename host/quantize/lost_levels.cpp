#include "quantize/lost_levels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "graph/quoted.h"
#include "quantize/observers/range_choice.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

constexpr double kVanishes = 2.0;  // levels of a constant

size_t Index(graph::TensorId id) { return static_cast<size_t>(id); }

double Width(const Range& range) { return std::max(range.high, 0.0) - std::min(range.low, 0.0); }

Range Union(const Range& a, const Range& b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

// Levels over a range of one unit.
double LevelsPerUnit(double width, int bits) {
  const double spanned = bits > kByteBits ? width * kWideHeadroom : width;
  return (std::exp2(bits) - 1) / spanned;
}

class LostLevels {
 public:
  LostLevels(const graph::Graph& graph, const Policy& policy, const Widths& widths, const ScaleGroups& groups,
             const ActivationParams& fixed, const std::set<graph::TensorId>& raw)
      : graph_(graph), policy_(policy), widths_(widths), groups_(groups), fixed_(fixed), raw_(raw), uses_(graph) {}

  std::vector<Rescue> Find(const Statistics& observed, int threads) {
    std::set<graph::TensorId> wanted;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const graph::Node& node = graph_.nodes[i];
      if (!IsIntegerConcat(i)) continue;
      const std::vector<graph::TensorId> members = groups_.Members(node.outputs[0]);
      wanted.insert(members.begin(), members.end());
      const std::vector<graph::TensorId> parts = PartsOf(node.outputs[0]);
      wanted.insert(parts.begin(), parts.end());
    }
    Derivation(graph_).Derive(wanted, observed, threads, [&](graph::TensorId id, const TensorStatistics& statistics) {
      ranges_[id] = statistics.extremes();
    });
    std::vector<Rescue> rescues;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      Rescue rescue;
      if (IsIntegerConcat(i)) rescue = OfConcat(i);
      if (IsArithmetic(graph_.nodes[i])) rescue = OfConstant(i);
      if (!rescue.reason.empty()) rescues.push_back(std::move(rescue));
    }
    for (const auto& [id, largest] : LargestSeen(graph_, fixed_, observed, threads)) {
      const double levels = largest / fixed_.at(id).scale;
      if (widths_[Index(id)] > kByteBits || levels >= kFewLevels || levels <= 0.0 || IsSaid(id)) continue;
      rescues.push_back({{id}, {}, Name(id) + ": its values would use " + Text(levels) + " levels; 16 bits"});
    }
    return rescues;
  }

 private:
  bool IsIntegerConcat(size_t node) const {
    const graph::Node& of = graph_.nodes[node];
    return of.op == "Concat" && widths_[Index(of.outputs[0])] != kFloatWidth && !IsFloat(policy_.floats, node);
  }

  std::string Name(graph::TensorId id) const { return "tensor " + graph::Quoted(graph_.tensor(id).name); }

  static std::string Text(double levels) { return std::to_string(static_cast<int>(std::ceil(levels))); }

  bool IsSaid(graph::TensorId id) const {
    if (policy_.tensors.count(id) != 0) return true;
    const int32_t producer = uses_.producer[Index(id)];
    return producer >= 0 && policy_.SaidOf(static_cast<size_t>(producer), &Choices::activation_bits).has_value();
  }

  // What Concats put together, through views and Concats of Concats.
  std::vector<graph::TensorId> PartsOf(graph::TensorId id) const {
    std::vector<graph::TensorId> parts;
    const int32_t producer = uses_.producer[Index(id)];
    if (producer < 0) return parts;
    const graph::Node& node = graph_.nodes[static_cast<size_t>(producer)];
    if (IsView(node)) return PartsOf(node.inputs[0]);
    if (node.op != "Concat") return parts;
    for (const graph::TensorId input : node.inputs) {
      const std::vector<graph::TensorId> inner = PartsOf(input);
      parts.insert(parts.end(), inner.begin(), inner.end());
      if (inner.empty()) parts.push_back(input);
    }
    return parts;
  }

  Rescue OfConcat(size_t index) const {
    const graph::TensorId output = graph_.nodes[index].outputs[0];
    Range whole;
    for (const graph::TensorId member : groups_.Members(output)) {
      const auto range = ranges_.find(member);
      if (range != ranges_.end()) whole = Union(whole, range->second);
    }
    graph::TensorId poorest = graph::kNoTensor;
    double least = std::numeric_limits<double>::max();
    for (const graph::TensorId part : PartsOf(output)) {
      const double width = Width(ranges_.at(part));
      if (width <= 0.0 || width >= least) continue;
      least = width;
      poorest = part;
    }
    if (poorest == graph::kNoTensor) return {};
    const int bits = widths_[Index(output)];
    const double levels = least * LevelsPerUnit(Width(whole), bits);
    const double wide_levels = least * LevelsPerUnit(Width(whole), kMostBits);
    if (levels >= (bits == kMostBits ? kFewWideLevels : kFewLevels)) return {};
    Rescue rescue = Behind(index, wide_levels < kFewWideLevels);
    if (rescue.tensors.empty()) return {};
    rescue.reason = Name(output) + ": its part " + graph::Quoted(graph_.tensor(poorest).name) + " would have had " +
                    Text(levels) + " levels beside larger ones; it and what follows from it elementwise " +
                    (rescue.float_nodes.empty() ? "have 16 bits" : "compute in floats");
    return rescue;
  }

  Rescue OfConstant(size_t index) const {
    const graph::Node& node = graph_.nodes[index];
    const graph::TensorId output = node.outputs[0];
    const int bits = widths_[Index(output)];
    if (node.op != "Mul" || bits == kFloatWidth || IsFloat(policy_.floats, index)) return {};
    for (const graph::TensorId input : node.inputs) {
      if (!IsConstantOperand(graph_, node, input)) continue;
      double largest = 0.0;
      double least = std::numeric_limits<double>::max();
      for (const float value : graph_.tensor(input).constant->floats) {
        if (value == 0.0F) continue;
        largest = std::max(largest, std::abs(static_cast<double>(value)));
        least = std::min(least, std::abs(static_cast<double>(value)));
      }
      if (largest == 0.0) continue;
      const bool beyond = least * LevelsPerUnit(largest, kMostBits) < kFewWideLevels;
      if (bits == kMostBits ? !beyond : least * LevelsPerUnit(largest, bits) >= kVanishes) continue;
      Rescue rescue = Behind(index, beyond);
      if (rescue.tensors.empty()) return {};
      rescue.reason = Name(output) + ": the smallest factors of its constant would have vanished; it " +
                      (rescue.float_nodes.empty() ? "has 16 bits" : "computes in floats");
      return rescue;
    }
    return {};
  }

  // What the node makes, and what is made of that element by element.
  Rescue Behind(size_t first, bool floats) const {
    Rescue rescue;
    std::set<size_t> seen{first};
    std::vector<size_t> open{first};
    while (!open.empty()) {
      const size_t index = open.back();
      open.pop_back();
      for (const graph::TensorId output : graph_.nodes[index].outputs) {
        if (output == graph::kNoTensor || widths_[Index(output)] == kFloatWidth) continue;
        if (IsSaid(output)) continue;
        rescue.tensors.push_back(output);
        for (const int32_t reader : uses_.consumers[Index(output)]) {
          const auto next = static_cast<size_t>(reader);
          const graph::Node& node = graph_.nodes[next];
          const bool elementwise =
              SharesScale(node) || node.op == "Concat" || IsArithmetic(node) || IsLookup(graph_, node);
          if (elementwise && seen.insert(next).second) open.push_back(next);
        }
      }
    }
    const bool is_raw = std::any_of(rescue.tensors.begin(), rescue.tensors.end(),
                                    [&](graph::TensorId id) { return raw_.count(id) != 0; });
    if (floats && !is_raw) rescue.float_nodes.assign(seen.begin(), seen.end());
    return rescue;
  }

  const graph::Graph& graph_;
  const Policy& policy_;
  const Widths& widths_;
  const ScaleGroups& groups_;
  const ActivationParams& fixed_;
  const std::set<graph::TensorId>& raw_;
  graph::Uses uses_;
  std::map<graph::TensorId, Range> ranges_;
};

}  // namespace

std::map<graph::TensorId, double> LargestSeen(const graph::Graph& graph, const ActivationParams& fixed,
                                              const Statistics& observed, int threads) {
  std::set<graph::TensorId> wanted;
  for (const auto& [id, params] : fixed) {
    if (std::count(graph.inputs.begin(), graph.inputs.end(), id) == 0) wanted.insert(id);
  }
  std::map<graph::TensorId, double> largest;
  Derivation(graph).Derive(wanted, observed, threads, [&](graph::TensorId id, const TensorStatistics& statistics) {
    largest[id] = statistics.extremes().high;
  });
  return largest;
}

std::vector<Rescue> FindLostLevels(const graph::Graph& graph, const Policy& policy, const Widths& widths,
                                   const ScaleGroups& groups, const ActivationParams& fixed, const Statistics& observed,
                                   int threads, const std::set<graph::TensorId>& raw) {
  if (policy.all.activation_bits || policy.all.floats) return {};
  return LostLevels(graph, policy, widths, groups, fixed, raw).Find(observed, threads);
}

void Apply(const std::vector<Rescue>& rescues, Policy& policy) {
  for (const Rescue& rescue : rescues) {
    for (const graph::TensorId id : rescue.tensors) policy.tensors[id].activation_bits = kMostBits;
    for (const size_t node : rescue.float_nodes) {
      if (policy.floats.size() <= node) policy.floats.resize(node + 1, false);
      policy.floats[node] = true;
    }
  }
}

}  // namespace lockstep::quantize
