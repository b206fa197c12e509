// LayerNormalization in what exporters make of it.
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;
using Ints = std::vector<int64_t>;

// In front of the pass the means are brought to their normal form.
int Recognize(graph::Graph& graph) {
  MakeExplicit(graph);
  return RecognizeLayerNormalization(graph);
}

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
    const graph::Graph before = g.Finish({g.Add("Add", {scaled, g.Random({1, 1, 6})})});
    const graph::Graph made = CheckPass(before, Recognize, 3, "LayerNormalization");
    std::vector<std::string> all;
    for (const graph::Node& node : before.nodes) all.push_back(node.name);
    EXPECT_EQ(made.nodes[0].onnx_nodes, all) << "the nodes it stands for, in their order";
    EXPECT_FLOAT_EQ(made.nodes[0].Float("epsilon", 0.0F), 1e-3F);
  }
}

TEST(RecognizeLayerNormalization, WithoutScaleOrBias) {
  SmallGraph none;
  CheckPass(none.Finish({Normalised(none, none.Input("x", {2, 3, 6}), {})}), Recognize, 1, "LayerNormalization");
  SmallGraph bias;
  const TensorId normalised = Normalised(bias, bias.Input("x", {2, 3, 6}), {});
  CheckPass(bias.Finish({bias.Add("Add", {normalised, bias.Random({6})})}), Recognize, 2, "LayerNormalization");
  // ONNX's own without a bias takes the Add behind it; a second bias stays what it is.
  SmallGraph own;
  const TensorId y =
      own.Add("LayerNormalization", {own.Input("x", {2, 3, 6}), own.Random({6})}, {{"axis", int64_t{2}}});
  const TensorId first = own.Add("Add", {y, own.Random({6})});
  CheckPass(own.Finish({own.Add("Add", {first, own.Random({6})})}), Recognize, 1, "LayerNormalization Add");
}

TEST(RecognizeLayerNormalization, LeavesWhatIsNone) {
  // Over a middle axis; a scale for each row; a deviation of other numbers; a cube.
  SmallGraph middle;
  ExpectUntouched(middle.Finish({Normalised(middle, middle.Input("x", {2, 3, 6}), {true, true, true, false, {1}})}),
                  Recognize);
  SmallGraph rows;
  const TensorId normalised = Normalised(rows, rows.Input("x", {2, 3, 6}), {});
  CheckPass(rows.Finish({rows.Add("Mul", {normalised, rows.Random({3, 1})})}), Recognize, 1, "LayerNormalization Mul");
  SmallGraph other;
  const TensorId x = other.Input("x", {2, 6});
  const TensorId z = other.Input("z", {2, 6});
  const TensorId difference = other.Add("Sub", {x, Mean(other, x, {})});
  const TensorId square = other.Add("Pow", {other.Add("Sub", {z, Mean(other, z, {})}), other.Scalar(2.0F)});
  const TensorId root = other.Add("Sqrt", {other.Add("Add", {Mean(other, square, {}), other.Scalar(1e-3F)})});
  ExpectUntouched(other.Finish({other.Add("Div", {difference, root})}), Recognize);
  SmallGraph cube;
  const TensorId c = cube.Input("x", {2, 6});
  const TensorId d = cube.Add("Sub", {c, Mean(cube, c, {})});
  const TensorId power = cube.Add("Pow", {d, cube.Scalar(4.0F)});
  const TensorId deviation = cube.Add("Sqrt", {cube.Add("Add", {Mean(cube, power, {}), cube.Scalar(1e-3F)})});
  ExpectUntouched(cube.Finish({cube.Add("Div", {d, deviation})}), Recognize);
}

TensorId Deviation(SmallGraph& g, TensorId square) {
  return g.Add("Sqrt", {g.Add("Add", {Mean(g, square, {}), g.Scalar(1e-3F)})});
}

