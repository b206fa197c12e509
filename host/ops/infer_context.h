// What an operator's shape rule sees of a node and fills in. Here every attribute is read for the first time and
// checked: what comes later trusts it.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "ops/value.h"

namespace lockstep::ops {

// An attribute with one entry per axis may be as large as this, so that products of two stay exact.
inline constexpr int64_t kLargestEntry = int64_t{1} << 30;

class InferContext {
 public:
  // The value of a tensor, null if it is not known before the model runs.
  using Values = std::function<const Value*(graph::TensorId)>;

  InferContext(const graph::Graph& graph, const graph::Node& of, Values values)
      : node(of),
        types(of.outputs.size(), graph::ElementType::kFloat),
        shapes(of.outputs.size(), graph::kUnknownShape),
        graph_(graph),
        values_(std::move(values)) {}

  const graph::Node& node;
  std::vector<graph::ElementType> types;  // results, one per output
  std::vector<graph::Shape> shapes;

  // The inputs. Their shapes are known, except where `Has` says that one is omitted.
  bool Has(size_t input) const { return input < node.inputs.size() && node.inputs[input] != graph::kNoTensor; }
  const graph::Shape& Shape(size_t input) const;
  graph::ElementType Type(size_t input) const;
  int64_t Rank(size_t input) const { return static_cast<int64_t>(Shape(input).size()); }
  // The value of an input, null if it is omitted or not known before the model runs.
  const Value* Constant(size_t input) const { return Has(input) ? values_(node.inputs[input]) : nullptr; }
  // The same, of an input that holds integers. Throws BadInput if it holds something else.
  const std::vector<int64_t>* Ints(size_t input) const;

  // Attributes; all of these throw BadInput with the attribute, its value and what is allowed.
  int64_t Int(const char* key, int64_t fallback, int64_t lowest, int64_t highest) const;
  bool Flag(const char* key, bool fallback) const { return Int(key, fallback ? 1 : 0, 0, 1) != 0; }
  float Real(const char* key, float fallback) const;  // a finite number
  std::string OneOf(const char* key, const char* fallback, std::initializer_list<const char*> allowed) const;
  // One axis of a tensor of this rank, counted from the front.
  int64_t AxisAttribute(const char* key, int64_t fallback, int64_t rank) const;
  // `count` entries within lowest..kLargestEntry; `fallback` each where there are none.
  std::vector<int64_t> Entries(const char* key, size_t count, int64_t fallback, int64_t lowest) const;

  // An axis out of attribute or input `what`. Negative axes count from the end. Throws BadInput outside of the rank.
  int64_t Axis(int64_t axis, int64_t rank, const char* what = "axis") const;
  // Attribute `axes` or the input `input` (Reduce*, Squeeze); nothing if an input's value is not known.
  std::optional<std::vector<int64_t>> Axes(size_t input, int64_t rank) const;
  // Throws BadInput if an axis stands twice in `axes`, which are counted from the front.
  void RequireDistinct(const std::vector<int64_t>& axes) const;

  // Throw BadInput if inputs that are given hold other elements: `input`, or any behind `first` than `first` does.
  void RequireType(size_t input, graph::ElementType type) const;
  void RequireOneType(size_t first) const;

  void Set(graph::ElementType type, graph::Shape shape, size_t output = 0);
  void SetLikeInput() { Set(Type(0), Shape(0)); }
  [[noreturn]] void Fail(const std::string& reason) const;  // BadInput naming the node
  void Require(bool condition, const std::string& reason) const {
    if (!condition) Fail(reason);
  }

 private:
  const graph::Graph& graph_;
  Values values_;
};

}  // namespace lockstep::ops
