// Which operators are lowered, and that layout knows each of them.
#include "lower/ops/emitter_table.h"

#include <gtest/gtest.h>

#include "lower/node_kind.h"

namespace lockstep::test {
namespace {

TEST(EmitterTable, EveryOperatorOfALayoutKindHasAnEmitter) {
  for (const std::string_view op : lower::LoweredOperators()) {
    EXPECT_NE(lower::FindEmitter(op), nullptr) << op;
    graph::Graph graph;
    graph::Node node;
    node.op = op;
    EXPECT_NE(lower::KindOf(graph, node), lower::NodeKind::kUnsupported) << op;
  }
  EXPECT_EQ(lower::FindEmitter("LpPool"), nullptr);
  EXPECT_EQ(lower::FindEmitter("Div"), nullptr);
}

}  // namespace
}  // namespace lockstep::test