// Each is the pattern but for one thing.
TEST(RecognizeLayerNormalization, LeavesWhatDiffersInOneThing) {
  struct Change {
    const char* what;
    TensorId (*build)(SmallGraph&, TensorId);
    graph::Shape shape = {2, 3, 6};
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
         return g.Add("Div", {d, Deviation(g, g.Add("Mul", {d, x}))});
       }},
      {"no mean above",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, g.Add("Abs", {x})});
         return g.Add("Div", {d, Deviation(g, g.Add("Mul", {d, d}))});
       }},
      {"no difference above",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         return g.Add("Div", {x, Deviation(g, g.Add("Mul", {d, d}))});
       }},
      {"the variance itself",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         return g.Add("Div", {d, Mean(g, g.Add("Mul", {d, d}), {})});
       }},
      {"no epsilon",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         return g.Add("Div", {d, g.Add("Sqrt", {Mean(g, g.Add("Mul", {d, d}), {})})});
       }},
      {"squares without their mean",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         return g.Add("Div", {d, g.Add("Sqrt", {g.Add("Add", {g.Add("Mul", {d, d}), g.Scalar(1e-3F)})})});
       }},
      {"an epsilon below 0",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         const TensorId mean = Mean(g, g.Add("Mul", {d, d}), {});
         return g.Add("Div", {d, g.Add("Sqrt", {g.Add("Add", {mean, g.Scalar(-1e-3F)})})});
       }},
      {"a sum with the reciprocal",
       [](SmallGraph& g, TensorId x) {
         const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
         return g.Add("Add", {d, g.Add("Reciprocal", {Deviation(g, g.Add("Mul", {d, d}))})});
       }},
      {"the first and the last axis",
       [](SmallGraph& g, TensorId x) {
         return Normalised(g, x, {true, true, true, false, {0, 2}});
       }},
      {"axes that only a run knows",
       [](SmallGraph& g, TensorId x) {
         const TensorId axes = g.Input("axes", {1});
         g.graph.tensor(axes).type = graph::ElementType::kInt64;
         const TensorId d = g.Add("Sub", {x, g.Add("ReduceMean", {x, axes})});
         const TensorId mean = g.Add("ReduceMean", {g.Add("Mul", {d, d}), axes});
         return g.Add("Div", {d, g.Add("Sqrt", {g.Add("Add", {mean, g.Scalar(1e-3F)})})});
       }},
      {"means of rows taken from columns",
       [](SmallGraph& g, TensorId x) {
         const auto mean = [&g](TensorId of) {
           return g.Add("ReduceMean", {of}, {{"axes", Ints{-1}}, {"keepdims", int64_t{0}}});
         };
         const TensorId d = g.Add("Sub", {x, mean(x)});
         return g.Add("Div", {d, g.Add("Sqrt", {g.Add("Add", {mean(g.Add("Mul", {d, d})), g.Scalar(1e-3F)})})});
       },
       {6, 6}},
      {"an open length",
       [](SmallGraph& g, TensorId x) {
         return Normalised(g, x, {true, true, true, false, {0}});
       },
       {-1}},
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
    ExpectUntouched(g.Finish({change.build(g, g.Input("x", change.shape))}), Recognize);
  }
}

TEST(RecognizeLayerNormalization, OneOverTheDeviation) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 3, 6});
  const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
  const TensorId root = Deviation(g, g.Add("Mul", {d, d}));
  CheckPass(g.Finish({g.Add("Mul", {d, g.Add("Div", {g.Scalar(1.0F), root})})}), Recognize, 1, "LayerNormalization");
}

