#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

TEST(FuseActivations, TakesEveryKindIntoAConv) {
  const std::vector<std::string> operators = {"Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish",
                                              "SiLU", "Elu",       "Gelu",    "Mish", "Softplus",    "Exp",
                                              "Abs",  "Neg",       "Erf",     "Sin",  "Cos",         "Atan",
                                              "Sinh", "Cosh",      "Asinh",   "Selu", "Celu",        "Softsign"};
  for (const std::string& op : operators) {
    SCOPED_TRACE(op);
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 3, 5, 4});
    const TensorId y = small.Add(op, {small.Conv(x, 3, 4, 3)});
    const graph::Graph after = CheckPass(small.Finish({y}), FuseActivations, 1, "Conv+" + op);
    const graph::Node& conv = after.nodes[0];
    EXPECT_EQ(after.tensor(conv.outputs[0]).name, op + "_1");
    EXPECT_EQ(after.tensor(conv.pre_activation).name, "Conv_0");
    EXPECT_EQ(after.tensor(conv.pre_activation).shape, (graph::Shape{1, 4, 3, 2}));
    EXPECT_EQ(conv.onnx_nodes, (std::vector<std::string>{"Conv_0", op + "_1"}));
  }
}

TEST(FuseActivations, LeavesWhatJumpsOrIsNotDefinedEverywhere) {
  for (const char* op : {"Sqrt", "Reciprocal", "Log", "Tan", "Asin", "Acos", "Acosh", "Atanh", "ThresholdedRelu",
                         "Shrink", "Sign", "Floor", "Ceil", "Round", "IsBelow", "IsAtLeast", "IsEqual"}) {
    SCOPED_TRACE(op);
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 3, 5, 4});
    ExpectUntouched(small.Finish({small.Add(op, {small.Conv(x, 3, 4, 3)})}), FuseActivations);
  }
}

TEST(FuseActivations, ReadsTheLimitsOfAClip) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 5, 4});
  const TensorId y = small.Add("Clip", {small.Conv(x, 3, 4, 1), small.Scalar(-0.25F), small.Scalar(0.5F)});
  const graph::Graph after = CheckPass(small.Finish({y}), FuseActivations, 1, "Conv+Clip");
  EXPECT_EQ(after.nodes[0].activation.alpha, -0.25);
  EXPECT_EQ(after.nodes[0].activation.beta, 0.5);
}

TEST(FuseActivations, LeavesAClipOfWhichTheMinIsAboveTheMax) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 5, 4});
  const TensorId y = small.Add("Clip", {small.Conv(x, 3, 4, 1), small.Scalar(0.5F), small.Scalar(-0.25F)});
  ExpectUntouched(small.Finish({y}), FuseActivations);
}

TEST(FuseActivations, TakesOnlyClampsIntoArithmetic) {
  for (const std::string op : {"Add", "Sub", "Mul"}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 3, 4, 4});
    const TensorId y = small.Input("y", {1, 3, 4, 4});
    const TensorId clamped = small.Add("Relu", {small.Add(op, {x, y})});
    const TensorId curved = small.Add("Sigmoid", {small.Add(op, {clamped, x})});
    CheckPass(small.Finish({curved}), FuseActivations, 1,
              std::string(op).append("+Relu ").append(op).append(" Sigmoid"));
  }
}

TEST(FuseActivations, LeavesATensorThatOthersRead) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId c = small.Conv(x, 3, 3, 1);
  const TensorId y = small.Add("Add", {small.Add("Sigmoid", {c}), c});
  ExpectUntouched(small.Finish({y}), FuseActivations);
}

TEST(FuseActivations, LeavesAGraphOutput) {
  SmallGraph small;
  const TensorId c = small.Conv(small.Input("x", {1, 3, 4, 4}), 3, 3, 1);
  ExpectUntouched(small.Finish({small.Add("Relu", {c}), c}), FuseActivations);
}

TEST(FuseActivations, TakesOneActivationOnly) {
  SmallGraph small;
  const TensorId c = small.Conv(small.Input("x", {1, 3, 4, 4}), 3, 3, 1);
  const TensorId y = small.Add("Sigmoid", {small.Add("Relu", {c})});
  CheckPass(small.Finish({y}), FuseActivations, 1, "Conv+Relu Sigmoid");
}

// Each builds an activation from what exporters write for it.
struct Decomposed {
  const char* name;
  TensorId (*build)(SmallGraph&, TensorId);
};

