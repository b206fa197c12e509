#include "refusal.h"

#include "graph/error.h"

namespace lockstep::ops {

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

}  // namespace lockstep::ops
