#include "optimize/take_quantization.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "graph/constants.h"
#include "ops/quantized_value.h"
#include "optimize/never_negative.h"

namespace lockstep::optimize {
namespace {

using graph::GivenLevels;
using graph::Graph;
using graph::Node;
using graph::TensorId;

constexpr int kByte = 8;
constexpr int kWord = 16;
constexpr int64_t kLargestWeight = 127;

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

// What the levels of a QuantizeLinear span in reals.
struct Reach {
  float low, high;
};

class Taking {
 public:
  explicit Taking(Graph& graph) : graph_(graph), uses_(graph) {}

  graph::GivenQuantization Run() {
    for (const Node& node : graph_.nodes) {
      if (node.op == "QuantizeLinear") TakePair(node);
      if (node.op == "DequantizeLinear") TakeConstant(node);
    }
    graph::SortAndPrune(graph_);
    return std::move(given_);
  }

 private:
  Node& NodeAt(int32_t at) { return graph_.nodes[static_cast<size_t>(at)]; }
  const std::vector<int32_t>& ReadersOf(TensorId id) const { return uses_.consumers[static_cast<size_t>(id)]; }

  // The type of the levels, without one that of 8 bits without a sign.
  static std::optional<ops::Limits> LimitsOf(const Node& quantize) {
    constexpr int64_t kUint8 = 2;
    return ops::LimitsOf(quantize.Int("output_dtype", 0) == 0 ? kUint8 : quantize.Int("output_dtype", 0));
  }

  // As levels without a sign.
  static std::optional<GivenLevels> LevelsOf(const ops::Limits& limits, const Step& step) {
    const auto zero_point = static_cast<double>(step.zero_point);
    if (zero_point < limits.low || zero_point > limits.high) return std::nullopt;
    const int bits = limits.high - limits.low < (1 << kByte) ? kByte : kWord;
    return GivenLevels{step.scale, static_cast<int32_t>(zero_point - limits.low), bits};
  }

  bool IsSame(const Node& node, const Step& step) const {
    const std::optional<Step> other = StepOf(graph_, node);
    return other && other->scale == step.scale && other->zero_point == step.zero_point;
  }

  void TakePair(const Node& quantize) {
    const TensorId x = quantize.inputs[0];
    const TensorId levels = quantize.outputs[0];
    const std::optional<Step> step = StepOf(graph_, quantize);
    const std::optional<ops::Limits> limits = LimitsOf(quantize);
    if (!step || !limits || graph_.tensor(x).type != graph::ElementType::kFloat || graph::IsConstant(graph_, x) ||
        uses_.is_output[static_cast<size_t>(levels)])
      return;
    const std::optional<GivenLevels> taken = LevelsOf(*limits, *step);
    const std::vector<int32_t>& readers = ReadersOf(levels);
    const auto undoes = [&](int32_t at) { return NodeAt(at).op == "DequantizeLinear" && IsSame(NodeAt(at), *step); };
    if (!taken || !std::all_of(readers.begin(), readers.end(), undoes)) return;
    const bool clips = CutsSigns(x, *taken);
    if ((!clips || AllQuantise(x, quantize, *step)) && !Hold(x, *taken)) return;
    const auto real = [&](double level) {
      return static_cast<float>((level - static_cast<double>(step->zero_point)) * step->scale);
    };
    const Reach reach{real(limits->low), real(limits->high)};
    for (const int32_t at : readers) {
      if (clips) {
        HandOnClipped(x, *taken, reach, NodeAt(at));
      } else {
        HandOn(x, NodeAt(at));
      }
      const TensorId output = NodeAt(at).outputs[0];
      Hold(output, *taken);
      if (taken->zero_point == 0) never_negative_.insert(output);
    }
  }

  static void HandOn(TensorId x, Node& node) {
    node.op = "Identity";
    node.attributes.clear();
    node.inputs = {x};
  }

