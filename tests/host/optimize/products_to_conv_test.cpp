#include <gtest/gtest.h>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

TEST(ProductsToConv, TakesEveryFormOfGemm) {
  for (const int64_t turn_a : {0, 1}) {
    for (const int64_t turn_b : {0, 1}) {
      for (const graph::Shape& c : {graph::Shape{}, graph::Shape{1}, graph::Shape{5}, graph::Shape{1, 5}}) {
        SCOPED_TRACE(std::to_string(turn_a) + std::to_string(turn_b) + graph::ToString(c));
        SmallGraph small;
        const TensorId x = small.Input("x", turn_a == 1 ? graph::Shape{7, 3} : graph::Shape{3, 7});
        const TensorId b = small.Random(turn_b == 1 ? graph::Shape{5, 7} : graph::Shape{7, 5});
        const TensorId y = small.Add("Gemm", {x, b, small.Random(c)},
                                     {{"alpha", 0.5F}, {"beta", 2.0F}, {"transA", turn_a}, {"transB", turn_b}});
        const graph::Graph after = CheckPass(small.Finish({y}), ProductsToConv, 1,
                                             turn_a == 1 ? "Transpose Reshape Conv Reshape" : "Reshape Conv Reshape");
        std::string names;
        for (const graph::Node& node : after.nodes) {
          EXPECT_EQ(node.onnx_nodes, (std::vector<std::string>{"Gemm_0"})) << node.name;
          names += node.name + " ";
        }
        EXPECT_EQ(names, std::string(turn_a == 1 ? "Gemm_0_turn " : "") + "Gemm_0_to_rows Gemm_0 Gemm_0_from_rows ");
        EXPECT_TRUE(after.nodes[turn_a == 1 ? 2 : 1].attributes.empty()) << "nothing of the Gemm's";
      }
    }
  }
}

TEST(ProductsToConv, AddsBehindAGemmWhatIsNoBias) {
  for (const graph::Shape& shape : {graph::Shape{3, 5}, graph::Shape{3, 1}}) {
    for (const bool computed : {false, true}) {
      SmallGraph small;
      const TensorId x = small.Input("x", {3, 7});
      const TensorId c = computed ? small.Input("c", shape) : small.Random(shape);
      const float beta = computed ? 1.0F : 3.0F;
      const TensorId y = small.Add("Gemm", {x, small.Random({7, 5}), c}, {{"beta", beta}});
      CheckPass(small.Finish({y}), ProductsToConv, 1, "Reshape Conv Reshape Add");
    }
  }
}

TEST(ProductsToConv, LeavesAGemmOfComputedMatricesOrScaledComputedAddends) {
  SmallGraph small;
  const TensorId x = small.Input("x", {3, 7});
  ExpectUntouched(small.Finish({small.Add("Gemm", {x, small.Input("b", {7, 5})})}), ProductsToConv);
  SmallGraph other;
  const TensorId y =
      other.Add("Gemm", {other.Input("x", {3, 7}), other.Random({7, 5}), other.Input("c", {3, 5})}, {{"beta", 2.0F}});
  ExpectUntouched(other.Finish({y}), ProductsToConv);
}

TEST(ProductsToConv, FlattensTheBatchesOfMatMul) {
  const std::vector<std::pair<graph::Shape, graph::Shape>> shapes = {
      {{7}, {7, 5}}, {{3, 7}, {7, 5}}, {{2, 3, 7}, {7, 5}},    {{2, 4, 3, 7}, {7, 5}},
      {{3, 7}, {7}}, {{2, 3, 7}, {7}}, {{3, 7}, {1, 1, 7, 5}}, {{7}, {7}},
  };
  for (const auto& [x, b] : shapes) {
    SCOPED_TRACE(graph::ToString(x) + " times " + graph::ToString(b));
    SmallGraph small;
    const TensorId y = small.Add("MatMul", {small.Input("x", x), small.Random(b)});
    CheckPass(small.Finish({y}), ProductsToConv, 1, "Reshape Conv Reshape");
  }
  SmallGraph small;  // a matrix for each batch
  const TensorId y = small.Add("MatMul", {small.Input("x", {2, 3, 7}), small.Random({2, 7, 5})});
  ExpectUntouched(small.Finish({y}), ProductsToConv);
}

TEST(ProductsToConv, TakesTheBiasBehindAMatMul) {
  for (const graph::Shape& bias : {graph::Shape{5}, graph::Shape{1, 1, 5}, graph::Shape{1}}) {
    SmallGraph small;
    const TensorId product = small.Add("MatMul", {small.Input("x", {2, 3, 7}), small.Random({7, 5})});
    const graph::Graph after = CheckPass(small.Finish({small.Add("Add", {small.Random(bias), product})}),
                                         ProductsToConv, 1, "Reshape Conv Reshape");
    EXPECT_EQ(after.nodes[1].onnx_nodes, (std::vector<std::string>{"MatMul_0", "Add_1"}));
  }
  SmallGraph small;
  const TensorId product = small.Add("MatMul", {small.Input("x", {2, 3, 7}), small.Random({7, 5})});
  CheckPass(small.Finish({small.Add("Add", {product, small.Random({3, 5})})}), ProductsToConv, 1,
            "Reshape Conv Reshape Add");
}

