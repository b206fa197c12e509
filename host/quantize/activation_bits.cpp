#include "quantize/activation_bits.h"

#include <algorithm>
#include <map>
#include <optional>

#include "quantize/operator_classes.h"
#include "quantize/readers.h"

namespace lockstep::quantize {
namespace {

size_t Index(graph::TensorId id) { return static_cast<size_t>(id); }

// What is asked of a tensor.
struct Request {
  int most = 0;         // by those of which something is said
  bool unsaid = false;  // whether there are others

  void Add(std::optional<int> bits) {
    if (bits) {
      most = std::max(most, *bits);
    } else {
      unsaid = true;
    }
  }
};

Request RequestOf(const Policy& policy, Readers& readers, graph::TensorId id) {
  const Readers::Found& found = readers.Of(id);
  Request request;
  for (const size_t reader : found.nodes) request.Add(policy.SaidOf(reader, &Choices::activation_bits));
  if (found.delivered || found.nodes.empty()) {
    const std::optional<size_t> maker = readers.MakerOf(id);
    request.Add(maker ? policy.SaidOf(*maker, &Choices::activation_bits) : std::nullopt);
  }
  return request;
}

// By the tensor that its elements come from.
std::map<graph::TensorId, int> SaidOfTensors(const Policy& policy, const Widths& widths, const Readers& readers) {
  std::map<graph::TensorId, int> said;
  for (const auto& [id, choices] : policy.tensors) {
    if (!choices.activation_bits || widths[Index(id)] == kFloatWidth) continue;
    int& bits = said[readers.Root(id)];
    bits = std::max(bits, *choices.activation_bits);
  }
  return said;
}

int TableInputBits(const Policy& policy, size_t node, const graph::Node& of, const Widths& unsaid,
                   const Widths& widths) {
  const auto tensor = policy.tensors.find(of.pre_activation);
  if (tensor != policy.tensors.end() && tensor->second.activation_bits) return *tensor->second.activation_bits;
  const size_t output = Index(of.outputs[0]);
  const int behind = widths[output] == unsaid[output] ? unsaid[Index(of.pre_activation)] : widths[output];
  const int wanted = std::max({kByteBits, behind, policy.SaidOf(node, &Choices::activation_bits).value_or(0)});
  return policy.For(node, &Choices::table_input_bits).value_or(wanted);
}

}  // namespace

void ApplyBits(const graph::Graph& graph, const Policy& policy, Widths& widths) {
  const Widths unsaid = widths;
  Readers readers(graph, policy, unsaid);
  const std::map<graph::TensorId, int> said = SaidOfTensors(policy, unsaid, readers);
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    if (unsaid[Index(id)] == kFloatWidth || graph.tensor(id).constant) continue;
    const graph::TensorId root = readers.Root(id);
    const auto found = said.find(root);
    const Request request = RequestOf(policy, readers, root);
    widths[Index(id)] = found != said.end() ? found->second
                        : request.unsaid    ? std::max(request.most, unsaid[Index(root)])
                                            : request.most;
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (!NeedsTable(node.activation) || unsaid[Index(node.pre_activation)] == kFloatWidth) continue;
    widths[Index(node.pre_activation)] = TableInputBits(policy, i, node, unsaid, widths);
  }
}

}  // namespace lockstep::quantize
