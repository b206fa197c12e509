// Refusals of products and normalisation.
#include "refusal.h"

namespace lockstep::ops {
namespace {

using graph::kNoTensor;

TensorId Gemm(SmallGraph& g, const graph::Shape& a, const graph::Shape& b, const Attributes& attributes = {}) {
  return g.Add("Gemm", {g.Input("a", a), g.Random(b)}, attributes);
}
TensorId MatMul(SmallGraph& g, const graph::Shape& a, const graph::Shape& b) {
  return g.Add("MatMul", {g.Input("a", a), g.Random(b)});
}
TensorId Normalized(SmallGraph& g, const Attributes& attributes) {
  return g.Add("LayerNormalization", {g.Input("x", {2, 3, 4}), g.Random({4})}, attributes);
}

const Mistake kGemm[] = {
    {"Integers", "holds integers instead of floating point",
     [](SmallGraph& g) {
       return g.Add("Gemm", {g.Input("a", {1, 2}), g.Ints({1, 2})});
     }},
    {"Alpha", "'alpha' is inf",
     [](SmallGraph& g) {
       return Gemm(g, {2, 3}, {3, 4}, {{"alpha", kInfinity}});
     }},
    {"Beta", "'beta' is inf",
     [](SmallGraph& g) {
       return Gemm(g, {2, 3}, {3, 4}, {{"beta", kInfinity}});
     }},
    {"TransA", "'transA' is 2",
     [](SmallGraph& g) {
       return Gemm(g, {2, 3}, {3, 4}, {{"transA", int64_t{2}}});
     }},
    {"TransB", "'transB' is 2",
     [](SmallGraph& g) {
       return Gemm(g, {2, 3}, {3, 4}, {{"transB", int64_t{2}}});
     }},
    {"Rank", "inputs must be matrices",
     [](SmallGraph& g) {
       return Gemm(g, {1, 2, 3}, {3, 4});
     }},
    {"RankOfB", "inputs must be matrices",
     [](SmallGraph& g) {
       return Gemm(g, {2, 3}, {1, 3, 4});
     }},
    {"Depth", "matrices 2x3 and 4x3 do not fit",
     [](SmallGraph& g) {
       return Gemm(g, {2, 3}, {4, 3});
     }},
    {"Addend", "its input C of shape 5 does not fit 2x4",
     [](SmallGraph& g) {
       return g.Add("Gemm", {g.Input("a", {2, 3}), g.Random({3, 4}), g.Random({5})});
     }},
    {"LargerAddend", "its input C of shape 1x2x4 does not fit 2x4",
     [](SmallGraph& g) {
       return g.Add("Gemm", {g.Input("a", {2, 3}), g.Random({3, 4}), g.Random({1, 2, 4})});
     }},
};
const Mistake kUnsupportedGemm[] = {
    {"Computed", "its matrix B is computed",
     [](SmallGraph& g) {
       return g.Add("Gemm", {g.Input("a", {2, 3}), g.Input("b", {3, 4})});
     }},
    {"Integers", "it computes integers",
     [](SmallGraph& g) {
       const TensorId a = g.Input("a", {2, 3});
       const TensorId b = g.Input("b", {3, 4});
       g.graph.tensor(a).type = g.graph.tensor(b).type = graph::ElementType::kInt64;
       return g.Add("Gemm", {a, b});
     }},
    {"Addend", "its input C is computed and beta is not 1",
     [](SmallGraph& g) {
       return g.Add("Gemm", {g.Input("a", {2, 3}), g.Random({3, 4}), g.Input("c", {2, 4})}, {{"beta", 2.0F}});
     }},
};

const Mistake kMatMul[] = {
    {"Integers", "holds integers instead of floating point",
     [](SmallGraph& g) {
       return g.Add("MatMul", {g.Input("a", {1, 2}), g.Ints({1, 2})});
     }},
    {"Scalar", "an input is a scalar",
     [](SmallGraph& g) {
       return MatMul(g, {}, {3, 4});
     }},
    {"ScalarOnTheRight", "an input is a scalar",
     [](SmallGraph& g) {
       return MatMul(g, {3, 4}, {});
     }},
    {"Depth", "matrices 2x3 and 4x3 do not fit",
     [](SmallGraph& g) {
       return MatMul(g, {2, 3}, {4, 3});
     }},
    {"Batch", "do not broadcast",
     [](SmallGraph& g) {
       return MatMul(g, {2, 4, 3}, {3, 3, 4});
     }},
};
const Mistake kUnsupportedMatMul[] = {
    {"Vectors", "the product of two vectors is not supported", [](SmallGraph& g) { return MatMul(g, {3}, {3}); }},
    {"Infinity", "its matrix holds what is no finite number",
     [](SmallGraph& g) {
       return g.Add("MatMul", {g.Input("a", {2, 1}), g.Floats({1, 2}, {1, kInfinity})});
     }},
};

const Mistake kLayerNormalization[] = {
    {"Integers", "holds integers instead of floating point",
     [](SmallGraph& g) {
       return g.Add("LayerNormalization", {g.Input("x", {3, 1}), g.Ints({1})});
     }},
    {"Epsilon", "'epsilon' is inf",
     [](SmallGraph& g) {
       return Normalized(g, {{"epsilon", kInfinity}});
     }},
    {"StashType", "'stash_type' is 10",
     [](SmallGraph& g) {
       return Normalized(g, {{"stash_type", int64_t{10}}});
     }},
    {"Axis", "'axis' is 3",
     [](SmallGraph& g) {
       return Normalized(g, {{"axis", int64_t{3}}});
     }},
    {"Scale", "its input 1 of shape 3 does not fit 4",
     [](SmallGraph& g) {
       return g.Add("LayerNormalization", {g.Input("x", {2, 3, 4}), g.Random({3})});
     }},
    {"LargerScale", "its input 1 of shape 3x4 does not fit 4",
     [](SmallGraph& g) {
       return g.Add("LayerNormalization", {g.Input("x", {2, 3, 4}), g.Random({3, 4})});
     }},
};
const Mistake kUnsupportedLayerNormalization[] = {
    {"Scale", "its scale is computed",
     [](SmallGraph& g) {
       return g.Add("LayerNormalization", {g.Input("x", {2, 4}), g.Input("s", {4})});
     }},
    {"Bias", "its bias is computed",
     [](SmallGraph& g) {
       return g.Add("LayerNormalization", {g.Input("x", {2, 4}), g.Random({4}), g.Input("b", {4})});
     }},
    {"Infinity", "its scale holds what is no finite number",
     [](SmallGraph& g) {
       return g.Add("LayerNormalization", {g.Input("x", {2, 2}), g.Floats({2}, {1, kInfinity})});
     }},
    {"Mean", "its mean or deviation is used",
     [](SmallGraph& g) {
       return g.AddMany("LayerNormalization", {g.Input("x", {2, 4}), g.Random({4})}, 2)[0];
     }},
};

LOCKSTEP_REFUSALS(Gemm);
LOCKSTEP_REFUSALS(MatMul);
LOCKSTEP_REFUSALS(LayerNormalization);
LOCKSTEP_UNSUPPORTED(Gemm);
LOCKSTEP_UNSUPPORTED(MatMul);
LOCKSTEP_UNSUPPORTED(LayerNormalization);

// Constants and finite numbers are no reason.
TEST(MatMul, IsSupportedWithAConstantOrWithout) {
  SmallGraph small;
  const TensorId product = small.Add("MatMul", {small.Input("a", {2, 3}), small.Input("b", {3, 4})});
  const graph::Graph graph = small.Finish({small.Add("MatMul", {product, small.Random({4, 5})})});
  for (const graph::Node& node : graph.nodes) EXPECT_EQ(WhyUnsupported(graph, node), "");
}

TEST(MatMul, IsSupportedWithOneVector) {
  for (const bool left : {false, true}) {
    SmallGraph small;
    const TensorId product = left ? MatMul(small, {3}, {3, 4}) : MatMul(small, {4, 3}, {3});
    const graph::Graph graph = small.Finish({product});
    EXPECT_EQ(WhyUnsupported(graph, graph.nodes[0]), "");
  }
}

TEST(LayerNormalization, IsSupportedWithoutABias) {
  SmallGraph small;
  const TensorId norm = small.Add("LayerNormalization", {small.Input("x", {2, 4}), small.Random({4}), kNoTensor});
  const graph::Graph graph = small.Finish({norm});
  EXPECT_EQ(WhyUnsupported(graph, graph.nodes[0]), "");
}

}  // namespace
}  // namespace lockstep::ops
