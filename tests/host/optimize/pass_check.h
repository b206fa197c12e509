// What every test of a pass checks: the result is unchanged, a second run finds nothing, shapes stay right.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "optimize/pass.h"
#include "support/small_graph.h"

namespace lockstep::optimize {

using Pass = int (*)(graph::Graph&);

// Runs `pass` and returns the optimised graph.
inline graph::Graph CheckPass(const graph::Graph& before, Pass pass, int expected_count,
                              const std::string& expected_operators, double tolerance = 1e-5) {
  graph::Graph after = before;
  EXPECT_EQ(pass(after), expected_count);
  EXPECT_EQ(testing::Operators(after), expected_operators);
  EXPECT_LE(testing::LargestOutputDifference(before, after), tolerance);
  for (size_t i = 0; i < before.outputs.size(); ++i) {
    EXPECT_EQ(after.tensor(after.outputs[i]).name, before.tensor(before.outputs[i]).name);
    EXPECT_EQ(after.tensor(after.outputs[i]).shape, before.tensor(before.outputs[i]).shape);
  }
  EXPECT_EQ(pass(after), 0) << "a second run changes the graph again";
  return after;
}

// A pass that must leave the graph alone.
inline void ExpectUntouched(const graph::Graph& before, Pass pass) {
  graph::Graph after = before;
  EXPECT_EQ(pass(after), 0);
  EXPECT_EQ(testing::Operators(after), testing::Operators(before));
}

}  // namespace lockstep::optimize
