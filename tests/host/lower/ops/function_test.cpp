// Functions of one element: tables of 8 and 16 bits, behind a Conv and alone, and in floats.
#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::TensorId;

struct Case {
  const char* op;
  float factor = 2.0F;  // the function's input is tanh(a Conv) * factor + shift
  float shift = 0.0F;
  std::map<std::string, graph::Attribute> attributes = {};
};

const Case kCases[] = {{"Abs"},
                       {"Acos", 1.0F},
                       {"Acosh", 2.0F, 3.5F},
                       {"Asin", 1.0F},
                       {"Asinh"},
                       {"Atan"},
                       {"Atanh", 0.75F},
                       {"Ceil"},
                       {"Celu", 2.0F, 0.0F, {{"alpha", 0.5F}}},
                       {"Cos", 6.0F},
                       {"Cosh"},
                       {"Elu"},
                       {"Erf"},
                       {"Exp"},
                       {"Floor"},
                       {"Gelu"},
                       {"Gelu", 4.0F, 0.0F, {{"approximate", std::string("tanh")}}},
                       {"HardSigmoid", 4.0F},
                       {"HardSwish", 4.0F},
                       {"IsAtLeast", 2.0F, 0.0F, {{"value", 0.25F}}},
                       {"IsBelow", 2.0F, 0.0F, {{"value", 0.25F}}},
                       {"IsEqual"},
                       {"LeakyRelu"},
                       {"Log", 2.0F, 2.5F},
                       {"Mish"},
                       {"Neg"},
                       {"Reciprocal", 2.0F, 2.5F},
                       {"Relu"},
                       {"Round"},
                       {"Selu"},
                       {"Shrink", 2.0F, 0.0F, {{"bias", 0.25F}}},
                       {"SiLU"},
                       {"Sigmoid", 6.0F},
                       {"Sign"},
                       {"Sin", 6.0F},
                       {"Sinh"},
                       {"Softplus"},
                       {"Softsign"},
                       {"Sqrt", 2.0F, 2.125F},
                       {"Tan", 1.25F},
                       {"Tanh"},
                       {"ThresholdedRelu", 2.0F, 0.0F, {{"alpha", 0.5F}}}};

TensorId Numbers(GraphBuilder& builder, float factor, float shift) {
  const TensorId x = builder.Conv(builder.Input("x", {1, 3, 6, 7}), 4, 3);
  const TensorId near = builder.Node("Mul", {builder.Node("Tanh", {x}), builder.Constant({}, {factor})});
  return builder.Node("Add", {near, builder.Constant({}, {shift})});
}

// In integers of either width, and in floats.
void ExpectFunction(const std::function<TensorId(GraphBuilder&, TensorId)>& function, float factor, float shift) {
  for (const int wide : {0, 1, 2, 3, 4}) {
    SCOPED_TRACE("wide " + std::to_string(wide));
    GraphBuilder builder;
    const TensorId x = Numbers(builder, factor, shift);
    const TensorId y = function(builder, x);
    builder.Output(y);
    PlainQuantization options;
    if ((wide & 1) != 0) options.sixteen_bits.insert(x);
    if ((wide & 2) != 0) options.sixteen_bits.insert(y);
    if (wide == 4) options.islands = {y};
    const Lowered lowered = LowerPlainly(builder, options);
    EXPECT_EQ(lowered.Count("Lookup"), wide == 4 ? 1 : 2) << "Tanh has a table too";
    EXPECT_EQ(lowered.Count("Unary"), wide == 4 ? 1 : 0);
    ExpectNodesWithinHalfAStep(lowered);
  }
}

TEST(LowerFunction, EveryFunctionInEveryWidthAndInFloats) {
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.op);
    ExpectFunction([&](GraphBuilder& builder, TensorId x) { return builder.Node(one.op, {x}, one.attributes); },
                   one.factor, one.shift);
  }
}

TEST(LowerFunction, Powers) {
  for (const float exponent : {3.0F, -1.5F, 0.25F, 4.0F}) {
    SCOPED_TRACE(exponent);
    ExpectFunction(
        [&](GraphBuilder& builder, TensorId x) {
          return builder.Node("Pow", {x, builder.Constant({}, {exponent})});
        },
        1.5F, 2.25F);
  }
}

}  // namespace
}  // namespace lockstep::test
