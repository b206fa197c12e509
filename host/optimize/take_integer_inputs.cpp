#include <algorithm>
#include <map>
#include <set>

#include "graph/constants.h"
#include "ops/op_table.h"
#include "ops/quantized_value.h"
#include "optimize/optimize.h"
#include "optimize/pass.h"
#include "optimize/truth_nodes.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;
using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

constexpr int64_t kExact = 1 << 24;  // floats have every integer up to this

// What a Pad puts around its input.
TensorId Fill(const Node& node) { return node.op == "Pad" && node.inputs.size() > 2 ? node.inputs[2] : kNoTensor; }

// Which integers become floats of the same values: inputs, and what is moved of them, that nothing needs as integers.
class Conversion {
 public:
  explicit Conversion(const Graph& graph) : graph_(graph) {
    const graph::Uses uses(graph);
    for (const TensorId id : graph.inputs) {
      const graph::Tensor& tensor = graph.tensor(id);
      const bool narrow = tensor.onnx_type >= graph::kOnnxUint8 && tensor.onnx_type <= graph::kOnnxInt16;
      const bool read = !uses.consumers[static_cast<size_t>(id)].empty();
      if (!read || !narrow || tensor.type != ElementType::kInt64) continue;
      converted_.insert(id);
      types_[id] = tensor.onnx_type;
    }
    for (const Node& node : graph.nodes) {
      if (!Moves(node) || !Converts(node.inputs[0])) continue;
      converted_.insert(node.outputs.begin(), node.outputs.end());
      for (const TensorId output : node.outputs) types_[output] = types_.at(node.inputs[0]);
    }
    for (const TensorId id : graph.outputs) converted_.erase(id);
    while (Shrink()) {
    }
  }

  const std::set<TensorId>& converted() const { return converted_; }
  bool Converts(TensorId id) const { return converted_.count(id) != 0; }

 private:
  // Hands on what it gets; the graph has one type of integers.
  bool Moves(const Node& node) const {
    if (node.op == "Cast") return graph_.tensor(node.outputs[0]).type == ElementType::kInt64 && HoldsAll(node);
    const ops::Op* op = ops::FindOp(node.op);
    return op != nullptr && op->quantization.view && node.inputs[0] != kNoTensor;
  }

  // Whether no value of the input that a Cast reads wraps in its type.
  bool HoldsAll(const Node& cast) const {
    const auto type = types_.find(cast.inputs[0]);
    if (type == types_.end()) return false;
    const int64_t target = cast.Int("integer_type", graph::kOnnxInt64);
    if (target == graph::kOnnxInt64 || target == type->second) return true;
    const ops::Limits from = ops::LimitsOf(type->second).value();
    const std::optional<ops::Limits> to = ops::LimitsOf(target);
    return from.low >= (to ? to->low : 0.0) &&
           (!to || from.high <= to->high);  // the rest is unsigned, of 32 bits or 64
  }

  // A constant that a comparison may have beside what becomes floats.
  bool IsExact(TensorId id) const {
    if (!graph::IsConstant(graph_, id) || graph_.tensor(id).type != ElementType::kInt64) return false;
    const std::vector<int64_t>& ints = graph_.Ints(id);
    return std::all_of(ints.begin(), ints.end(), [](int64_t value) { return -kExact <= value && value <= kExact; });
  }

  bool Fits(const Node& node) const {
    if (Moves(node)) {
      const auto is_data = [&](TensorId id) { return Converts(id); };
      const TensorId fill = Fill(node);
      if (fill != kNoTensor && !IsExact(fill)) return false;
      return Converts(node.inputs[0]) && std::all_of(node.outputs.begin(), node.outputs.end(), is_data) &&
             std::none_of(node.inputs.begin() + 1, node.inputs.end(), is_data);
    }
    if (IsComparison(node.op)) {
      return std::all_of(node.inputs.begin(), node.inputs.end(),
                         [&](TensorId id) { return Converts(id) || IsExact(id); });
    }
    return node.op == "Cast" && graph_.tensor(node.outputs[0]).type != ElementType::kInt64;
  }

  bool Shrink() {
    const size_t before = converted_.size();
    for (const Node& node : graph_.nodes) {
      if (Fits(node)) continue;
      for (const auto* list : {&node.inputs, &node.outputs}) {
        for (const TensorId id : *list) converted_.erase(id);
      }
    }
    return converted_.size() != before;
  }

  const Graph& graph_;
  std::set<TensorId> converted_;
  std::map<TensorId, int64_t> types_;  // ONNX's number of the type of the input that they are moved from
};

// A constant beside them.
void ConvertOperand(Graph& graph, TensorId& id) {
  if (id == kNoTensor || !graph::IsConstant(graph, id)) return;
  const graph::Tensor& tensor = graph.tensor(id);
  const std::vector<int64_t>& ints = tensor.constant->ints;
  const graph::Shape shape = tensor.shape;
  id = graph::AddFloats(graph, tensor.name + "/floats", shape, {ints.begin(), ints.end()});
}

}  // namespace

int TakeIntegerInputs(Graph& graph) {
  const Conversion conversion(graph);
  if (conversion.converted().empty()) return 0;
  for (Node& node : graph.nodes) {
    const bool reads = std::any_of(node.inputs.begin(), node.inputs.end(),
                                   [&](TensorId id) { return id != kNoTensor && conversion.Converts(id); });
    if (reads && IsComparison(node.op)) {
      for (TensorId& id : node.inputs) ConvertOperand(graph, id);
    }
    if (reads && Fill(node) != kNoTensor) ConvertOperand(graph, node.inputs[2]);
    if (reads && node.op == "Cast" && conversion.Converts(node.outputs[0])) {
      node.attributes = {{"to", graph::kOnnxFloat}};  // of the same values
    }
  }
  int count = 0;
  for (const TensorId id : conversion.converted()) {
    graph.tensor(id).type = ElementType::kFloat;  // the Casts hand on what they get now
    count += std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0 ? 1 : 0;
  }
  InferShapes(graph);
  return count;
}

}  // namespace lockstep::optimize
