#include "lower/input_parts.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "lower/ops/fused_activation.h"
#include "quantize/affine.h"
#include "quantize/channel_order.h"
#include "quantize/policy_settings.h"
#include "quantize/split_names.h"

namespace lockstep::lower {
namespace {

constexpr size_t kWeights = 1;
constexpr int kPartBits = 16;  // of what is added

// What one step of the high part is in steps of the value: with it 256 levels reach from the value's first to its last.
int32_t BaseOf(const AffineParams& x) { return (x.high() + 254) / 255; }

AffineParams HighParams(const AffineParams& x) {
  const int32_t base = BaseOf(x);
  const double zero_point = RoundHalfUp(static_cast<double>(x.zero_point) / base);
  return {x.scale * base, static_cast<int32_t>(std::min(zero_point, 255.0)), quantize::kByteBits};
}

// The bias in the units of each part. That of the high one is 256 times coarser, and the low one has the rest.
std::pair<quantize::QuantizedWeights, quantize::QuantizedWeights> SplitBias(const quantize::QuantizedWeights& weights,
                                                                            int32_t base) {
  std::pair<quantize::QuantizedWeights, quantize::QuantizedWeights> split{weights, weights};
  for (size_t channel = 0; channel < weights.bias.size(); ++channel) {
    const auto high = static_cast<int64_t>(RoundHalfUp(static_cast<double>(weights.bias[channel]) / base));
    split.first.bias[channel] = high;
    split.second.bias[channel] = weights.bias[channel] - high * base;
  }
  return split;
}

// The largest absolute value that the weights make of the low part.
double LargestLowSum(const LowerContext& context, const quantize::QuantizedWeights& weights, const AffineParams& x) {
  const graph::Node& node = context.node();
  const int32_t base = BaseOf(x);
  const quantize::ChannelOrder order =
      quantize::OrderByChannel(node, context.graph().tensor(node.inputs[kWeights]).shape);
  double largest = 0.0;
  for (size_t channel = 0; channel < order.channels; ++channel) {
    double sum = 1.0;  // the bias, at most half of base
    for (size_t i = 0; i < order.per_channel(); ++i) {
      sum += std::abs(weights.values[order.places[channel * order.per_channel() + i]]);
    }
    const double scale = weights.scales()[weights.scales().size() == 1 ? 0 : channel];
    largest = std::max(largest, sum * scale * x.scale * (base / 2 + 1));
  }
  return largest;
}

void EmitSumOfParts(LowerContext& context, const Value& high, const Value& low, const std::string& name) {
  const graph::Node& node = context.node();
  const Activated output = ActivatedOutput(context);
  const graph::TensorId target = output.clamped ? node.outputs[0] : node.pre_activation;
  const Value result = context.draft().AddActivation(context.graph().tensor(target).name, context.OutputShape(),
                                                     context.OutputAxes(), output.params);
  const double y = output.params.scale;
  const AddMultipliers fixed = ToAddMultipliers(high.params().scale / y, low.params().scale / y, true);
  joint::AddT sum;
  sum.multiplier_a = fixed.a;
  sum.multiplier_b = fixed.b;
  sum.shift = fixed.shift;
  sum.clamp_low = output.low;
  sum.clamp_high = output.high;
  context.AddLayer(sum, {high.tensor, low.tensor}, result.tensor, 0, name.c_str());
  context.Define(output.clamped ? result
                                : ApplyTable(context, node.activation, result, (name + "/activation").c_str()));
}

}  // namespace

void EmitInputParts(LowerContext& context, Emitter emit, quantize::InputParts parts) {
  const Value x = context.IntegerInput(0);
  const AffineParams params = x.params();
  const int32_t base = BaseOf(params);
  const quantize::QuantizedWeights& weights = context.Weights(kWeights);
  const auto [of_high, of_low] = SplitBias(weights, base);
  const Value high = context.Convert(x, HighParams(params));
  if (parts == quantize::InputParts::kHigh) {
    context.Define(context.EmitPart(emit, {high, of_high, context.OutputParams(), "", ""}));
    return;
  }
  const Value low = context.LowPart(x, high, base);
  // The sum has no values beyond its range, so the high part needs none beyond that and what the low one takes off.
  const double reach = LargestLowSum(context, weights, params);
  const quantize::Range range = quantize::RangeOf(ActivatedOutput(context).params);
  const AffineParams high_sum = quantize::AffineFromRange({range.low - reach, range.high + reach}, kPartBits);
  const AffineParams low_sum = quantize::AffineFromRange({-reach, reach}, kPartBits);
  const auto& nodes = context.graph().nodes;
  const bool weights_split = std::any_of(nodes.begin(), nodes.end(), [&](const graph::Node& node) {
    return quantize::SplitNode(context.graph(), node) == &context.node();
  });
  const Value first = context.EmitPart(emit, {high, of_high, high_sum, quantize::kHighSuffix, ""});
  const std::string stem = weights_split ? "_input" : "";
  const std::string suffix = stem + quantize::kLowSuffix;
  const Value second = context.EmitPart(emit, {low, of_low, low_sum, suffix, suffix});
  EmitSumOfParts(context, first, second, stem + quantize::kSumSuffix);
}

}  // namespace lockstep::lower
