#include "quantize/range_methods.h"

#include "quantize/readers.h"

namespace lockstep::quantize {
namespace {

template <typename Value>
std::optional<Value> SaidOf(graph::TensorId id, std::optional<Value> Choices::*choice, const Policy& policy,
                            Readers& readers) {
  const auto tensor = policy.tensors.find(id);
  if (tensor != policy.tensors.end() && tensor->second.*choice) return tensor->second.*choice;
  const Readers::Found& found = readers.Of(id);
  for (const size_t reader : found.nodes) {
    if (const auto said = policy.SaidOf(reader, choice)) return said;
  }
  const std::optional<size_t> maker = readers.MakerOf(id);
  return maker && (found.delivered || found.nodes.empty()) ? policy.SaidOf(*maker, choice) : std::nullopt;
}

}  // namespace

RangeMethods ChooseRangeMethods(const graph::Graph& graph, const Policy& policy, const Widths& widths,
                                const RangeOptions& fallback) {
  RangeMethods methods;
  methods.all.kind = policy.all.observer.value_or(fallback.kind);
  methods.all.percentile = policy.all.percentile.value_or(fallback.percentile);
  methods.all.symmetric = policy.all.symmetric.value_or(fallback.symmetric);
  Readers readers(graph, policy, widths);
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    if (static_cast<size_t>(id) >= widths.size() || widths[static_cast<size_t>(id)] == kFloatWidth) continue;
    if (graph.tensor(id).constant) continue;
    const auto kind = SaidOf(id, &Choices::observer, policy, readers);
    const auto percentile = SaidOf(id, &Choices::percentile, policy, readers);
    const auto symmetric = SaidOf(id, &Choices::symmetric, policy, readers);
    if (!kind && !percentile && !symmetric) continue;
    methods.tensors[id] = {kind.value_or(methods.all.kind), percentile.value_or(methods.all.percentile),
                           symmetric.value_or(methods.all.symmetric)};
  }
  return methods;
}

void TakeFound(const std::map<graph::TensorId, ObserverKind>& found, RangeMethods& methods) {
  for (const auto& [id, kind] : found) {
    RangeOptions& method = methods.tensors.emplace(id, methods.all).first->second;
    if (method.kind == ObserverKind::kAuto) method.kind = kind;
  }
  const auto fall_back = [](RangeOptions& method) {
    if (method.kind == ObserverKind::kAuto) method.kind = ObserverKind::kMinMax;
  };
  fall_back(methods.all);
  for (auto& [id, method] : methods.tensors) fall_back(method);
}

}  // namespace lockstep::quantize
