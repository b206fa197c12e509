// LayerNormalization in what exporters make of it.
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;
using Ints = std::vector<int64_t>;

struct Form {
  bool power = true;        // the square as Pow, else as a product
  bool once = true;         // the differences are computed once
  bool quotient = true;     // Div by the deviation, else a product with its reciprocal
  bool axes_input = false;  // of ReduceMean, as from opset 18 on
  Ints axes = {-1};
};

TensorId Mean(SmallGraph& g, TensorId x, const Form& form) {
  if (form.axes_input) return g.Add("ReduceMean", {x, g.Ints(form.axes)});
  return g.Add("ReduceMean", {x}, {{"axes", form.axes}});
}

TensorId Normalised(SmallGraph& g, TensorId x, const Form& form) {
  const TensorId difference = g.Add("Sub", {x, Mean(g, x, form)});
  const TensorId again = form.once ? difference : g.Add("Sub", {x, Mean(g, x, form)});
  const TensorId square = form.power ? g.Add("Pow", {again, g.Scalar(2.0F)}) : g.Add("Mul", {again, again});
  const TensorId deviation = g.Add("Sqrt", {g.Add("Add", {Mean(g, square, form), g.Scalar(1e-3F)})});
  return form.quotient ? g.Add("Div", {difference, deviation})
                       : g.Add("Mul", {g.Add("Reciprocal", {deviation}), difference});
}

TEST(RecognizeLayerNormalization, InEveryForm) {
  const Form forms[] = {{},
                        {false, true, true, false, {2}},
                        {true, false, true, true, {-1}},
                        {true, true, false, false, {1, 2}},
                        {false, false, false, true, {-1, -2}},
                        {true, true, true, false, {0, 1, 2}}};
  for (const Form& form : forms) {
    SCOPED_TRACE(std::to_string(&form - forms));
    SmallGraph g;
    const TensorId normalised = Normalised(g, g.Input("x", {2, 3, 6}), form);
    const TensorId scaled = g.Add("Mul", {g.Random({6}), normalised});
    const graph::Graph made = CheckPass(g.Finish({g.Add("Add", {scaled, g.Random({1, 1, 6})})}),
                                        RecognizeLayerNormalization, 3, "LayerNormalization");
    EXPECT_GE(made.nodes[0].onnx_nodes.size(), 8U) << "the nodes it stands for";
    EXPECT_FLOAT_EQ(made.nodes[0].Float("epsilon", 0.0F), 1e-3F);
  }
}

TEST(RecognizeLayerNormalization, WithoutScaleOrBias) {
  SmallGraph none;
  CheckPass(none.Finish({Normalised(none, none.Input("x", {2, 3, 6}), {})}), RecognizeLayerNormalization, 1,
            "LayerNormalization");
  SmallGraph bias;
  const TensorId normalised = Normalised(bias, bias.Input("x", {2, 3, 6}), {});
  CheckPass(bias.Finish({bias.Add("Add", {normalised, bias.Random({6})})}), RecognizeLayerNormalization, 2,
            "LayerNormalization");
  // ONNX's own without a bias takes the Add behind it; a second bias stays what it is.
  SmallGraph own;
  const TensorId y =
      own.Add("LayerNormalization", {own.Input("x", {2, 3, 6}), own.Random({6})}, {{"axis", int64_t{2}}});
  const TensorId first = own.Add("Add", {y, own.Random({6})});
  CheckPass(own.Finish({own.Add("Add", {first, own.Random({6})})}), RecognizeLayerNormalization, 1,
            "LayerNormalization Add");
}

TEST(RecognizeLayerNormalization, LeavesWhatIsNone) {
  // Over a middle axis; a scale for each row; a deviation of other numbers; a cube.
  SmallGraph middle;
  ExpectUntouched(middle.Finish({Normalised(middle, middle.Input("x", {2, 3, 6}), {true, true, true, false, {1}})}),
                  RecognizeLayerNormalization);
  SmallGraph rows;
  const TensorId normalised = Normalised(rows, rows.Input("x", {2, 3, 6}), {});
  CheckPass(rows.Finish({rows.Add("Mul", {normalised, rows.Random({3, 1})})}), RecognizeLayerNormalization, 1,
            "LayerNormalization Mul");
  SmallGraph other;
  const TensorId x = other.Input("x", {2, 6});
  const TensorId z = other.Input("z", {2, 6});
  const TensorId difference = other.Add("Sub", {x, Mean(other, x, {})});
  const TensorId square = other.Add("Pow", {other.Add("Sub", {z, Mean(other, z, {})}), other.Scalar(2.0F)});
  const TensorId root = other.Add("Sqrt", {other.Add("Add", {Mean(other, square, {}), other.Scalar(1e-3F)})});
  ExpectUntouched(other.Finish({other.Add("Div", {difference, root})}), RecognizeLayerNormalization);
  SmallGraph cube;
  const TensorId c = cube.Input("x", {2, 6});
  const TensorId d = cube.Add("Sub", {c, Mean(cube, c, {})});
  const TensorId power = cube.Add("Pow", {d, cube.Scalar(4.0F)});
  const TensorId deviation = cube.Add("Sqrt", {cube.Add("Add", {Mean(cube, power, {}), cube.Scalar(1e-3F)})});
  ExpectUntouched(cube.Finish({cube.Add("Div", {d, deviation})}), RecognizeLayerNormalization);
}