TEST(ProductsToConv, ActivationsFollowAGemm) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2, 6, 3, 4});
  const TensorId flat = small.Add("Flatten", {small.Conv(x, 6, 4, 1)});
  const TensorId hidden = small.Add("Tanh", {small.Add("Gemm", {flat, small.Random({48, 9}), small.Random({9})})});
  const TensorId y = small.Add("Relu", {small.Add("Gemm", {hidden, small.Random({9, 5})})});
  const graph::Graph before = small.Finish({y});
  graph::Graph after = before;
  Optimize(after);
  EXPECT_EQ(testing::Operators(after), "Conv Reshape Conv+Tanh Conv+Relu Reshape");
  EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-5);
}

// In front of an Add that is no bias by column, or of none.
TEST(ProductsToConv, LeavesWhatIsNoBiasBehindAMatMul) {
  const auto product = [](SmallGraph& g) { return g.Add("MatMul", {g.Input("x", {3, 7}), g.Random({7, 5})}); };
  SmallGraph sub;
  CheckPass(sub.Finish({sub.Add("Sub", {product(sub), sub.Random({5})})}), ProductsToConv, 1,
            "Reshape Conv Reshape Sub");
  SmallGraph computed;
  CheckPass(computed.Finish({computed.Add("Add", {product(computed), computed.Input("c", {5})})}), ProductsToConv, 1,
            "Reshape Conv Reshape Add");
  SmallGraph larger;
  CheckPass(larger.Finish({larger.Add("Add", {product(larger), larger.Random({2, 3, 5})})}), ProductsToConv, 1,
            "Reshape Conv Reshape Add");
  SmallGraph twice;
  const TensorId read = product(twice);
  CheckPass(twice.Finish({twice.Add("Add", {read, twice.Random({5})}), read}), ProductsToConv, 1,
            "Reshape Conv Reshape Add");
  // The columns of a product with a vector are no axis of the sum.
  SmallGraph vector;
  const TensorId column = vector.Add("MatMul", {vector.Input("x", {3, 7}), vector.Random({7})});
  CheckPass(vector.Finish({vector.Add("Add", {column, vector.Random({3})})}), ProductsToConv, 1,
            "Reshape Conv Reshape Add");
  SmallGraph active;
  graph::Graph clipped = active.Finish({active.Add("Add", {product(active), active.Random({5})})});
  clipped.nodes[1].activation.kind = graph::ActivationKind::kRelu;
  EXPECT_EQ(ProductsToConv(clipped), 1);
  EXPECT_EQ(testing::Operators(clipped), "Reshape Conv Reshape Add+Relu") << "of the sum of a MatMul";
}

// A Gemm has its own addend.
TEST(ProductsToConv, LeavesTheAddBehindAGemm) {
  SmallGraph small;
  const TensorId y = small.Add("Gemm", {small.Input("x", {3, 7}), small.Random({7, 5}), small.Random({5})});
  CheckPass(small.Finish({small.Add("Add", {y, small.Random({5})})}), ProductsToConv, 1, "Reshape Conv Reshape Add");
}

// An addend that beta takes away, or an empty name.
TEST(ProductsToConv, GemmWithoutAnAddend) {
  for (const bool empty : {false, true}) {
    SmallGraph small;
    const TensorId c = empty ? graph::kNoTensor : small.Input("c", {3, 5});
    const TensorId y =
        small.Add("Gemm", {small.Input("x", {3, 7}), small.Random({7, 5}), c}, {{"beta", empty ? 2.0F : 0.0F}});
    CheckPass(small.Finish({y}), ProductsToConv, 1, "Reshape Conv Reshape");
  }
}

TEST(ProductsToConv, LeavesMatMulsOfConstantsOfNothingOfIntegersAndOfUnknownShapes) {
  SmallGraph constants;
  ExpectUntouched(constants.Finish({constants.Add("MatMul", {constants.Random({3, 7}), constants.Random({7, 5})})}),
                  ProductsToConv);
  SmallGraph nothing;
  ExpectUntouched(nothing.Finish({nothing.Add("MatMul", {nothing.Input("x", {0, 7}), nothing.Random({7, 5})})}),
                  ProductsToConv);
  SmallGraph sums_of_nothing;
  ExpectUntouched(sums_of_nothing.Finish({sums_of_nothing.Add(
                      "MatMul", {sums_of_nothing.Input("x", {3, 0}), sums_of_nothing.Random({0, 5})})}),
                  ProductsToConv);
  SmallGraph integers;
  const TensorId rows = integers.Input("x", {3, 2});
  integers.graph.tensor(rows).type = graph::ElementType::kInt64;
  ExpectUntouched(integers.Finish({integers.Add("MatMul", {rows, integers.Ints({1, 2})})}), ProductsToConv);
  SmallGraph unknown;
  ExpectUntouched(unknown.Finish({unknown.Add("MatMul", {unknown.Input("x", {-1, 7}), unknown.Random({7, 5})})}),
                  ProductsToConv);
}

}  // namespace
}  // namespace lockstep::optimize
