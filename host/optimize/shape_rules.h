// One rule per operator: the types and shapes of its outputs from those of its inputs.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "optimize/constant_value.h"

namespace lockstep::optimize {

// What a rule sees of a node and fills in. The inputs' shapes are known, except where `Has` says that one is omitted.
class ShapeContext {
 public:
  // The value of a tensor, null if it is not known before the model runs.
  using Values = std::function<const Value*(graph::TensorId)>;

  ShapeContext(const graph::Graph& graph, const graph::Node& of, Values values)
      : node(of),
        types(of.outputs.size(), graph::ElementType::kFloat),
        shapes(of.outputs.size(), graph::kUnknownShape),
        graph_(graph),
        values_(std::move(values)) {}

  const graph::Node& node;
  std::vector<graph::ElementType> types;  // results, one per output
  std::vector<graph::Shape> shapes;

  bool Has(size_t input) const { return input < node.inputs.size() && node.inputs[input] != graph::kNoTensor; }
  const graph::Shape& Shape(size_t input) const;
  graph::ElementType Type(size_t input) const;
  int64_t Rank(size_t input) const { return static_cast<int64_t>(Shape(input).size()); }
  // The value of an input, null if it is omitted or not known before the model runs.
  const Value* Constant(size_t input) const { return Has(input) ? values_(node.inputs[input]) : nullptr; }
  // The same, of an input that holds integers. Throws BadInput if it holds something else.
  const std::vector<int64_t>* Ints(size_t input) const;
  // Negative axes count from the end. Throws BadInput outside of the rank.
  int64_t Axis(int64_t axis, int64_t rank) const;
  // Attribute `axes` of input 0, or the input `input` (Reduce*, Squeeze); nothing if an input's value is not known.
  std::optional<std::vector<int64_t>> Axes(size_t input, int64_t rank) const;

  // Throw BadInput if inputs that are given hold other elements: `input`, or any behind `first` than `first` does.
  void RequireType(size_t input, graph::ElementType type) const;
  void RequireOneType(size_t first) const;

  void Set(graph::ElementType type, graph::Shape shape, size_t output = 0);
  [[noreturn]] void Fail(const std::string& reason) const;  // BadInput naming the node
  void Require(bool condition, const std::string& reason) const {
    if (!condition) Fail(reason);
  }

 private:
  const graph::Graph& graph_;
  Values values_;
};

using ShapeRule = void (*)(ShapeContext&);
using ShapeRules = std::map<std::string, ShapeRule>;

const ShapeRules& ElementwiseRules();
const ShapeRules& WindowRules();  // convolutions, pools, resize, matrix products
const ShapeRules& LayoutRules();  // what moves elements
const ShapeRules& ReductionRules();

// NumPy's broadcasting; nothing if the shapes do not fit.
std::optional<graph::Shape> Broadcast(const graph::Shape& a, const graph::Shape& b);

// Where a node's windows lie, per spatial axis: paddings made explicit.
struct Window {
  std::vector<int64_t> kernel, strides, dilations, pads_begin, pads_end, output;
};
// `spatial` is the input's shape without N and C. Throws BadInput naming the node.
Window ResolveWindow(const graph::Node& node, const graph::Shape& spatial, const std::vector<int64_t>& kernel);
// Whether `ceil_mode` gives a pool windows that reach beyond the padding: elements that count_include_pad does not
// count.
bool ReachesBeyondPadding(const graph::Node& node, const graph::Shape& spatial);

// The normalised form of a Slice: for every axis of the input the first index, the step and the count.
struct SliceExtent {
  std::vector<int64_t> start, step, count;
};
SliceExtent ResolveSlice(const graph::Shape& shape, const std::vector<int64_t>& starts,
                         const std::vector<int64_t>& ends, const std::vector<int64_t>& axes,
                         const std::vector<int64_t>& steps);

}  // namespace lockstep::optimize
