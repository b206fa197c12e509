#include "random_graph.h"

#include "random_steps.h"

namespace lockstep::test {

graph::Graph RandomGraph(uint32_t seed) {
  RandomSteps steps(seed);
  const int64_t inputs = 1 + (steps.Pick(3) == 0 ? 1 + steps.Pick(2) : 0);
  for (int64_t i = 0; i < inputs; ++i) steps.AddInput();
  const int64_t count = 3 + steps.Pick(9);
  for (int64_t i = 0; i < count; ++i) steps.AddStep();
  steps.AddOutputs();
  return steps.builder().graph();
}

}  // namespace lockstep::test
