// What oneDNN refuses only when it runs.
#include "engine/float/plan.h"

#include <gtest/gtest.h>

#include "engine/float/operator_table.h"

namespace lockstep::testing {
namespace {

using engine::Plan;
using engine::ValueId;

TEST(Plan, ARefusalWhenItRunsNamesTheNode) {
  Plan plan;
  plan.BeginNode("node 'first' (Relu) of shape 4");
  const ValueId input = plan.AddValue(graph::Shape{4}, engine::kPlain);
  plan.BeginNode("node 'second' (Add) of shape 4");
  const ValueId sum = plan.AddValue(graph::Shape{4}, engine::kPlain);
  const dnnl::memory::desc& desc = plan.value(input).desc;
  const dnnl::binary::primitive_desc add({dnnl::algorithm::binary_add, desc, desc, desc}, plan.engine());
  plan.AddPrimitive(dnnl::binary(add), {{DNNL_ARG_SRC_0, input}}, sum);  // without its second operand
  plan.BeginNode("node 'third' (Relu) of shape 4");
  plan.Finish({input, sum});
  try {
    plan.Run(nullptr);
    ADD_FAILURE() << "no error";
  } catch (const UnsupportedModel& error) {
    EXPECT_STREQ(error.what(),
                 "node 'second' (Add) of shape 4: the float engine cannot compute it with these attributes and shapes; "
                 "cut the network in front of it with --output-nodes");
  }
}

TEST(Plan, OutOfMemoryIsNoRefusal) {
  Plan plan;
  EXPECT_THROW((void)plan.Refusal(dnnl::error(dnnl_out_of_memory, "")), std::bad_alloc);
}

// Whatever the table does not name runs by plain loops, with the same results.
TEST(OperatorTable, GemmAndMatMulRunInOneDnn) {
  const graph::Graph graph;
  graph::Node node;
  node.op = "Gemm";
  EXPECT_EQ(engine::OperatorFor(graph, node).build, &engine::BuildGemm);
  node.op = "MatMul";
  EXPECT_EQ(engine::OperatorFor(graph, node).build, &engine::BuildMatMul);
}

}  // namespace
}  // namespace lockstep::testing