// An activation between two nodes changes what is normalised.
TEST(RecognizeLayerNormalization, LeavesNodesWithAnActivation) {
  SmallGraph core;
  const graph::Graph pattern = core.Finish({Normalised(core, core.Input("x", {2, 3, 6}), {})});
  SmallGraph affine;
  const TensorId x = affine.Input("x", {2, 6});
  const TensorId ones = affine.Floats({6}, std::vector<float>(6, 1.0F));
  const TensorId norm = affine.Add("LayerNormalization", {x, ones}, {{"axis", int64_t{1}}});
  const graph::Graph scaled = affine.Finish({affine.Add("Mul", {norm, affine.Random({6})})});
  for (const graph::Graph* whole : {&pattern, &scaled}) {
    for (size_t i = 0; i < whole->nodes.size(); ++i) {
      SCOPED_TRACE(whole->nodes[i].name);
      graph::Graph changed = *whole;
      changed.nodes[i].activation.kind = graph::ActivationKind::kRelu;
      ExpectUntouched(changed, Recognize);
    }
  }
}

// What is computed, read twice, or of another shape is no scale.
TEST(RecognizeLayerNormalization, TakesNoScaleThatIsNone) {
  const auto normalised = [](SmallGraph& g) { return Normalised(g, g.Input("x", {2, 3, 6}), {}); };
  SmallGraph computed;
  CheckPass(computed.Finish({computed.Add("Mul", {normalised(computed), computed.Input("s", {6})})}), Recognize, 1,
            "LayerNormalization Mul");
  SmallGraph larger;
  CheckPass(larger.Finish({larger.Add("Mul", {normalised(larger), larger.Random({1, 2, 3, 6})})}), Recognize, 1,
            "LayerNormalization Mul");
  SmallGraph read;
  const TensorId twice = normalised(read);
  CheckPass(read.Finish({read.Add("Mul", {twice, read.Random({6})}), twice}), Recognize, 1, "LayerNormalization Mul");
  SmallGraph scales;
  const TensorId own =
      scales.Add("LayerNormalization", {scales.Input("x", {2, 3, 6}), scales.Random({6})}, {{"axis", int64_t{2}}});
  ExpectUntouched(scales.Finish({scales.Add("Mul", {own, scales.Random({6})})}), Recognize);
  // One number as the scale, but not 1.
  SmallGraph twos;
  const TensorId two = twos.Floats({6}, std::vector<float>(6, 2.0F));
  const TensorId doubled = twos.Add("LayerNormalization", {twos.Input("x", {2, 3, 6}), two}, {{"axis", int64_t{2}}});
  ExpectUntouched(twos.Finish({twos.Add("Mul", {doubled, twos.Random({6})})}), Recognize);
  // Whose mean is read.
  SmallGraph means;
  const auto both =
      means.AddMany("LayerNormalization", {means.Input("x", {2, 3, 6}), means.Random({6})}, 2, {{"axis", int64_t{2}}});
  ExpectUntouched(means.Finish({means.Add("Add", {both[0], means.Random({6})}), both[1]}), Recognize);
}

// A constant that makes the product larger than what is normalised.
TEST(RecognizeLayerNormalization, TakesNoScaleThatAddsAxesOrColumns) {
  const std::pair<graph::Shape, graph::Shape> shapes[] = {{{2, 3, 6}, {1, 1, 1, 6}}, {{2, 3, 1}, {6}}};
  for (const auto& [x, scale] : shapes) {
    SCOPED_TRACE(graph::ToString(scale));
    SmallGraph g;
    CheckPass(g.Finish({g.Add("Mul", {Normalised(g, g.Input("x", x), {}), g.Random(scale)})}), Recognize, 1,
              "LayerNormalization Mul");
  }
}

// An epsilon for each of two rows, which makes two of one.
TEST(RecognizeLayerNormalization, LeavesAnEpsilonThatAddsRows) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 3, 6});
  const TensorId d = g.Add("Sub", {x, Mean(g, x, {})});
  const TensorId sum = g.Add("Add", {Mean(g, g.Add("Mul", {d, d}), {}), g.Floats({2, 1, 1}, {1e-3F, 1e-3F})});
  ExpectUntouched(g.Finish({g.Add("Div", {d, g.Add("Sqrt", {sum})})}), Recognize);
}

}  // namespace
}  // namespace lockstep::optimize
