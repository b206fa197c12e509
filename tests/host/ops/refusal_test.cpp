// Every mistake in a node of an operator that is refused has its message: what `infer` says of models that contradict
// themselves, and `unsupported` of those that cannot be compiled.
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "graph/error.h"
#include "ops/op_table.h"
#include "support/small_graph.h"

namespace lockstep::ops {
namespace {

using graph::kNoTensor;
using graph::TensorId;
using testing::SmallGraph;

using Ints = std::vector<int64_t>;
using Attributes = std::map<std::string, graph::Attribute>;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Mistake {
  const char* name;
  const char* expected;  // in the message
  std::function<TensorId(SmallGraph&)> build;
};

std::ostream& operator<<(std::ostream& out, const Mistake& mistake) { return out << mistake.name; }
std::string NameOf(const ::testing::TestParamInfo<Mistake>& info) { return info.param.name; }

class Contradiction : public ::testing::TestWithParam<Mistake> {};
class Unsupported : public ::testing::TestWithParam<Mistake> {};

TEST_P(Contradiction, IsNamed) {
  SmallGraph small;
  const TensorId y = GetParam().build(small);
  try {
    small.Finish({y});
    FAIL() << "nothing is refused";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find(GetParam().expected), std::string::npos) << error.what();
  }
}

TEST_P(Unsupported, IsNamed) {
  SmallGraph small;
  const TensorId y = GetParam().build(small);
  const graph::Graph graph = small.Finish({y});
  const std::string reason = WhyUnsupported(graph, graph.nodes.back());
  EXPECT_NE(reason.find(GetParam().expected), std::string::npos) << reason;
}

TensorId Gemm(SmallGraph& g, const graph::Shape& a, const graph::Shape& b, const Attributes& attributes = {}) {
  return g.Add("Gemm", {g.Input("a", a), g.Random(b)}, attributes);
}
TensorId MatMul(SmallGraph& g, const graph::Shape& a, const graph::Shape& b) {
  return g.Add("MatMul", {g.Input("a", a), g.Random(b)});
}
TensorId Normalized(SmallGraph& g, const Attributes& attributes) {
  return g.Add("LayerNormalization", {g.Input("x", {2, 3, 4}), g.Random({4})}, attributes);
}
TensorId TopK(SmallGraph& g, const Ints& k, const Attributes& attributes = {}) {
  return g.AddMany("TopK", {g.Input("x", {2, 5}), g.Ints(k)}, 2, attributes)[0];
}
TensorId Transposed(SmallGraph& g, const graph::Shape& weights, const Attributes& attributes = {}) {
  return g.Add("ConvTranspose", {g.Input("x", {1, 4, 5, 5}), g.Random(weights)}, attributes);
}
TensorId Mean(SmallGraph& g, const Attributes& attributes) {
  return g.Add("ReduceMean", {g.Input("x", {2, 3, 4})}, attributes);
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

const Mistake kTopK[] = {
    {"Axis", "'axis' is 2",
     [](SmallGraph& g) {
       return TopK(g, {1}, {{"axis", int64_t{2}}});
     }},
    {"Largest", "'largest' is 2",
     [](SmallGraph& g) {
       return TopK(g, {1}, {{"largest", int64_t{2}}});
     }},
    {"Sorted", "'sorted' is 2",
     [](SmallGraph& g) {
       return TopK(g, {1}, {{"sorted", int64_t{2}}});
     }},
    {"Many", "its k does not fit the axis; allowed: one number from 0 to 5",
     [](SmallGraph& g) { return TopK(g, {6}); }},
    {"Negative", "its k does not fit the axis", [](SmallGraph& g) { return TopK(g, {-1}); }},
    {"TwoNumbers", "its k does not fit the axis",
     [](SmallGraph& g) {
       return TopK(g, {1, 2});
     }},
    {"Real", "holds floating point",
     [](SmallGraph& g) {
       return g.AddMany("TopK", {g.Input("x", {2, 5}), g.Floats({1}, {2})}, 2)[0];
     }},
};
const Mistake kUnsupportedTopK[] = {
    {"Integers", "it orders integers",
     [](SmallGraph& g) {
       const TensorId x = g.Input("x", {2, 5});
       g.graph.tensor(x).type = graph::ElementType::kInt64;
       return g.AddMany("TopK", {x, g.Ints({2})}, 2)[0];
     }},
    {"Computed", "its k is not constant",
     [](SmallGraph& g) {
       const TensorId k = g.Input("k", {1});
       g.graph.tensor(k).type = graph::ElementType::kInt64;
       return g.AddMany("TopK", {g.Input("x", {2, 5}), k}, 2)[0];
     }},
    {"Length", "its axis has 16777217 elements",
     [](SmallGraph& g) {
       return g.AddMany("TopK", {g.Input("x", {1 << 24 | 1}), g.Ints({2})}, 2)[0];
     }},
};

const Mistake kConvTranspose[] = {
    {"Rank", "(ConvTranspose): ",
     [](SmallGraph& g) {
       return g.Add("ConvTranspose", {g.Input("x", {4, 4}), g.Random({4, 4})});
     }},
    {"Channels", "input 1x4x5x5 and weights 3x2x2x2 do not fit",
     [](SmallGraph& g) {
       return Transposed(g, {3, 2, 2, 2});
     }},
    {"RankOfWeights", "input 1x4x5x5 and weights 4x2x2 do not fit",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2});
     }},
    {"Integers", "holds integers instead of floating point",
     [](SmallGraph& g) {
       const TensorId w = g.Input("w", {4, 2, 2, 2});
       g.graph.tensor(w).type = graph::ElementType::kInt64;
       return g.Add("ConvTranspose", {g.Input("x", {1, 4, 5, 5}), w});
     }},
    {"AutoPad", "'auto_pad' is 'SAME'; allowed",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"auto_pad", std::string("SAME")}});
     }},
    {"Group", "'group' is 0",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"group", int64_t{0}}});
     }},
    {"GroupDivides", "'group' is 3; allowed: divisors",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"group", int64_t{3}}});
     }},
    {"EmptyKernel", "its input or its kernel is empty",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 0, 2});
     }},
    {"EmptyInput", "its input or its kernel is empty",
     [](SmallGraph& g) {
       return g.Add("ConvTranspose", {g.Input("x", {1, 4, 0, 5}), g.Random({4, 2, 2, 2})});
     }},
    {"KernelShape", "'kernel_shape' is 3x2",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"kernel_shape", Ints{3, 2}}});
     }},
    {"Bias", "bias has shape 3 instead of 2",
     [](SmallGraph& g) {
       return g.Add("ConvTranspose", {g.Input("x", {1, 4, 5, 5}), g.Random({4, 2, 2, 2}), g.Random({3})});
     }},
    {"Strides", "'strides' has the entry 0",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"strides", Ints{0, 1}}});
     }},
    {"Dilations", "'dilations' has 1 entries",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"dilations", Ints{1}}});
     }},
    {"Pads", "'pads' has 2 entries",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"pads", Ints{1, 1}}});
     }},
    {"OutputPadding", "'output_padding' has the entry -1",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"output_padding", Ints{-1, 0}}});
     }},
    {"OutputShape", "'output_shape' has the entry 0",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"output_shape", Ints{0, 1}}});
     }},
    {"EmptyOutput", "its output would be empty",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"pads", Ints{3, 0, 3, 0}}});
     }},
};
const Mistake kUnsupportedConvTranspose[] = {
    {"Row", "only images of rank 4",
     [](SmallGraph& g) {
       return g.Add("ConvTranspose", {g.Input("x", {1, 3, 9}), g.Random({3, 2, 2})});
     }},
    {"Dilations", "its dilations are 1x2",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"dilations", Ints{1, 2}}});
     }},
    {"Strides", "its strides are 1x65",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"strides", Ints{1, 65}}});
     }},
    {"Pads", "its pads are 0x2x0x0",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"pads", Ints{0, 2, 0, 0}}});
     }},
    {"Longer", "its output is 1 longer",
     [](SmallGraph& g) {
       return Transposed(g, {4, 2, 2, 2}, {{"output_padding", Ints{0, 1}}});
     }},
};

