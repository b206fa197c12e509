// Positions that a run computes: what may be done with them, and what a user hears who does more.
#include <gtest/gtest.h>

#include "blocker_text.h"
#include "ops/op_table.h"
#include "support/small_graph.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

TEST(FindBlockers, SaysWhatToDoAboutPositionsOfARun) {
  SmallGraph small;
  const TensorId x = small.Input("x", {4, 5});
  const TensorId index = small.Input("index", {2, 1});
  small.graph.tensor(index).type = graph::ElementType::kInt64;
  const TensorId updates = small.Input("updates", {2, 5});
  const TensorId computed = small.Add("ScatterND", {x, index, updates});
  const TensorId fixed =
      small.Add("ScatterND", {x, small.Add("Reshape", {small.Ints({1, 3}), small.Ints({2, 1})}), updates});
  const TensorId found = small.Add("NonZero", {x});
  graph::Graph graph = small.Finish({computed, fixed, found});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)),
            "ScatterND_0|ScatterND|its indices 'index' are computed; only constant ones are supported: end the network "
            "in front of it with --output-nodes and do the rest in the application\n"
            "ScatterND_2|ScatterND|it writes into a copy of its input, which no layer does; use Slice, Concat or Where "
            "instead, or end the network in front of it with --output-nodes\n"
            "NonZero_3|NonZero|how much it gives is known only when it runs; end the network in front of it with "
            "--output-nodes and do the rest in the application\n");
}

// What it selects may leave the network, behind views and by columns; everything else needs to know how much it is.
TEST(FindBlockers, NonMaxSuppressionAndWhatReadsItsRows) {
  SmallGraph small;
  const TensorId boxes = small.Input("boxes", {1, 5, 4});
  const TensorId scores = small.Input("scores", {1, 2, 5});
  const TensorId most = small.Input("most", {1});
  small.graph.tensor(most).type = graph::ElementType::kInt64;
  const auto selected = [&](TensorId number) {
    return small.Add("NonMaxSuppression", {boxes, scores, number, small.Scalar(0.5F)});
  };
  const TensorId whole = selected(small.Ints({3}));
  const TensorId viewed = small.Add("Unsqueeze", {selected(small.Ints({3})), small.Ints({0})});
  const TensorId column = small.Add("Gather", {selected(small.Ints({3})), small.Ints({2})}, {{"axis", int64_t{1}}});
  const TensorId computed = selected(most);
  const TensorId first = small.Add("Gather", {selected(small.Ints({3})), small.Ints({0})}, {{"axis", int64_t{0}}});
  const TensorId read = selected(small.Ints({3}));
  const TensorId index =
      small.Add("Reshape", {small.Add("Gather", {read, small.Ints({2})}, {{"axis", int64_t{1}}}), small.Ints({-1})});
  const TensorId gathered = small.Add("Gather", {boxes, index}, {{"axis", int64_t{1}}});
  const TensorId nothing = small.Add("NonMaxSuppression", {boxes, scores});
  graph::Graph graph = small.Finish({whole, viewed, column, computed, first, gathered, nothing});
  Optimize(graph);
  EXPECT_EQ(graph::ToString(graph.tensor(graph.outputs[0]).shape), "6x3");
  EXPECT_EQ(graph::ToString(graph.tensor(graph.outputs[1]).shape), "1x6x3");
  EXPECT_EQ(graph::ToString(graph.tensor(graph.outputs[2]).shape), "6x1");
  EXPECT_EQ(Text(FindBlockers(graph)),
            "NonMaxSuppression_5|NonMaxSuppression|its max_output_boxes_per_class is the network's input 'most'; give "
            "it a value with --input-value most=NUMBER\n"
            "NonMaxSuppression_6|NonMaxSuppression|how many rows it gives is known only when it runs, and node "
            "'Gather_7' (Gather) reads them; end the network here with --output-nodes 'NonMaxSuppression_6': then it "
            "gives rows of -1 behind the last box\n"
            "NonMaxSuppression_8|NonMaxSuppression|how many rows it gives is known only when it runs, and node "
            "'Gather_11' (Gather) reads them; end the network here with --output-nodes 'NonMaxSuppression_8': then it "
            "gives rows of -1 behind the last box\n"
            "NonMaxSuppression_12|NonMaxSuppression|it has no max_output_boxes_per_class, which is 0 then: it selects "
            "nothing; export it with how many boxes\n");
}

// A call for each view would be more than a stack holds.
TEST(FindBlockers, NonMaxSuppressionBehindAsManyViewsAsAFileHolds) {
  SmallGraph small;
  TensorId rows = small.Add("NonMaxSuppression",
                            {small.Input("boxes", {1, 5, 4}), small.Input("scores", {1, 2, 5}), small.Ints({3})});
  for (int i = 0; i < 100000; ++i) rows = small.Add("Flatten", {rows});
  graph::Graph graph = small.Finish({rows});
  EXPECT_TRUE(ops::FindOp("NonMaxSuppression")->normalize(graph, graph.nodes[0]));
  EXPECT_EQ(graph.nodes[0].Int("padded", 0), 1);
}

}  // namespace
}  // namespace lockstep::optimize
