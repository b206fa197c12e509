// MatMul and Gemm.
#include <algorithm>

#include "engine/float/broadcast.h"
#include "engine/float/operator_table.h"

namespace lockstep::engine {
namespace {

using dnnl::memory;

// Row-major matrices, batches first; a transposed one is described by its strides.
memory::desc MatrixDesc(const graph::Shape& shape, bool transposed) {
  std::vector<int64_t> strides = Strides(shape);
  graph::Shape dims = shape;
  if (transposed) {
    std::swap(dims[dims.size() - 1], dims[dims.size() - 2]);
    std::swap(strides[dims.size() - 1], strides[dims.size() - 2]);
  }
  return {dims, memory::data_type::f32, strides};
}

// `left` and `right` have the same rank, at least 2.
ValueId AddProduct(Plan& plan, ValueId left, ValueId right, const graph::Shape& output_shape, float factor) {
  const ValueId output = plan.AddValue(output_shape, kPlain);
  memory::desc right_desc = plan.value(right).desc;
  if (plan.IsConstant(right)) {
    right_desc = memory::desc(right_desc.dims(), memory::data_type::f32, memory::format_tag::any);
  }
  dnnl::primitive_attr attributes;
  if (factor != 1.0F) attributes.set_output_scales(0, {factor});
  const dnnl::matmul::desc what(plan.value(left).desc, right_desc, plan.value(output).desc);
  const dnnl::matmul::primitive_desc how(what, attributes, plan.engine());
  plan.AddPrimitive(dnnl::matmul(how),
                    {{DNNL_ARG_SRC, left}, {DNNL_ARG_WEIGHTS, plan.InLayout(right, how.weights_desc())}}, output);
  return output;
}

}  // namespace

std::vector<ValueId> BuildMatMul(NodeContext& context, const graph::Node& node) {
  Plan& plan = context.plan();
  ValueId left = context.Plain(node.inputs[0]);
  ValueId right = context.Plain(node.inputs[1]);
  graph::Shape a = plan.value(left).shape;
  graph::Shape b = plan.value(right).shape;
  graph::Shape output = context.graph().tensor(node.outputs[0]).shape;
  const graph::Shape final_shape = output;
  if (b.size() == 1) {  // a column
    b.push_back(1);
    output.push_back(1);
  }
  if (a.size() == 1) output.insert(output.end() - 1, 1);  // a row, as the axes in front make it
  const size_t rank = std::max(a.size(), b.size());
  a.insert(a.begin(), rank - a.size(), 1);
  b.insert(b.begin(), rank - b.size(), 1);
  left = plan.AddView(left, a, kPlain);
  right = plan.AddView(right, b, kPlain);
  const ValueId product = AddProduct(plan, left, right, output, 1.0F);
  return {plan.AddView(product, final_shape, kPlain)};
}

std::vector<ValueId> BuildGemm(NodeContext& context, const graph::Node& node) {
  Plan& plan = context.plan();
  const graph::Shape& output = context.graph().tensor(node.outputs[0]).shape;
  ValueId left = context.Plain(node.inputs[0]);
  ValueId right = context.Plain(node.inputs[1]);
  left = plan.AddView(left, MatrixDesc(plan.value(left).shape, node.Int("transA", 0) != 0));
  right = plan.AddView(right, MatrixDesc(plan.value(right).shape, node.Int("transB", 0) != 0));
  const ValueId product = AddProduct(plan, left, right, output, node.Float("alpha", 1.0F));
  if (!HasInput(node, 2)) return {product};

  ValueId addend = context.Plain(node.inputs[2]);
  graph::Shape shape = plan.value(addend).shape;
  const float beta = node.Float("beta", 1.0F);
  if (beta != 1.0F) {
    const ValueId scaled = plan.AddValue(shape, kPlain);
    const int64_t count = graph::ElementCount(shape);
    plan.AddLoop({addend}, scaled, [beta, count](const std::vector<const float*>& inputs, float* to) {
      for (int64_t i = 0; i < count; ++i) to[i] = beta * inputs[0][i];
    });
    addend = scaled;
  }
  shape.insert(shape.begin(), output.size() - shape.size(), 1);
  const ValueId sum = plan.AddValue(output, kPlain);
  const BroadcastLoop loop(BinaryKind::kAdd, output, shape, output);
  plan.AddLoop({product, addend}, sum,
               [loop](const std::vector<const float*>& inputs, float* to) { loop(inputs[0], inputs[1], to); });
  return {sum};
}

}  // namespace lockstep::engine
