#include <optional>

#include "optimize/given_scales.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

// y = x * matrix + bias, for every row of x.
struct Product {
  bool x_transposed = false;
  int64_t depth = 0;
  int64_t columns = 0;
  std::vector<float> weights;  // [columns][depth]
  std::optional<graph::GivenScales> scales;
  std::vector<float> bias;      // by column, empty: none
  TensorId addend = kNoTensor;  // what is no bias and must be added behind
};

// One number for each column, whatever the row: as such a list. `shape` broadcasts to rows of `columns`.
std::optional<std::vector<float>> PerColumn(const Graph& graph, TensorId id, int64_t columns) {
  if (!IsConstant(graph, id)) return std::nullopt;
  const Shape& shape = graph.tensor(id).shape;
  const std::vector<float>& values = graph.tensor(id).constant.value().floats;
  const int64_t last = shape.empty() ? 1 : shape.back();
  if (static_cast<int64_t>(values.size()) != last) return std::nullopt;
  if (last == columns) return values;
  return std::vector<float>(static_cast<size_t>(columns), values[0]);
}

// The constant matrix as weights, times `factor`.
void TakeMatrix(const Graph& graph, TensorId id, bool transposed, float factor, Product* product) {
  const std::vector<float>& values = graph.tensor(id).constant.value().floats;
  product->weights.resize(values.size());
  for (int64_t n = 0; n < product->columns; ++n) {
    for (int64_t k = 0; k < product->depth; ++k) {
      const int64_t from = transposed ? n * product->depth + k : k * product->columns + n;
      product->weights[static_cast<size_t>(n * product->depth + k)] = values[static_cast<size_t>(from)] * factor;
    }
  }
  // Columns are the last axis, of a transposed matrix the first.
  const auto columns = transposed ? 0 : static_cast<int64_t>(graph.tensor(id).shape.size()) - 1;
  product->scales = ScalesTimes(graph.tensor(id), columns, {factor});
  if (!product->scales) return;
  if (product->scales->values.size() > 1 && product->scales->axis != columns) product->scales.reset();
  if (product->scales) product->scales->axis = 0;
}

bool IsMatrix(const Graph& graph, const Node& node) {
  const TensorId x = node.inputs[0];
  const TensorId matrix = node.inputs[1];
  return !IsConstant(graph, x) && IsConstant(graph, matrix) &&
         graph.tensor(matrix).type == graph::ElementType::kFloat && graph::IsKnown(graph.tensor(x).shape) &&
         graph::ElementCount(graph.tensor(node.outputs[0]).shape) > 0 &&
         graph::ElementCount(graph.tensor(matrix).shape) > 0;
}

std::optional<Product> ReadGemm(Graph& graph, const Node& node) {
  const TensorId matrix = node.inputs[1];
  const bool transposed = node.Int("transB", 0) != 0;
  const Shape shape = graph.tensor(matrix).shape;
  Product product;
  product.x_transposed = node.Int("transA", 0) != 0;
  product.depth = shape[transposed ? 1 : 0];
  product.columns = shape[transposed ? 0 : 1];
  TakeMatrix(graph, matrix, transposed, node.Float("alpha", 1.0F), &product);
  const float beta = node.Float("beta", 1.0F);
  if (node.inputs.size() < 3 || node.inputs[2] == kNoTensor || beta == 0.0F) return product;
  const TensorId c = node.inputs[2];
  if (auto bias = PerColumn(graph, c, product.columns)) {
    for (float& value : *bias) value *= beta;
    product.bias = std::move(*bias);
    return product;
  }
  if (beta == 1.0F) {
    product.addend = c;
    return product;
  }
  if (!IsConstant(graph, c)) return std::nullopt;
  std::vector<float> values = graph.tensor(c).constant->floats;
  for (float& value : values) value *= beta;
  product.addend = AddFloats(graph, node.name + "_addend", Shape(graph.tensor(c).shape), std::move(values));
  return product;
}

