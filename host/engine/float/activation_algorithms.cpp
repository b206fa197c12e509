#include "engine/float/activation_algorithms.h"

namespace lockstep::engine {

namespace {

struct Eltwise {
  dnnl::algorithm algorithm;
  float alpha;
  float beta;
};

// Applied one after the other; empty for kNone and for what oneDNN does not have.
std::vector<Eltwise> AlgorithmsOf(const graph::Activation& activation) {
  using Kind = graph::ActivationKind;
  using Algorithm = dnnl::algorithm;
  const auto alpha = static_cast<float>(activation.alpha);
  const auto beta = static_cast<float>(activation.beta);
  switch (activation.kind) {
    case Kind::kNone:
      return {};
    case Kind::kRelu:
      return {{Algorithm::eltwise_relu, 0.0F, 0.0F}};
    case Kind::kClip:
      return {{Algorithm::eltwise_clip, alpha, beta}};
    case Kind::kLeakyRelu:
      return {{Algorithm::eltwise_relu, alpha, 0.0F}};
    case Kind::kSigmoid:
      return {{Algorithm::eltwise_logistic, 0.0F, 0.0F}};
    case Kind::kSilu:
      return {{Algorithm::eltwise_swish, 1.0F, 0.0F}};
    case Kind::kTanh:
      return {{Algorithm::eltwise_tanh, 0.0F, 0.0F}};
    case Kind::kHardSigmoid:
      return {{Algorithm::eltwise_linear, alpha, beta}, {Algorithm::eltwise_clip, 0.0F, 1.0F}};
    case Kind::kHardSwish:
      return {{Algorithm::eltwise_hardswish, 0.0F, 0.0F}};
    case Kind::kElu:
      return {{Algorithm::eltwise_elu, alpha, 0.0F}};
    case Kind::kGelu:
      return {{Algorithm::eltwise_gelu_erf, 0.0F, 0.0F}};
    case Kind::kMish:
      return {{Algorithm::eltwise_mish, 0.0F, 0.0F}};
    case Kind::kSoftplus:
      return {{Algorithm::eltwise_soft_relu, 0.0F, 0.0F}};
    case Kind::kExp:
      return {{Algorithm::eltwise_exp, 0.0F, 0.0F}};
    case Kind::kAbs:
      return {{Algorithm::eltwise_abs, 0.0F, 0.0F}};
    case Kind::kGeluTanh:
      return {{Algorithm::eltwise_gelu_tanh, 0.0F, 0.0F}};
    default:
      return {};
  }
}

// Element by element in double precision.
ValueId ApplyInLoop(Plan& plan, ValueId input, const graph::Activation& activation) {
  input = plan.InLayout(input, kPlain);
  const ValueId output = plan.AddValue(plan.value(input).shape, kPlain);
  const int64_t count = graph::ElementCount(plan.value(input).shape);
  plan.AddLoop({input}, output, [=](const std::vector<const float*>& inputs, float* to) {
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(graph::Evaluate(activation, inputs[0][i]));
  });
  return output;
}

}  // namespace

bool IsPrimitive(const graph::Activation& activation) {
  return activation.kind == graph::ActivationKind::kNone || !AlgorithmsOf(activation).empty();
}

void Append(dnnl::post_ops& operations, const graph::Activation& activation) {
  for (const Eltwise& step : AlgorithmsOf(activation)) {
    operations.append_eltwise(1.0F, step.algorithm, step.alpha, step.beta);
  }
}

ValueId ApplyActivation(Plan& plan, ValueId input, const graph::Activation& activation) {
  if (!IsPrimitive(activation)) return ApplyInLoop(plan, input, activation);
  for (const Eltwise& step : AlgorithmsOf(activation)) {
    const dnnl::memory::desc desc = plan.value(input).desc;
    const ValueId output = plan.AddValue(plan.value(input).shape, plan.value(input).block);
    const dnnl::eltwise_forward::desc what(dnnl::prop_kind::forward_inference, step.algorithm, desc, step.alpha,
                                           step.beta);
    const dnnl::eltwise_forward::primitive_desc how(what, plan.engine());
    plan.AddPrimitive(dnnl::eltwise_forward(how), {{DNNL_ARG_SRC, input}}, output);
    input = output;
  }
  return input;
}

}  // namespace lockstep::engine
