#include "quantize/activation_params.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <stdexcept>

#include "graph/error.h"
#include "quantize/affine.h"
#include "quantize/constant_operands.h"
#include "quantize/not_finite.h"
#include "quantize/operator_classes.h"
#include "quantize/pad_values.h"
#include "quantize/table_params.h"

namespace lockstep::quantize {
namespace {

struct Group {
  std::vector<graph::TensorId> members;  // ascending
  int bits = 8;
  bool is_fixed = false;
  AffineParams params;
  TensorStatistics statistics;  // of a group that is not fixed
};

bool SameFunction(const graph::Activation& a, const graph::Activation& b) {
  return a.kind == b.kind && a.alpha == b.alpha && a.beta == b.beta;
}

class ActivationChooser {
 public:
  ActivationChooser(const graph::Graph& graph, const Widths& widths, const ScaleGroups& groups,
                    const ActivationParams& fixed, const FloatNodes& floats)
      : graph_(graph), widths_(widths), floats_(floats), uses_(graph), derivation_(graph) {
    std::set<graph::TensorId> before_tables;
    for (const graph::Node& node : graph.nodes) {
      if (HasTable(node)) before_tables.insert(node.pre_activation);
    }
    std::map<graph::TensorId, Group> by_representative;
    for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
      const int bits = widths[static_cast<size_t>(id)];
      if (bits == kFloatWidth || graph.tensor(id).constant || before_tables.count(id) != 0) continue;
      Group& group = by_representative[groups.Of(id)];
      group.members.push_back(id);
      group.bits = bits;
      const auto found = fixed.find(id);
      if (found == fixed.end()) continue;
      group.is_fixed = true;
      group.params = found->second;
    }
    for (auto& [representative, group] : by_representative) groups_.push_back(std::move(group));
  }

  std::set<graph::TensorId> Wanted() const {
    std::set<graph::TensorId> wanted;
    for (const Group& group : groups_) {
      if (!group.is_fixed) wanted.insert(group.members.begin(), group.members.end());
    }
    for (const graph::Node& node : graph_.nodes) {
      if (HasTable(node)) wanted.insert(node.pre_activation);
    }
    return wanted;
  }

  ActivationParams Choose(const Statistics& observed, const RangeMethods& methods, int threads) {
    ObserveGroups(observed, methods, threads);
    for (const Group& group : groups_) Store(group, group.params);
    ServeLookups();
    ServeTables(observed, threads);
    ServeSums();
    AddConstantParams(graph_, widths_, params_);
    return std::move(params_);
  }

 private:
  bool HasTable(const graph::Node& node) const {
    return NeedsTable(node.activation) && widths_[static_cast<size_t>(node.pre_activation)] != kFloatWidth;
  }

  void Store(const Group& group, const AffineParams& params) {
    for (const graph::TensorId member : group.members) params_[member] = params;
  }

  void ObserveGroups(const Statistics& observed, const RangeMethods& methods, int threads) {
    std::map<graph::TensorId, Group*> group_of;
    std::set<graph::TensorId> wanted;
    for (Group& group : groups_) {
      if (group.is_fixed) continue;
      for (const graph::TensorId member : group.members) {
        if (OnlyMovesElementsOf(group, member)) continue;  // adds nothing to what the others say
        group_of[member] = &group;
        wanted.insert(member);
      }
    }
    derivation_.Derive(wanted, observed, threads, [&](graph::TensorId id, const TensorStatistics& statistics) {
      group_of.at(id)->statistics.Merge(statistics);
    });
    const auto count = static_cast<int>(groups_.size());
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int i = 0; i < count; ++i) {
      Group& group = groups_[static_cast<size_t>(i)];
      if (group.is_fixed) continue;
      const Range chosen = ChooseRange(group.statistics, methods.Of(group.members), group.bits);
      group.params = AffineFromRange(WithPadValues(group, chosen), group.bits);
    }
    for (const Group& group : groups_) {
      if (group.statistics.empty() && !group.is_fixed) {
        throw std::logic_error("nothing was observed of tensor " + graph_.tensor(group.members.front()).name);
      }
      RequireFinite(group, observed);
    }
  }

  // What a Pad puts beside the elements is no outlier.
  Range WithPadValues(const Group& group, Range range) const {
    for (const graph::TensorId member : group.members) {
      const int32_t producer = uses_.producer[static_cast<size_t>(member)];
      if (producer < 0) continue;
      const std::optional<double> value = PadValueOf(graph_, graph_.nodes[static_cast<size_t>(producer)]);
      if (value) range = {std::min(range.low, *value), std::max(range.high, *value)};
    }
    return range;
  }

  // Not where such a node's input is outside the group, having floats or another width.
  bool OnlyMovesElementsOf(const Group& group, graph::TensorId member) const {
    const int32_t producer = uses_.producer[static_cast<size_t>(member)];
    if (producer < 0) return false;
    const graph::Node& node = graph_.nodes[static_cast<size_t>(producer)];
    return SharesScale(node) && std::binary_search(group.members.begin(), group.members.end(), node.inputs[0]);
  }