const Mistake kPRelu[] = {
    {"Integers", "holds integers instead of floating point",
     [](SmallGraph& g) {
       return g.Add("PRelu", {g.Input("x", {2, 1}), g.Ints({1})});
     }},
    {"Slope", "its slope of shape 2x3 does not fit an input of shape 3",
     [](SmallGraph& g) {
       return g.Add("PRelu", {g.Input("x", {3}), g.Random({2, 3})});
     }},
};
const Mistake kUnsupportedPRelu[] = {
    {"Computed", "its slope is computed",
     [](SmallGraph& g) {
       return g.Add("PRelu", {g.Input("x", {3}), g.Input("s", {3})});
     }},
    {"Infinity", "its slope contains infinity or NaN",
     [](SmallGraph& g) {
       return g.Add("PRelu", {g.Input("x", {1}), g.Floats({1}, {kInfinity})});
     }},
};

const Mistake kReduceMean[] = {
    {"KeepDims", "'keepdims' is 2",
     [](SmallGraph& g) {
       return Mean(g, {{"keepdims", int64_t{2}}});
     }},
    {"Noop", "'noop_with_empty_axes' is 2",
     [](SmallGraph& g) {
       return Mean(g, {{"noop_with_empty_axes", int64_t{2}}});
     }},
    {"Axes", "its axes entry 3 is outside of rank 3",
     [](SmallGraph& g) {
       return Mean(g, {{"axes", Ints{3}}});
     }},
};