// A constant of more than two axes multiplies every batch alike only where its leading axes have one element.
std::optional<Product> ReadMatMul(const Graph& graph, const Node& node) {
  const Shape& shape = graph.tensor(node.inputs[1]).shape;
  const size_t rank = shape.size();
  Product product;
  product.depth = rank == 1 ? shape[0] : shape[rank - 2];
  product.columns = rank == 1 ? 1 : shape[rank - 1];
  if (graph::ElementCount(shape) != product.depth * product.columns) return std::nullopt;
  TakeMatrix(graph, node.inputs[1], false, 1.0F, &product);
  return product;
}

// The Add behind a MatMul that adds one number to each column; null if there is none.
Node* BiasBehind(Graph& graph, const graph::Uses& uses, const Node& node, Product* product) {
  const int32_t index = OnlyConsumer(uses, node.outputs[0]);
  if (node.op != "MatMul" || index < 0) return nullptr;
  Node& add = graph.nodes[static_cast<size_t>(index)];
  if (add.op != "Add" || add.activation.kind != graph::ActivationKind::kNone) return nullptr;
  const TensorId other = add.inputs[add.inputs[0] == node.outputs[0] ? 1 : 0];
  if (graph.tensor(add.outputs[0]).shape != graph.tensor(node.outputs[0]).shape) return nullptr;
  // A vector times a matrix whose columns are no axis of their own any more.
  if (graph.tensor(node.outputs[0]).shape.empty() || graph.tensor(node.outputs[0]).shape.back() != product->columns) {
    return nullptr;
  }
  auto bias = PerColumn(graph, other, product->columns);
  if (!bias) return nullptr;
  product->bias = std::move(*bias);
  return &add;
}

// Rows become a batch of pictures of one pixel: Reshape, Conv, Reshape.
void Replace(Graph& graph, size_t index, const Product& product, TensorId y) {
  const Node origin = graph.nodes[index];
  std::vector<Node> nodes;
  TensorId x = origin.inputs[0];
  if (product.x_transposed) {
    const Shape& shape = graph.tensor(x).shape;
    const TensorId turned = NewTensor(graph, origin.name + "_turned", x, {shape[1], shape[0]});
    nodes.push_back(HelperNode(origin, "Transpose", "_turn", {x}, turned, {{"perm", std::vector<int64_t>{1, 0}}}));
    x = turned;
  }
  const int64_t rows = graph::ElementCount(graph.tensor(y).shape) / product.columns;
  const TensorId pixels = NewTensor(graph, origin.name + "_rows", x, {rows, product.depth, 1, 1});
  nodes.push_back(ReshapeNode(graph, origin, "_to_rows", x, pixels));
  const TensorId result = NewTensor(graph, origin.name + "_product", y, {rows, product.columns, 1, 1});
  const TensorId weights =
      AddFloats(graph, origin.name + "_weights", {product.columns, product.depth, 1, 1}, product.weights);
  graph.tensor(weights).given_scales = product.scales;
  std::vector<TensorId> inputs = {pixels, weights};
  if (!product.bias.empty()) {
    inputs.push_back(AddFloats(graph, origin.name + "_bias", {product.columns}, product.bias));
  }
  const bool adds = product.addend != kNoTensor;
  const TensorId sum = adds ? AddLike(graph, origin.name + "_without_c", y) : y;
  nodes.push_back(ReshapeNode(graph, origin, "_from_rows", result, sum));
  if (adds) nodes.push_back(HelperNode(origin, "Add", "_c", {sum, product.addend}, y, {}));
  Node& conv = graph.nodes[index];
  conv.op = "Conv";
  conv.inputs = std::move(inputs);
  conv.outputs = {result};
  conv.attributes.clear();
  for (Node& node : nodes) graph.nodes.push_back(std::move(node));
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  if ((node.op != "Gemm" && node.op != "MatMul") || !IsMatrix(graph, node)) return false;
  auto product = node.op == "Gemm" ? ReadGemm(graph, node) : ReadMatMul(graph, node);
  if (!product) return false;
  TensorId y = node.outputs[0];
  if (Node* add = BiasBehind(graph, uses, node, &*product)) {
    y = add->outputs[0];
    InheritNodes(node, *add);
    Retire(*add);
  }
  Replace(graph, index, *product, y);
  return true;
}

}  // namespace

int ProductsToConv(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
