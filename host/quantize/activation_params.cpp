#include "quantize/activation_params.h"

#include <algorithm>
#include <optional>

#include "quantize/affine.h"
#include "quantize/fixed_params.h"
#include "quantize/operator_classes.h"
#include "quantize/table_params.h"

namespace lockstep::quantize {
namespace {

struct Group {
  std::vector<graph::TensorId> members;
  std::optional<AffineParams> fixed;
  int bits = 8;
};

bool IsPreActivation(const graph::Graph& graph, graph::TensorId id) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                     [&](const graph::Node& node) { return NeedsTable(node.activation) && node.pre_activation == id; });
}

// By representative, without constants, float tensors and what is in front of a fused table.
std::map<graph::TensorId, Group> GroupsOf(const graph::Graph& graph, const Widths& widths, const ScaleGroups& groups,
                                          const ActivationParams& fixed) {
  std::map<graph::TensorId, Group> result;
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    const int bits = widths[static_cast<size_t>(id)];
    if (bits == kFloatWidth || graph.tensor(id).constant || IsPreActivation(graph, id)) continue;
    Group& group = result[groups.Of(id)];
    group.members.push_back(id);
    group.bits = bits;
    const auto found = fixed.find(id);
    if (found != fixed.end()) group.fixed = found->second;
  }
  return result;
}

// The function that every reader of the group computes, if they are nodes of one elementwise function and nothing else
// sees the group.
std::optional<graph::Node> OnlyFunction(const graph::Graph& graph, const graph::Uses& uses, const Group& group) {
  std::optional<graph::Node> function;
  for (const graph::TensorId member : group.members) {
    if (uses.is_output[static_cast<size_t>(member)]) return std::nullopt;
    for (const int32_t consumer : uses.consumers[static_cast<size_t>(member)]) {
      const graph::Node& node = graph.nodes[static_cast<size_t>(consumer)];
      const bool inside = std::any_of(node.outputs.begin(), node.outputs.end(), [&](graph::TensorId output) {
        return std::binary_search(group.members.begin(), group.members.end(), output);
      });
      if (inside) continue;
      if (!IsLookup(graph, node)) return std::nullopt;
      const graph::Activation activation = graph::ActivationOf(graph, node);
      if (function) {
        const graph::Activation other = graph::ActivationOf(graph, *function);
        if (activation.kind != other.kind || activation.alpha != other.alpha || activation.beta != other.beta) {
          return std::nullopt;
        }
      }
      function = node;
    }
  }
  return function;
}

}  // namespace

std::set<graph::TensorId> WantedStatistics(const graph::Graph& graph, const Widths& widths, const ScaleGroups& groups,
                                           const ActivationParams& fixed) {
  std::set<graph::TensorId> wanted;
  for (const auto& [representative, group] : GroupsOf(graph, widths, groups, fixed)) {
    if (!group.fixed) wanted.insert(group.members.begin(), group.members.end());
  }
  for (const graph::Node& node : graph.nodes) {
    if (NeedsTable(node.activation)) wanted.insert(node.pre_activation);
  }
  return wanted;
}

ActivationParams ChooseActivationParams(const graph::Graph& graph, const Widths& widths, const ScaleGroups& groups,
                                        const ActivationParams& fixed, const Statistics& observed,
                                        const RangeOptions& options, int threads) {
  const Derivation derivation(graph);
  const graph::Uses uses(graph);
  std::vector<Group> all;
  for (auto& [representative, group] : GroupsOf(graph, widths, groups, fixed)) all.push_back(std::move(group));
  std::vector<AffineParams> chosen(all.size());
  std::vector<TensorStatistics> kept(all.size());
  const auto group_count = static_cast<int>(all.size());
#pragma omp parallel for num_threads(threads) schedule(dynamic)
  for (int i = 0; i < group_count; ++i) {
    const Group& group = all[static_cast<size_t>(i)];
    if (group.fixed) {
      chosen[static_cast<size_t>(i)] = *group.fixed;
      continue;
    }
    std::set<graph::TensorId> sources = derivation.Sources({group.members.begin(), group.members.end()});
    TensorStatistics statistics;
    for (const graph::TensorId member : group.members) {
      const int32_t producer = uses.producer[static_cast<size_t>(member)];
      const bool moved = producer >= 0 && SharesScale(graph.nodes[static_cast<size_t>(producer)]);
      if (!moved) statistics.Merge(derivation.Of(member, observed));
    }
    chosen[static_cast<size_t>(i)] = AffineFromRange(ChooseRange(statistics, options, group.bits), group.bits);
    kept[static_cast<size_t>(i)] = std::move(statistics);
  }
  ActivationParams params;
  for (size_t i = 0; i < all.size(); ++i) {
    for (const graph::TensorId member : all[i].members) params[member] = chosen[i];
  }
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].fixed || all[i].bits != 8) continue;
    const auto function = OnlyFunction(graph, uses, all[i]);
    if (!function || params.count(function->outputs[0]) == 0) continue;
    const graph::Activation activation = graph::ActivationOf(graph, *function);
    const AffineParams input = ChooseTableInput(
        kept[i], [&](double x) { return graph::Evaluate(activation, x); }, params.at(function->outputs[0]));
    for (const graph::TensorId member : all[i].members) params[member] = input;
  }
  std::vector<const graph::Node*> tables;
  for (const graph::Node& node : graph.nodes) {
    if (NeedsTable(node.activation)) tables.push_back(&node);
    for (const graph::TensorId input : node.inputs) {
      if (!IsConstantOperand(graph, node, input) || widths[static_cast<size_t>(input)] == kFloatWidth) continue;
      params[input] = ConstantParams(graph.tensor(input).constant->floats, widths[static_cast<size_t>(input)]);
    }
  }
  std::vector<AffineParams> table_inputs(tables.size());
  const auto table_count = static_cast<int>(tables.size());
#pragma omp parallel for num_threads(threads) schedule(dynamic)
  for (int i = 0; i < table_count; ++i) {
    const graph::Node& node = *tables[static_cast<size_t>(i)];
    table_inputs[static_cast<size_t>(i)] = ChooseTableInput(
        observed.at(node.pre_activation), [&](double x) { return graph::Evaluate(node.activation, x); },
        params.at(node.outputs[0]));
  }
  for (size_t i = 0; i < tables.size(); ++i) params[tables[i]->pre_activation] = table_inputs[i];
  return params;
}

}  // namespace lockstep::quantize
