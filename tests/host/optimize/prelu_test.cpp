// PRelu in what exporters make of it.
#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::kNoTensor;
using graph::TensorId;
using testing::SmallGraph;

TensorId Negative(SmallGraph& g, TensorId x) { return g.Add("Neg", {x}); }

TEST(RecognizePrelu, InEveryForm) {
  const std::vector<TensorId (*)(SmallGraph&, TensorId, TensorId)> all = {
      [](SmallGraph& g, TensorId x, TensorId slopes) {
        const TensorId below = Negative(g, g.Add("Relu", {Negative(g, x)}));
        return g.Add("Add", {g.Add("Relu", {x}), g.Add("Mul", {slopes, below})});
      },
      [](SmallGraph& g, TensorId x, TensorId slopes) {
        const TensorId below = g.Add("Relu", {g.Add("Mul", {x, g.Scalar(-1.0F)})});
        return g.Add("Sub", {g.Add("Max", {x, g.Scalar(0.0F)}), g.Add("Mul", {below, slopes})});
      },
      [](SmallGraph& g, TensorId x, TensorId slopes) {
        const TensorId below = g.Add("Sub", {x, g.Add("Abs", {x})});
        const TensorId half = g.Add("Mul", {g.Add("Mul", {slopes, below}), g.Scalar(0.5F)});
        return g.Add("Add", {half, g.Add("Relu", {x})});
      },
      [](SmallGraph& g, TensorId x, TensorId slopes) {
        const TensorId below = g.Add("Clip", {x, kNoTensor, g.Scalar(0.0F)});
        return g.Add("Add", {g.Add("Clip", {x, g.Scalar(0.0F)}), g.Add("Mul", {below, slopes})});
      },
      [](SmallGraph& g, TensorId x, TensorId slopes) {
        const TensorId below = g.Add("Min", {g.Scalar(0.0F), x});
        return g.Add("Add", {g.Add("Relu", {x}), g.Add("Mul", {below, slopes})});
      },
  };
  for (size_t i = 0; i < all.size(); ++i) {
    for (const bool one : {false, true}) {
      SCOPED_TRACE(std::to_string(i) + (one ? " with one slope" : ""));
      SmallGraph g;
      const TensorId x = g.Input("x", {2, 3, 4, 5});
      const TensorId y = all[i](g, x, one ? g.Scalar(0.3F) : g.Random({3, 1, 1}));
      const graph::Graph before = g.Finish({y});
      const graph::Graph after = CheckPass(before, RecognizePrelu, 1, "PRelu", 1e-6);
      std::vector<std::string> names;
      for (const graph::Node& node : before.nodes) names.push_back(node.name);
      EXPECT_EQ(after.nodes[0].onnx_nodes, names);
    }
  }
}

TEST(RecognizePrelu, LeavesWhatOnlyLooksLikeIt) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 3, 4, 5});
  const TensorId other = g.Input("other", {2, 3, 4, 5});
  const TensorId slopes = g.Random({3, 1, 1});
  const TensorId relu = g.Add("Relu", {x});
  const TensorId of_other = g.Add("Add", {relu, g.Add("Mul", {slopes, g.Add("Relu", {Negative(g, other)})})});
  const TensorId same_side = g.Add("Add", {relu, g.Add("Mul", {slopes, g.Add("Relu", {x})})});
  const TensorId turned = g.Add("Sub", {g.Add("Mul", {slopes, g.Add("Relu", {Negative(g, x)})}), relu});
  const TensorId wider = g.Add("Add", {g.Add("Clip", {x, g.Scalar(0.0F), g.Scalar(6.0F)}),
                                       g.Add("Mul", {g.Add("Min", {x, g.Scalar(0.0F)}), slopes})});
  ExpectUntouched(g.Finish({of_other, same_side, turned, wider}), RecognizePrelu);
}

}  // namespace
}  // namespace lockstep::optimize
