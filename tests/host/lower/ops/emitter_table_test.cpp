// The two tables of operators against each other: what the host lays out for a layer has an emitter, and what has one
// is known to the host.
#include "lower/ops/emitter_table.h"

#include <gtest/gtest.h>

#include "ops/op_table.h"

namespace lockstep::test {
namespace {

TEST(EmitterTable, EveryOperatorThatALayerDoesHasAnEmitter) {
  for (const ops::OpRow& row : ops::kOps) {
    const bool lowered = row.op->layout != ops::LayoutKind::kUnsupported;
    EXPECT_EQ(lower::FindEmitter(row.name) != nullptr, lowered)
        << row.name << (lowered ? " needs a file in host/lower/ops and a row in its table" : " has no layout kind");
  }
  for (const std::string_view op : lower::LoweredOperators()) EXPECT_NE(ops::FindOp(op), nullptr) << op;
}

}  // namespace
}  // namespace lockstep::test
