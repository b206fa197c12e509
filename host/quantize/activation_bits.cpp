#include "quantize/activation_bits.h"

#include <algorithm>
#include <map>
#include <optional>

#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

size_t Index(graph::TensorId id) { return static_cast<size_t>(id); }

// What the readers of a tensor ask for.
struct Request {
  int most = 0;         // of those of which something is said
  bool unsaid = false;  // whether there are others

  bool empty() const { return most == 0 && !unsaid; }
  void Add(std::optional<int> bits) {
    if (bits) {
      most = std::max(most, *bits);
    } else {
      unsaid = true;
    }
  }
  void Add(const Request& other) {
    most = std::max(most, other.most);
    unsaid = unsaid || other.unsaid;
  }
};

class Requests {
 public:
  Requests(const graph::Graph& graph, const Policy& policy, const Widths& widths)
      : graph_(graph), policy_(policy), widths_(widths), uses_(graph), known_(widths.size()) {}

  const Request& Of(graph::TensorId id) {
    std::optional<Request>& known = known_[Index(id)];
    if (!known) known = Find(id);
    return *known;
  }

  // The tensor whose elements `id` has, back through what moves elements.
  graph::TensorId Root(graph::TensorId id) const {
    for (;;) {
      const int32_t producer = uses_.producer[Index(id)];
      if (producer < 0 || IsFloat(policy_.floats, Node(producer))) return id;
      const graph::Node& node = graph_.nodes[Node(producer)];
      if (!SharesScale(node) || widths_[Index(node.inputs[0])] == kFloatWidth) return id;
      id = node.inputs[0];
    }
  }

 private:
  static size_t Node(int32_t node) { return static_cast<size_t>(node); }

  std::optional<int> SaidOfProducer(graph::TensorId id) const {
    const int32_t producer = uses_.producer[Index(Root(id))];
    if (producer < 0 || IsFloat(policy_.floats, Node(producer))) return std::nullopt;
    return policy_.SaidOf(Node(producer), &Choices::activation_bits);
  }

  Request Find(graph::TensorId id) {
    Request request;
    if (uses_.is_output[Index(id)]) request.Add(SaidOfProducer(id));
    for (const int32_t reader : uses_.consumers[Index(id)]) {
      if (IsFloat(policy_.floats, Node(reader))) continue;
      if (!PassesOn(graph_, policy_, Node(reader))) {
        request.Add(policy_.SaidOf(Node(reader), &Choices::activation_bits));
        continue;
      }
      for (const graph::TensorId output : graph_.nodes[Node(reader)].outputs) {
        if (output != graph::kNoTensor && widths_[Index(output)] != kFloatWidth) request.Add(Of(output));
      }
    }
    if (request.empty()) request.Add(SaidOfProducer(id));
    return request;
  }

  const graph::Graph& graph_;
  const Policy& policy_;
  const Widths& widths_;
  graph::Uses uses_;
  std::vector<std::optional<Request>> known_;
};

// By the tensor that its elements come from.
std::map<graph::TensorId, int> SaidOfTensors(const Policy& policy, const Widths& widths, const Requests& requests) {
  std::map<graph::TensorId, int> said;
  for (const auto& [id, choices] : policy.tensors) {
    if (!choices.activation_bits || widths[Index(id)] == kFloatWidth) continue;
    int& bits = said[requests.Root(id)];
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

bool PassesOn(const graph::Graph& graph, const Policy& policy, size_t node) {
  const graph::Node& of = graph.nodes[node];
  return SharesScale(of) || (of.op == "Concat" && !policy.SaidOf(node, &Choices::activation_bits));
}

void ApplyBits(const graph::Graph& graph, const Policy& policy, Widths& widths) {
  const Widths unsaid = widths;
  Requests requests(graph, policy, unsaid);
  const std::map<graph::TensorId, int> said = SaidOfTensors(policy, unsaid, requests);
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    if (unsaid[Index(id)] == kFloatWidth || graph.tensor(id).constant) continue;
    const graph::TensorId root = requests.Root(id);
    const auto found = said.find(root);
    const Request& request = requests.Of(root);
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