  // What is derived through a function (Exp) was not seen by the calibration's own check: it ends at the largest float,
  // which is a number as others where it was seen.
  void RequireFinite(const Group& group, const Statistics& observed) const {
    constexpr double kLargest = std::numeric_limits<float>::max();
    const Range& range = group.statistics.extremes();
    const bool seen = std::all_of(group.members.begin(), group.members.end(),
                                  [&](graph::TensorId id) { return observed.count(id) != 0; });
    if (seen || (range.low > -kLargest && range.high < kLargest)) return;
    throw BadInput(WithItsNode(graph_, graph_.tensor(group.members.front()).name) +
                   " leaves the range of float32 for the calibration pictures; check mean and std, or cut the graph "
                   "before it with --output-nodes");
  }

  // The one elementwise function that every reader outside the group computes; none if anybody sees the group
  // otherwise.
  const graph::Node* OnlyFunction(const Group& group) const {
    const graph::Node* function = nullptr;
    for (const graph::TensorId member : group.members) {
      if (uses_.is_output[static_cast<size_t>(member)]) return nullptr;
      for (const int32_t consumer : uses_.consumers[static_cast<size_t>(member)]) {
        const graph::Node& node = graph_.nodes[static_cast<size_t>(consumer)];
        if (std::binary_search(group.members.begin(), group.members.end(), node.outputs[0])) continue;
        if (!IsLookup(graph_, node) || IsFloat(floats_, static_cast<size_t>(consumer))) return nullptr;
        if (function != nullptr &&
            !SameFunction(graph::ActivationOf(graph_, node), graph::ActivationOf(graph_, *function))) {
          return nullptr;
        }
        function = &node;
      }
    }
    return function;
  }

  void ServeLookups() {
    for (const Group& group : groups_) {
      if (group.is_fixed) continue;
      const graph::Node* node = OnlyFunction(group);
      if (node == nullptr) continue;
      const auto output = params_.find(node->outputs[0]);
      if (output == params_.end()) continue;
      const graph::Activation function = graph::ActivationOf(graph_, *node);
      // Its error has no end where it is not defined.
      if (graph::BehaviourOf(function.kind) == graph::Behaviour::kPartial) continue;
      Store(group,
            ChooseTableInput(
                group.statistics, [&](double x) { return graph::Evaluate(function, x); }, output->second, group.bits));
    }
  }

  // What only a sum reads, such as a mask that is computed, needs no levels beyond its reach.
  void ServeSums() {
    constexpr double kWorthwhile = 16.0;
    for (const Group& group : groups_) {
      if (group.is_fixed || group.members.size() != 1) continue;
      const graph::TensorId id = group.members[0];
      const std::vector<int32_t>& readers = uses_.consumers[static_cast<size_t>(id)];
      if (readers.size() != 1 || uses_.is_output[static_cast<size_t>(id)]) continue;
      const Range reach = ReachOf(graph_.nodes[static_cast<size_t>(readers[0])], id, params_);
      const Range range = RangeOf(params_.at(id));
      const Range reached{std::max(range.low, std::min(reach.low, 0.0)),
                          std::min(range.high, std::max(reach.high, 0.0))};
      if ((reached.high - reached.low) * kWorthwhile < range.high - range.low) {
        params_[id] = AffineFromRange(reached, group.bits);
      }
    }
  }

  void ServeTables(const Statistics& observed, int threads) {
    std::vector<const graph::Node*> nodes;
    for (const graph::Node& node : graph_.nodes) {
      if (HasTable(node)) nodes.push_back(&node);
    }
    std::vector<AffineParams> inputs(nodes.size());
    const auto count = static_cast<int>(nodes.size());
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int i = 0; i < count; ++i) {
      const graph::Node& node = *nodes[static_cast<size_t>(i)];
      const TensorStatistics& seen = observed.at(node.pre_activation);
      const AffineParams& output = params_.at(node.outputs[0]);
      const int bits = widths_[static_cast<size_t>(node.pre_activation)];
      AffineParams& input = inputs[static_cast<size_t>(i)];
      input = ChooseTableInput(
          seen, [&](double x) { return graph::Evaluate(node.activation, x); }, output, bits);
      if (bits > kByteBits && output.bits > kMostBitsObserved) input = WithHeadroom(input, seen);
    }
    for (size_t i = 0; i < nodes.size(); ++i) params_[nodes[i]->pre_activation] = inputs[i];
  }

  const graph::Graph& graph_;
  const Widths& widths_;
  const FloatNodes& floats_;
  graph::Uses uses_;
  Derivation derivation_;
  std::vector<Group> groups_;
  ActivationParams params_;
};

}  // namespace

std::set<graph::TensorId> WantedStatistics(const graph::Graph& graph, const Widths& widths, const ScaleGroups& groups,
                                           const ActivationParams& fixed, const FloatNodes& floats) {
  return ActivationChooser(graph, widths, groups, fixed, floats).Wanted();
}

ActivationParams ChooseActivationParams(const graph::Graph& graph, const Widths& widths, const ScaleGroups& groups,
                                        const ActivationParams& fixed, const Statistics& observed,
                                        const RangeMethods& methods, int threads, const FloatNodes& floats) {
  return ActivationChooser(graph, widths, groups, fixed, floats).Choose(observed, methods, threads);
}

}  // namespace lockstep::quantize
