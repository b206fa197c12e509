#include "ops/infer_context.h"

#include <algorithm>
#include <cmath>

#include "graph/error.h"

namespace lockstep::ops {
namespace {

std::string Quoted(const std::string& text) {
  constexpr size_t kLongest = 40;
  return "'" + (text.size() > kLongest ? text.substr(0, kLongest) + "..." : text) + "'";
}

std::string RangeText(int64_t lowest, int64_t highest) {
  if (lowest > highest) return "none";
  return std::to_string(lowest) + " to " + std::to_string(highest);
}

}  // namespace

const graph::Shape& InferContext::Shape(size_t input) const {
  Require(Has(input), "input " + std::to_string(input) + " is missing");
  return graph_.tensor(node.inputs[input]).shape;
}

graph::ElementType InferContext::Type(size_t input) const {
  Require(Has(input), "input " + std::to_string(input) + " is missing");
  return graph_.tensor(node.inputs[input]).type;
}

const std::vector<int64_t>* InferContext::Ints(size_t input) const {
  RequireType(input, graph::ElementType::kInt64);
  const Value* value = Constant(input);
  if (value == nullptr) return nullptr;
  Require(value->shape.size() <= 1, "its input " + std::to_string(input) + " has shape " +
                                        graph::ToString(value->shape) + "; a list of integers is allowed");
  return &value->data.ints;
}

int64_t InferContext::Int(const char* key, int64_t fallback, int64_t lowest, int64_t highest) const {
  const int64_t value = node.Int(key, fallback);
  Require(value >= lowest && value <= highest, "its attribute '" + std::string(key) + "' is " + std::to_string(value) +
                                                   "; allowed: " + RangeText(lowest, highest));
  return value;
}

float InferContext::Real(const char* key, float fallback) const {
  const float value = node.Float(key, fallback);
  Require(std::isfinite(value),
          "its attribute '" + std::string(key) + "' is " + std::to_string(value) + "; allowed: finite numbers");
  return value;
}

std::string InferContext::OneOf(const char* key, const char* fallback,
                                std::initializer_list<const char*> allowed) const {
  std::string value = node.String(key, fallback);
  std::string list;
  for (const char* one : allowed) {
    if (value == one) return value;
    list += (list.empty() ? "" : ", ") + std::string(one);
  }
  Fail("its attribute '" + std::string(key) + "' is " + Quoted(value) + "; allowed: " + list);
}

int64_t InferContext::AxisAttribute(const char* key, int64_t fallback, int64_t rank) const {
  const int64_t axis = node.Int(key, fallback);
  Require(axis >= -rank && axis < rank, "its attribute '" + std::string(key) + "' is " + std::to_string(axis) +
                                            "; allowed for rank " + std::to_string(rank) + ": " +
                                            RangeText(-rank, rank - 1));
  return axis < 0 ? axis + rank : axis;
}

std::vector<int64_t> InferContext::Entries(const char* key, size_t count, int64_t fallback, int64_t lowest) const {
  std::vector<int64_t> values = node.Ints(key, {});
  if (values.empty()) values.assign(count, fallback);
  Require(values.size() == count, "its attribute '" + std::string(key) + "' has " + std::to_string(values.size()) +
                                      " entries; allowed: " + std::to_string(count));
  for (const int64_t value : values) {
    Require(value >= lowest && value <= kLargestEntry, "its attribute '" + std::string(key) + "' has the entry " +
                                                           std::to_string(value) +
                                                           "; allowed: " + RangeText(lowest, kLargestEntry));
  }
  return values;
}

int64_t InferContext::Axis(int64_t axis, int64_t rank, const char* what) const {
  Require(axis >= -rank && axis < rank, "its " + std::string(what) + " " + std::to_string(axis) +
                                            " is outside of rank " + std::to_string(rank) +
                                            "; allowed: " + RangeText(-rank, rank - 1));
  return axis < 0 ? axis + rank : axis;
}

std::optional<std::vector<int64_t>> InferContext::Axes(size_t input, int64_t rank) const {
  std::vector<int64_t> axes = node.Ints("axes", {});
  if (Has(input)) {
    const std::vector<int64_t>* value = Ints(input);
    if (value == nullptr) return std::nullopt;
    axes = *value;
  }
  for (int64_t& axis : axes) axis = Axis(axis, rank, "axes entry");
  return axes;
}

void InferContext::RequireDistinct(const std::vector<int64_t>& axes) const {
  std::vector<int64_t> sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) Fail("its axes name axis " + std::to_string(*twice) + " twice; once is allowed");
}

void InferContext::RequireType(size_t input, graph::ElementType type) const {
  if (!Has(input) || Type(input) == type) return;
  Fail("its input '" + graph_.tensor(node.inputs[input]).name + "' holds " + graph::KindName(Type(input)) +
       " instead of " + graph::KindName(type) + "; export the model again");
}

void InferContext::RequireOneType(size_t first) const {
  for (size_t i = first + 1; i < node.inputs.size(); ++i) RequireType(i, Type(first));
}

void InferContext::Set(graph::ElementType type, graph::Shape shape, size_t output) {
  if (output >= shapes.size()) return;
  types[output] = type;
  shapes[output] = std::move(shape);
}

void InferContext::Fail(const std::string& reason) const {
  // A node that the normal form put there has the name of the one that it was made of.
  const std::vector<std::string>& own = node.onnx_nodes;
  const bool made = !own.empty() && std::find(own.begin(), own.end(), node.name) == own.end();
  throw BadInput("node '" + node.name + "' (" + node.op + (made ? ", made of '" + own.front() + "'" : "") +
                 "): " + reason);
}

}  // namespace lockstep::ops