#define LOCKSTEP_REFUSALS(op) INSTANTIATE_TEST_SUITE_P(op, Contradiction, ::testing::ValuesIn(k##op), NameOf)
#define LOCKSTEP_UNSUPPORTED(op) \
  INSTANTIATE_TEST_SUITE_P(op, Unsupported, ::testing::ValuesIn(kUnsupported##op), NameOf)

LOCKSTEP_REFUSALS(Gemm);
LOCKSTEP_REFUSALS(MatMul);
LOCKSTEP_REFUSALS(LayerNormalization);
LOCKSTEP_REFUSALS(TopK);
LOCKSTEP_REFUSALS(ConvTranspose);
LOCKSTEP_REFUSALS(PRelu);
LOCKSTEP_REFUSALS(ReduceMean);
LOCKSTEP_UNSUPPORTED(Gemm);
LOCKSTEP_UNSUPPORTED(MatMul);
LOCKSTEP_UNSUPPORTED(LayerNormalization);
LOCKSTEP_UNSUPPORTED(TopK);
LOCKSTEP_UNSUPPORTED(ConvTranspose);
LOCKSTEP_UNSUPPORTED(PRelu);

// Constants and finite numbers are no reason.
TEST(MatMul, IsSupportedWithAConstantOrWithout) {
  SmallGraph small;
  const TensorId product = small.Add("MatMul", {small.Input("a", {2, 3}), small.Input("b", {3, 4})});
  const graph::Graph graph = small.Finish({small.Add("MatMul", {product, small.Random({4, 5})})});
  for (const graph::Node& node : graph.nodes) EXPECT_EQ(WhyUnsupported(graph, node), "");
}

TEST(LayerNormalization, IsSupportedWithoutABias) {
  SmallGraph small;
  const TensorId norm = small.Add("LayerNormalization", {small.Input("x", {2, 4}), small.Random({4}), kNoTensor});
  const graph::Graph graph = small.Finish({norm});
  EXPECT_EQ(WhyUnsupported(graph, graph.nodes[0]), "");
}

}  // namespace
}  // namespace lockstep::ops