TensorId Deviation(SmallGraph& g, TensorId square) {
  return g.Add("Sqrt", {g.Add("Add", {Mean(g, square, {}), g.Scalar(1e-3F)})});
}

// Each is the pattern but for one thing.
TEST(RecognizeLayerNormalization, LeavesWhatDiffersInOneThing) {
  struct Change {
    const char* what;
    TensorId (*build)(SmallGraph&, TensorId);
  };
  const Change changes[] = {
      {"the mean of something else",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, g.Add("Abs", {x}), {})});
         return g.Add("Div", {d, Deviation(g, g.Add("Mul", {d, d}))});
       }},
      {"a product of two",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         return g.Add("Div", {d, Deviation(g, g.Add("Abs", {g.Add("Mul", {d, x})}))});
       }},
      {"other axes of the variance",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         const TensorId mean = Mean(g, g.Add("Mul", {d, d}), {true, true, true, false, {1, 2}});
         return g.Add("Div", {d, g.Add("Sqrt", {g.Add("Add", {mean, g.Scalar(1e-3F)})})});
       }},
      {"other axes below",
       [](SmallGraph& g, TensorId x) {
         const Form both{true, true, true, false, {1, 2}};
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         const TensorId e = g.Add("Sub", {x, Mean(g, x, both)});
         const TensorId mean = Mean(g, g.Add("Mul", {e, e}), both);
         return g.Add("Div", {d, g.Add("Sqrt", {g.Add("Add", {mean, g.Scalar(1e-3F)})})});
       }},
      {"the axes in front",
       [](SmallGraph& g, TensorId x) {
         return Normalised(g, x, {true, true, true, false, {0, 1}});
       }},
      {"two over the deviation",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         return g.Add("Mul", {d, g.Add("Div", {g.Scalar(2.0F), Deviation(g, g.Add("Mul", {d, d}))})});
       }},
      {"a sum",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         return g.Add("Add", {d, Deviation(g, g.Add("Mul", {d, d}))});
       }},
  };
  for (const Change& change : changes) {
    SCOPED_TRACE(change.what);
    SmallGraph g;
    ExpectUntouched(g.Finish({change.build(g, g.Input("x", {2, 3, 6}))}), RecognizeLayerNormalization);
  }
}

TEST(RecognizeLayerNormalization, OneOverTheDeviation) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 3, 6});
  const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
  const TensorId root = Deviation(g, g.Add("Mul", {d, d}));
  CheckPass(g.Finish({g.Add("Mul", {d, g.Add("Div", {g.Scalar(1.0F), root})})}), RecognizeLayerNormalization, 1,
            "LayerNormalization");
}

// What is computed, read twice, or of another shape is no scale.
TEST(RecognizeLayerNormalization, TakesNoScaleThatIsNone) {
  const auto normalised = [](SmallGraph& g) { return Normalised(g, g.Input("x", {2, 3, 6}), {}); };
  SmallGraph computed;
  CheckPass(computed.Finish({computed.Add("Mul", {normalised(computed), computed.Input("s", {6})})}),
            RecognizeLayerNormalization, 1, "LayerNormalization Mul");
  SmallGraph larger;
  CheckPass(larger.Finish({larger.Add("Mul", {normalised(larger), larger.Random({1, 2, 3, 6})})}),
            RecognizeLayerNormalization, 1, "LayerNormalization Mul");
  SmallGraph read;
  const TensorId twice = normalised(read);
  CheckPass(read.Finish({read.Add("Mul", {twice, read.Random({6})}), twice}), RecognizeLayerNormalization, 1,
            "LayerNormalization Mul");
  SmallGraph scales;
  const TensorId own =
      scales.Add("LayerNormalization", {scales.Input("x", {2, 3, 6}), scales.Random({6})}, {{"axis", int64_t{2}}});
  ExpectUntouched(scales.Finish({scales.Add("Mul", {own, scales.Random({6})})}), RecognizeLayerNormalization);
}

}  // namespace
}  // namespace lockstep::optimize
