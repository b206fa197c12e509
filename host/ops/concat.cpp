#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

void Infer(InferContext& context) {
  Shape to = context.Shape(0);
  const int64_t rank = context.Rank(0);
  context.RequireOneType(0);
  context.Require(rank > 0, "its inputs are scalars");
  const auto axis = static_cast<size_t>(context.AxisAttribute("axis", 0, rank));
  for (size_t i = 1; i < context.node.inputs.size(); ++i) {
    Shape next = context.Shape(i);
    context.Require(next.size() == to.size(), "its inputs differ in rank");
    const int64_t size = next[axis];
    next[axis] = to[axis];
    context.Require(next == to, "inputs " + graph::ToString(context.Shape(0)) + " and " +
                                    graph::ToString(context.Shape(i)) + " do not fit on axis " + std::to_string(axis));
    to[axis] += size;
  }
  context.Set(context.Type(0), to);
}

bool Normalize(graph::Graph& graph, graph::Node& node) { return NormalizeAxis(graph, node, 0); }

Results Evaluate(const Call& call) {
  Value value{call.Type(), call.Shape(), {}};
  const size_t axis = call.Axis("axis", 0, value.shape.size());
  int64_t outer = 1;
  for (size_t i = 0; i < axis; ++i) outer *= value.shape[i];
  for (int64_t row = 0; row < outer; ++row) {
    for (const Value* input : call.inputs) {
      if (input->is_float() != value.is_float()) return std::nullopt;
      const int64_t length = input->count() / outer;
      const auto append = [&](const auto& from, auto& to) {
        to.insert(to.end(), from.begin() + row * length, from.begin() + (row + 1) * length);
      };
      if (value.is_float()) {
        append(input->data.floats, value.data.floats);
      } else {
        append(input->data.ints, value.data.ints);
      }
    }
  }
  return One(std::move(value));
}

std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  for (const graph::TensorId id : node.inputs) {
    const graph::Tensor& input = graph.tensor(id);
    if (input.constant && input.type != graph::ElementType::kFloat) {
      return "its constant input '" + input.name + "' holds " + graph::KindName(input.type);
    }
  }
  return {};
}

}  // namespace

constexpr Op kConcat = Op({1, kAnyNumber}, Infer, Evaluate, LayoutKind::kConcat, Unsupported).Normal(Normalize);

}  // namespace lockstep::ops
