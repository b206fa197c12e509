#include "optimize/take_quantization.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "graph/constants.h"
#include "ops/op_table.h"
#include "ops/quantized_value.h"

namespace lockstep::optimize {
namespace {

using graph::GivenLevels;
using graph::Graph;
using graph::Node;
using graph::TensorId;

constexpr int64_t kOfSigned = 128;
constexpr float kHighestLevel = 255.0F;

const std::vector<float>* Scales(const Graph& graph, const Node& node) {
  return graph::IsConstant(graph, node.inputs[1]) ? &graph.tensor(node.inputs[1]).constant->floats : nullptr;
}

// Empty: all are 0.
std::optional<std::vector<int64_t>> ZeroPoints(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 3 || node.inputs[2] == graph::kNoTensor) return std::vector<int64_t>();
  if (!graph::IsConstant(graph, node.inputs[2])) return std::nullopt;
  return graph.tensor(node.inputs[2]).constant->ints;
}

int64_t ZeroPoint(const std::vector<int64_t>& of_all) { return of_all.empty() ? 0 : of_all[0]; }

bool IsScale(float scale) { return std::isfinite(scale) && scale > 0.0F; }

// What a QuantizeLinear or a DequantizeLinear says, without the type; nothing if it is not one scale for all.
struct Step {
  float scale;
  int64_t zero_point;
};

std::optional<Step> StepOf(const Graph& graph, const Node& node) {
  const std::vector<float>* scales = Scales(graph, node);
  const auto zero_points = ZeroPoints(graph, node);
  if (scales == nullptr || scales->size() != 1 || !zero_points || zero_points->size() > 1) return std::nullopt;
  if (!IsScale((*scales)[0])) return std::nullopt;
  return Step{(*scales)[0], ZeroPoint(*zero_points)};
}

class Taking {
 public:
  explicit Taking(Graph& graph) : graph_(graph), uses_(graph) {}

  graph::GivenQuantization Run() {
    for (Node& node : graph_.nodes) {
      if (node.op == "QuantizeLinear") TakePair(node);
      if (node.op == "DequantizeLinear") TakeConstant(node);
    }
    graph::SortAndPrune(graph_);
    return std::move(given_);
  }

 private:
  Node& Consumer(int32_t at) { return graph_.nodes[static_cast<size_t>(at)]; }

  // The levels of 8 bits without a sign.
  static std::optional<GivenLevels> LevelsOf(const Node& quantize, const Step& step) {
    constexpr int64_t kLevels = 256;
    const auto limits = ops::OutputLimits(quantize);
    const bool is_default = quantize.Int("output_dtype", 0) == 0;  // 8 bits without a sign
    if (!is_default && (!limits || limits->high - limits->low + 1 != kLevels)) return std::nullopt;
    const int64_t zero_point = step.zero_point + (!is_default && limits->low < 0 ? kOfSigned : 0);
    if (zero_point < 0 || zero_point >= kLevels) return std::nullopt;
    return GivenLevels{step.scale, static_cast<int32_t>(zero_point)};
  }

  // A sum or a product: a quantiser drops the Relu or Clip behind it whose limits are those of the levels.
  bool MayBeNegative(TensorId x) const {
    const int32_t producer = uses_.producer[static_cast<size_t>(x)];
    if (producer < 0) return false;
    for (const char* op : {"Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Sub", "Mul"}) {
      if (graph_.nodes[static_cast<size_t>(producer)].op == op) return true;
    }
    return false;
  }