  // One Clip for all pairs of the same levels behind a tensor.
  void HandOnClipped(TensorId x, const GivenLevels& levels, const Reach& reach, Node& node) {
    for (const auto& [id, known] : clipped_[x]) {
      if (known == levels) return HandOn(id, node);
    }
    clipped_[x].emplace_back(node.outputs[0], levels);
    HandOn(x, node);
    node.op = "Clip";
    node.inputs.push_back(graph::AddFloats(graph_, node.name + "_low", {}, {reach.low}));
    node.inputs.push_back(graph::AddFloats(graph_, node.name + "_high", {}, {reach.high}));
  }

  // False if the tensor has other levels.
  bool Hold(TensorId id, const GivenLevels& levels) {
    const auto [known, first] = given_.tensors.emplace(graph_.tensor(id).name, levels);
    return first || known->second == levels;
  }

  // Levels on one side of 0 alone do what a Relu does, so that quantisers leave it out in front of them. An input is
  // clamped where it is quantised.
  bool CutsSigns(TensorId x, const GivenLevels& levels) const {
    const bool from_zero = levels.zero_point == 0;
    const bool to_zero = levels.zero_point == (1 << levels.bits) - 1;
    if (!(from_zero || to_zero) || uses_.producer[static_cast<size_t>(x)] < 0) return false;
    return to_zero || !NeverNegative(graph_, uses_, x, never_negative_);
  }

  // Does nobody see the tensor but by these levels?
  bool AllQuantise(TensorId x, const Node& quantize, const Step& step) {
    const std::vector<int32_t>& readers = ReadersOf(x);
    return !uses_.is_output[static_cast<size_t>(x)] && std::all_of(readers.begin(), readers.end(), [&](int32_t at) {
      const Node& node = NodeAt(at);
      return node.op == "QuantizeLinear" && node.Int("output_dtype", 0) == quantize.Int("output_dtype", 0) &&
             IsSame(node, step);
    });
  }

  // The integers of 8 bits with a sign that DequantizeLinear reads: the constant itself, or what a QuantizeLinear makes
  // of one. Null: others.
  const graph::Tensor* BytesOf(TensorId id) const {
    if (graph::IsConstant(graph_, id)) {
      const std::vector<int64_t>& levels = graph_.tensor(id).constant->ints;
      const bool fit = std::all_of(levels.begin(), levels.end(), [](int64_t level) {
        return level >= -kLargestWeight - 1 && level <= kLargestWeight;
      });
      return fit ? &graph_.tensor(id) : nullptr;
    }
    const int32_t producer = uses_.producer[static_cast<size_t>(id)];
    if (producer < 0) return nullptr;
    const Node& node = graph_.nodes[static_cast<size_t>(producer)];
    if (node.op != "QuantizeLinear" || !graph::IsConstant(graph_, node.inputs[0])) return nullptr;
    const std::optional<ops::Limits> limits = LimitsOf(node);
    return limits && limits->high == kLargestWeight ? &graph_.tensor(node.inputs[0]) : nullptr;
  }

  void TakeConstant(const Node& dequantize) {
    const graph::Tensor* bytes = BytesOf(dequantize.inputs[0]);
    const std::vector<float>* scales = Scales(graph_, dequantize);
    const auto zero_points = ZeroPoints(graph_, dequantize);
    if (bytes == nullptr || scales == nullptr || !std::all_of(scales->begin(), scales->end(), IsScale) ||
        !zero_points || dequantize.Int("block_size", 0) != 0)
      return;
    if (std::any_of(zero_points->begin(), zero_points->end(), [](int64_t zero) { return zero != 0; })) return;
    const auto rank = static_cast<int64_t>(bytes->shape.size());
    const int64_t axis = dequantize.Int("axis", 1);
    graph_.tensor(dequantize.outputs[0]).given_scales = graph::GivenScales{*scales, axis < 0 ? axis + rank : axis};
  }

  Graph& graph_;
  graph::Uses uses_;
  graph::GivenQuantization given_;
  std::set<TensorId> never_negative_;
  std::map<TensorId, std::vector<std::pair<TensorId, GivenLevels>>> clipped_;
};

}  // namespace

graph::GivenQuantization TakeQuantization(Graph& graph) { return Taking(graph).Run(); }

}  // namespace lockstep::optimize