const std::vector<Decomposed>& DecomposedActivations() {
  static const std::vector<Decomposed> kAll = {
      {"SiLU",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Mul", {x, g.Add("Sigmoid", {x})});
       }},
      {"SiLU",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Mul", {g.Add("Sigmoid", {x}), x});
       }},
      {"Mish",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Mul", {x, g.Add("Tanh", {g.Add("Softplus", {x})})});
       }},
      {"HardSwish",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Mul", {x, g.Add("HardSigmoid", {x}, {{"alpha", 1.0F / 6.0F}, {"beta", 0.5F}})});
       }},
      {"HardSwish",
       [](SmallGraph& g, TensorId x) {
         const TensorId clip = g.Add("Clip", {g.Add("Add", {x, g.Scalar(3.0F)}), g.Scalar(0.0F), g.Scalar(6.0F)});
         return g.Add("Div", {g.Add("Mul", {x, clip}), g.Scalar(6.0F)});
       }},
      {"HardSwish",
       [](SmallGraph& g, TensorId x) {
         const TensorId clip = g.Add("Clip", {g.Add("Add", {g.Scalar(3.0F), x}), g.Scalar(0.0F), g.Scalar(6.0F)});
         return g.Add("Mul", {g.Add("Div", {clip, g.Scalar(6.0F)}), x});
       }},
      {"HardSigmoid",
       [](SmallGraph& g, TensorId x) {
         const TensorId clip = g.Add("Clip", {g.Add("Add", {x, g.Scalar(3.0F)}), g.Scalar(0.0F), g.Scalar(6.0F)});
         return g.Add("Mul", {clip, g.Scalar(1.0F / 6.0F)});
       }},
      {"Gelu",
       [](SmallGraph& g, TensorId x) {
         const TensorId erf = g.Add("Erf", {g.Add("Div", {x, g.Scalar(1.41421356F)})});
         const TensorId gate = g.Add("Add", {erf, g.Scalar(1.0F)});
         return g.Add("Mul", {g.Add("Mul", {x, gate}), g.Scalar(0.5F)});
       }},
      {"Gelu",
       [](SmallGraph& g, TensorId x) {
         const TensorId erf = g.Add("Erf", {g.Add("Mul", {x, g.Scalar(0.70710678F)})});
         const TensorId gate = g.Add("Add", {erf, g.Scalar(1.0F)});
         return g.Add("Mul", {g.Add("Mul", {x, g.Scalar(0.5F)}), gate});
       }},
      {"Gelu",
       [](SmallGraph& g, TensorId x) {
         const TensorId erf = g.Add("Erf", {g.Add("Div", {x, g.Scalar(1.41421356F)})});
         const TensorId gate = g.Add("Mul", {g.Add("Add", {erf, g.Scalar(1.0F)}), g.Scalar(0.5F)});
         return g.Add("Mul", {x, gate});
       }},
      {"Gelu",
       [](SmallGraph& g, TensorId x) {
         const TensorId cube = g.Add("Mul", {g.Add("Pow", {x, g.Scalar(3.0F)}), g.Scalar(0.044715F)});
         const TensorId inner = g.Add("Mul", {g.Add("Add", {x, cube}), g.Scalar(0.79788456F)});
         const TensorId gate = g.Add("Add", {g.Add("Tanh", {inner}), g.Scalar(1.0F)});
         return g.Add("Mul", {g.Add("Mul", {x, g.Scalar(0.5F)}), gate});
       }},
      {"Gelu",
       [](SmallGraph& g, TensorId x) {
         const TensorId cube = g.Add("Mul", {g.Scalar(0.044715F), g.Add("Mul", {x, g.Add("Mul", {x, x})})});
         const TensorId inner = g.Add("Mul", {g.Scalar(0.79788456F), g.Add("Add", {cube, x})});
         const TensorId gate = g.Add("Add", {g.Scalar(1.0F), g.Add("Tanh", {inner})});
         return g.Add("Mul", {g.Scalar(0.5F), g.Add("Mul", {x, gate})});
       }},
  };
  return kAll;
}

TEST(RecognizeActivations, FindsWhatExportersWrite) {
  for (size_t i = 0; i < DecomposedActivations().size(); ++i) {
    const Decomposed& one = DecomposedActivations()[i];
    SCOPED_TRACE(std::string(one.name) + ", writing " + std::to_string(i));
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 3, 4, 4});
    const TensorId y = one.build(small, x);
    graph::Graph before = small.Finish({y});
    graph::Graph after = before;
    EXPECT_GE(RecognizeActivations(after), 1);
    EXPECT_EQ(testing::Operators(after), one.name);
    EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-5);
    EXPECT_EQ(RecognizeActivations(after), 0);
    for (const graph::Node& node : before.nodes) {  // none of the ONNX nodes is forgotten
      const auto& names = after.nodes[0].onnx_nodes;
      EXPECT_NE(std::find(names.begin(), names.end(), node.name), names.end()) << node.name;
    }
  }
}

TEST(RecognizeActivations, LeavesAGateThatOthersRead) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId gate = small.Add("Sigmoid", {x});
  ExpectUntouched(small.Finish({small.Add("Mul", {x, gate}), gate}), RecognizeActivations);
}

TEST(RecognizeActivations, LeavesTheGateOfAnotherTensor) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId other = small.Input("other", {1, 3, 4, 4});
  ExpectUntouched(small.Finish({small.Add("Mul", {x, small.Add("Sigmoid", {other})})}), RecognizeActivations);
}

TEST(RecognizeActivations, LeavesOtherNumbers) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId clip =
      small.Add("Clip", {small.Add("Add", {x, small.Scalar(2.0F)}), small.Scalar(0.0F), small.Scalar(6.0F)});
  ExpectUntouched(small.Finish({small.Add("Mul", {clip, small.Scalar(1.0F / 6.0F)})}), RecognizeActivations);
}

TEST(FuseActivations, TakesOneIntoAConvTranspose) {
  SmallGraph small;
  const TensorId y = small.Add("ConvTranspose", {small.Input("x", {1, 3, 5, 4}), small.Random({3, 2, 2, 2})});
  CheckPass(small.Finish({small.Add("Relu", {y})}), FuseActivations, 1, "ConvTranspose+Relu");
}

}  // namespace
}  // namespace lockstep::optimize
