// Add, Sub, Mul, functions of one tensor, Softmax.
#include "graph/error.h"
#include "lower/layer_emitter.h"
#include "quantize/fixed_params.h"

namespace lockstep::lower {
void LayerEmitter::EmitBinary(const Node& node) {
  const graph::Shape& shape = OutputShape(node);
  int32_t low = 0;
  int32_t high = 0;
  const bool clamped = AsClamp(node.activation, ParamsOf(node.outputs[0]), &low, &high);
  const TensorId target = clamped ? node.outputs[0] : node.pre_activation;
  const AffineParams y = ParamsOf(target);
  if (!clamped && y.bits > 8) {
    throw UnsupportedModel("the value before its activation has more than 8 bits; quantise it to 8");
  }
  if (!clamped) high = y.high();
  bool wide = y.bits > 8;
  for (const TensorId id : {node.inputs.at(0), node.inputs.at(1)}) {
    wide = wide || (IsConstant(id) ? ParamsOr(id, y).bits > 8 : values_.at(id).params.bits > 8);
  }

  Value operands[2];
  for (size_t i = 0; i < 2; ++i) {
    const TensorId id = node.inputs[i];
    if (!IsConstant(id)) {
      operands[i] = Operand(node, i);
      continue;
    }
    const std::vector<float>& values = Floats(id);
    const AffineParams params = ParamsOr(id, quantize::ConstantParams(values, wide ? 16 : 8));
    operands[i] = ConstantOperand(node, i, params, values);
  }

  const Value result = draft_.AddActivation(graph_.tensor(target).name, shape, OutputAxes(node), y);
  const std::vector<int32_t> inputs = {operands[0].tensor, operands[1].tensor};
  const double a = operands[0].params.scale;
  const double b = operands[1].params.scale;
  if (node.op == "Mul") {
    joint::MulT mul;
    const FixedMultiplier fixed = ToFixed(a * b / y.scale);
    mul.multiplier = fixed.m;
    mul.shift = fixed.s;
    mul.clamp_low = low;
    mul.clamp_high = high;
    draft_.AddLayer(Stem(node), mul, inputs, result.tensor, Origin(node));
  } else {
    joint::AddT add;
    const AddMultipliers fixed = ToAddMultipliers(a / y.scale, (node.op == "Sub" ? -b : b) / y.scale, wide);
    add.multiplier_a = fixed.a;
    add.multiplier_b = fixed.b;
    add.shift = fixed.shift;
    add.clamp_low = low;
    add.clamp_high = high;
    draft_.AddLayer(Stem(node), add, inputs, result.tensor, Origin(node));
  }
  values_[node.outputs[0]] = clamped ? result : ApplyTable(node, node.activation, result);
}

Value LayerEmitter::ApplyTable(const Node& node, const graph::Activation& function, const Value& x) {
  if (x.params.bits > 8) throw UnsupportedModel("its input has more than 8 bits; quantise it to 8");
  const AffineParams y = ParamsOf(node.outputs[0]);
  joint::LookupT lookup;
  lookup.table = ToBytes(FunctionTable([&](double real) { return graph::Evaluate(function, real); }, x.params, y), y);
  Value result = draft_.AddActivation(OutputName(node), x.shape, x.axes, y);
  draft_.AddLayer(node.activation.kind == function.kind ? Stem(node) + "/activation" : Stem(node), std::move(lookup),
                  {x.tensor}, result.tensor, Origin(node));
  return result;
}

void LayerEmitter::EmitUnary(const Node& node) {
  values_[node.outputs[0]] = ApplyTable(node, graph::ActivationOf(graph_, node), IntegerInput(node, 0));
}

void LayerEmitter::EmitSoftmax(const Node& node) {
  const Value x = IntegerInput(node, 0);
  if (x.params.bits > 8) throw UnsupportedModel("its input has more than 8 bits; quantise it to 8");
  const AffineParams wanted = ParamsOr(node.outputs[0], {1.0 / 256.0, 0, 8});
  const bool wide = wanted.bits > 8;
  // What the operator gives: the zero point is 0 and one step is a power of two.
  const AffineParams natural{wide ? 1.0 / 65536.0 : 1.0 / 256.0, 0, wide ? 16 : 8};
  const auto last = static_cast<size_t>(NormalizedAxis(node, x.shape.size(), -1));
  joint::SoftmaxT softmax;
  softmax.table = SoftmaxTable(x.params.scale, x.shape.at(last));
  softmax.numerator = wide ? 65536 : 256;
  const Value result = draft_.AddActivation(OutputName(node), x.shape, x.axes, natural);
  draft_.AddLayer(Stem(node), std::move(softmax), {x.tensor}, result.tensor, Origin(node));
  Define(node, 0, result);
}

}  // namespace lockstep::lower
