#include "optimize/shape_rules.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;

void Unary(ShapeContext& context) { context.Set(context.Type(0), context.Shape(0)); }

// Normalisations, Clip and the like: x and parameters of its type.
void Parametrised(ShapeContext& context) {
  context.RequireOneType(0);
  Unary(context);
}

// CumSum along an axis, Trilu with a diagonal.
void IntegerParameter(ShapeContext& context) {
  context.RequireType(1, ElementType::kInt64);
  Unary(context);
}

void Predicate(ShapeContext& context) { context.Set(ElementType::kBool, context.Shape(0)); }

graph::Shape BroadcastInputs(const ShapeContext& context, size_t first, size_t count) {
  graph::Shape shape = context.Shape(first);
  for (size_t i = first + 1; i < count; ++i) {
    const auto together = Broadcast(shape, context.Shape(i));
    context.Require(together.has_value(), "shapes " + graph::ToString(shape) + " and " +
                                              graph::ToString(context.Shape(i)) + " do not broadcast");
    shape = *together;
  }
  return shape;
}

void Arithmetic(ShapeContext& context) {
  if (context.node.op != "Pow") context.RequireOneType(0);  // its exponent may be of another type
  context.Set(context.Type(0), BroadcastInputs(context, 0, context.node.inputs.size()));
}

void Comparison(ShapeContext& context) {
  context.RequireOneType(0);
  context.Set(ElementType::kBool, BroadcastInputs(context, 0, context.node.inputs.size()));
}

void Where(ShapeContext& context) {
  context.RequireType(0, ElementType::kBool);
  context.RequireOneType(1);
  context.Set(context.Type(1), BroadcastInputs(context, 0, 3));
}

void Dropout(ShapeContext& context) {
  Unary(context);
  context.Set(ElementType::kBool, context.Shape(0), 1);
}

void Cast(ShapeContext& context) {
  const ElementType type = graph::FromOnnxType(context.node.Int("to", graph::kOnnxFloat));
  context.Set(type, context.Shape(0));
}

}  // namespace

const ShapeRules& ElementwiseRules() {
  static const ShapeRules kRules = [] {
    ShapeRules rules;
    for (const char* op : {"Abs",
                           "Acos",
                           "Acosh",
                           "Asin",
                           "Asinh",
                           "Atan",
                           "Atanh",
                           "Ceil",
                           "Celu",
                           "Cos",
                           "Cosh",
                           "Elu",
                           "Erf",
                           "Exp",
                           "Floor",
                           "Gelu",
                           "Hardmax",
                           "HardSigmoid",
                           "HardSwish",
                           "Identity",
                           "LeakyRelu",
                           "Log",
                           "LogSoftmax",
                           "Mish",
                           "Neg",
                           "Reciprocal",
                           "Relu",
                           "Round",
                           "Selu",
                           "Shrink",
                           "Sigmoid",
                           "Sign",
                           "SiLU",
                           "Sin",
                           "Sinh",
                           "Softmax",
                           "Softplus",
                           "Softsign",
                           "Sqrt",
                           "Tan",
                           "Tanh",
                           "ThresholdedRelu",
                           "LRN",
                           "LpNormalization",
                           "MeanVarianceNormalization"}) {
      rules[op] = Unary;
    }
    for (const char* op : {"BatchNormalization", "Clip", "InstanceNormalization", "LayerNormalization", "PRelu"}) {
      rules[op] = Parametrised;
    }
    for (const char* op : {"CumSum", "Trilu"}) rules[op] = IntegerParameter;
    for (const char* op : {"Add", "Sub", "Mul", "Div", "Pow", "Mod", "Min", "Max", "Sum", "Mean"}) {
      rules[op] = Arithmetic;
    }
    for (const char* op : {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor"}) {
      rules[op] = Comparison;
    }
    for (const char* op : {"IsInf", "IsNaN", "Not"}) rules[op] = Predicate;
    rules["Where"] = Where;
    rules["Dropout"] = Dropout;
    rules["Cast"] = Cast;
    return rules;
  }();
  return kRules;
}

}  // namespace lockstep::optimize
