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

}  // namespace
}  // namespace lockstep::optimize
