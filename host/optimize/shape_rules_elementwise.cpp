#include "optimize/shape_rules.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;

void Unary(ShapeContext& context) { context.Set(context.Type(0), context.Shape(0)); }

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
  context.Set(context.Type(0), BroadcastInputs(context, 0, context.node.inputs.size()));
}

void Comparison(ShapeContext& context) {
  context.Set(ElementType::kBool, BroadcastInputs(context, 0, context.node.inputs.size()));
}

void Where(ShapeContext& context) { context.Set(context.Type(1), BroadcastInputs(context, 0, 3)); }

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
                           "Clip",
                           "Cos",
                           "Cosh",
                           "CumSum",
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
                           "PRelu",
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
                           "Trilu",
                           "BatchNormalization",
                           "InstanceNormalization",
                           "LRN",
                           "LpNormalization",
                           "LayerNormalization",
                           "MeanVarianceNormalization"}) {
      rules[op] = Unary;
    }
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