  void TakePair(const Node& quantize) {
    const TensorId x = quantize.inputs[0];
    const TensorId levels = quantize.outputs[0];
    const std::optional<Step> step = StepOf(graph_, quantize);
    if (!step || graph_.tensor(x).type != graph::ElementType::kFloat || graph::IsConstant(graph_, x) ||
        uses_.is_output[static_cast<size_t>(levels)])
      return;
    const std::optional<GivenLevels> taken = LevelsOf(quantize, *step);
    const std::vector<int32_t>& readers = uses_.consumers[static_cast<size_t>(levels)];
    const auto undoes = [&](int32_t at) {
      const Node& node = Consumer(at);
      const std::optional<Step> other = node.op == "DequantizeLinear" ? StepOf(graph_, node) : std::nullopt;
      return other && other->scale == step->scale && other->zero_point == step->zero_point;
    };
    if (!taken || !std::all_of(readers.begin(), readers.end(), undoes)) return;
    const auto [known, first] = given_.tensors.emplace(graph_.tensor(x).name, *taken);
    if (!first && (known->second.scale != taken->scale || known->second.zero_point != taken->zero_point)) return;
    TensorId handed_on = x;
    const bool clips = taken->zero_point == 0 && MayBeNegative(x);
    for (const int32_t at : readers) {
      Node& node = Consumer(at);
      node.op = "Identity";
      node.attributes.clear();
      node.inputs = {handed_on};
      if (clips && handed_on == x) {
        node.op = "Clip";
        node.inputs.push_back(graph::AddFloats(graph_, node.name + "_low", {}, {0.0F}));
        node.inputs.push_back(graph::AddFloats(graph_, node.name + "_high", {}, {kHighestLevel * taken->scale}));
        handed_on = node.outputs[0];
      }
      given_.tensors[graph_.tensor(node.outputs[0]).name] = *taken;
    }
  }

  // The constant itself, or what a QuantizeLinear makes of one.
  bool IsConstant(TensorId id) const {
    if (graph::IsConstant(graph_, id)) return true;
    const int32_t producer = uses_.producer[static_cast<size_t>(id)];
    if (producer < 0) return false;
    const Node& node = graph_.nodes[static_cast<size_t>(producer)];
    return node.op == "QuantizeLinear" && graph::IsConstant(graph_, node.inputs[0]);
  }

  // Whether the scales of a constant are those of output channels for all that read it.
  bool LieAlongChannels(const Node& dequantize) {
    const TensorId weights = dequantize.outputs[0];
    const auto rank = static_cast<int64_t>(graph_.tensor(weights).shape.size());
    const int64_t given = dequantize.Int("axis", 1);
    const int64_t axis = given < 0 ? given + rank : given;
    const std::vector<int32_t>& readers = uses_.consumers[static_cast<size_t>(weights)];
    return std::all_of(readers.begin(), readers.end(), [&](int32_t at) {
      const Node& reader = Consumer(at);
      const ops::Op* op = ops::FindOp(reader.op);
      const bool sums = op != nullptr && op->quantization.weights >= 0 && op->quantization.weights_axis == axis;
      return sums && ops::HasInput(reader, static_cast<size_t>(op->quantization.weights)) &&
             reader.inputs[static_cast<size_t>(op->quantization.weights)] == weights;
    });
  }

  void TakeConstant(const Node& dequantize) {
    if (!IsConstant(dequantize.inputs[0])) return;
    const std::vector<float>* scales = Scales(graph_, dequantize);
    const auto zero_points = ZeroPoints(graph_, dequantize);
    if (scales == nullptr || !std::all_of(scales->begin(), scales->end(), IsScale) || !zero_points ||
        dequantize.Int("block_size", 0) != 0)
      return;
    if (std::any_of(zero_points->begin(), zero_points->end(), [](int64_t zero) { return zero != 0; })) return;
    if (scales->size() > 1 && !LieAlongChannels(dequantize)) return;
    given_.weights[graph_.tensor(dequantize.outputs[0]).name] = *scales;
  }

  Graph& graph_;
  graph::Uses uses_;
  graph::GivenQuantization given_;
};

}  // namespace

graph::GivenQuantization TakeQuantization(Graph& graph) { return Taking(graph).Run(); }

}  // namespace lockstep::optimize
