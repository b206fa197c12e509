#include <algorithm>
#include <cmath>

#include "graph/error.h"
#include "lower/ops/emitters.h"
#include "lower/weight_packing.h"
#include "ops/broadcast.h"

namespace lockstep::lower {
namespace {

constexpr int64_t kRowLimit = int64_t{1} << 31;  // of n * largest element * 2^variance_shift
constexpr double kEpsilonLimit = 0x1p62;         // of epsilon
constexpr double kBetaLimit = 0x1p54 - 0x1p10;   // of |beta|
constexpr double kSmallestMultiplier = 0x1p-31;  // what rq still resolves of 55 bits
constexpr int kLeastFraction = 8;
constexpr int kMostFraction = 24;

// A constant input, one entry for each element of a row; zeros without it: the bias alone may be absent.
std::vector<double> RowOf(const LowerContext& context, size_t input, const graph::Shape& normalized) {
  std::vector<double> row(static_cast<size_t>(graph::ElementCount(normalized)), 0.0);
  const graph::Node& node = context.node();
  if (input >= node.inputs.size() || node.inputs[input] == graph::kNoTensor) return row;
  const std::vector<float>& values = context.Floats(input);
  const ops::BroadcastIndex index(context.graph().tensor(node.inputs[input]).shape, normalized);
  for (size_t i = 0; i < row.size(); ++i) row[i] = values[index.At(static_cast<int64_t>(i))];
  return row;
}

graph::Shape Normalized(const LowerContext& context, const Value& x) {
  return {x.shape.begin() + context.node().Int("axis", 0), x.shape.end()};
}

// Differences with as many bits behind the point as the bounds allow.
void SetVariance(const AffineParams& x, int64_t n, double epsilon, joint::LayerNormalizationT& layer) {
  const int64_t row = n * (x.bits > 8 ? 65535 : 255);
  const double real = epsilon * static_cast<double>(n) * static_cast<double>(n) / (x.scale * x.scale);
  if (row >= kRowLimit || !(real < kEpsilonLimit)) {
    throw UnsupportedModel("rows of " + std::to_string(n) + " elements of " + std::to_string(x.bits) +
                           " bits do not fit 31 bits");
  }
  int u = 0;
  while (row << (u + 1) < kRowLimit && std::ldexp(real, 2 * (u + 1)) < kEpsilonLimit) ++u;
  layer.variance_shift = static_cast<uint8_t>(u);
  layer.epsilon = static_cast<uint64_t>(std::llround(std::ldexp(real, 2 * u)));
}

std::string NameOf(const LowerContext& context, size_t input) {
  const graph::Node& node = context.node();
  const bool present = input < node.inputs.size() && node.inputs[input] != graph::kNoTensor;
  return present ? context.graph().tensor(node.inputs[input]).name : context.OutputName() + "_bias";
}

}  // namespace

void EmitLayerNormalization(LowerContext& context) {
  const Value x = context.IntegerInput(0);
  const AffineParams y = context.OutputParams();
  const graph::Shape normalized = Normalized(context, x);
  const int64_t n = graph::ElementCount(normalized);
  const std::vector<double> gammas = RowOf(context, 1, normalized);
  const std::vector<double> betas = RowOf(context, 2, normalized);

  joint::LayerNormalizationT layer;
  SetVariance(x.params(), n, context.node().Float("epsilon", 1e-5F), layer);
  // A step of gamma, and as many bits of a normalised element as leave the multiplier in the range of rq. Gammas that
  // are nothing beside a step of the output take the smallest step there is.
  double largest = 0.0;
  for (const double gamma : gammas) largest = std::max(largest, std::abs(gamma));
  const double step = std::max(largest / 32767.0, std::ldexp(y.scale * kSmallestMultiplier, kLeastFraction));
  int fraction = kMostFraction;
  while (std::ldexp(step, -fraction) / y.scale < kSmallestMultiplier) --fraction;  // kLeastFraction ends it
  const double unit = std::ldexp(step, -fraction);
  const FixedMultiplier fixed = ToFixed(unit / y.scale);
  if (fixed.s < 0) throw UnsupportedModel("its scale is " + std::to_string(largest / y.scale) + " steps of its output");
  layer.fraction_bits = static_cast<uint8_t>(fraction);
  layer.multiplier = fixed.m;
  layer.shift = fixed.s;
  layer.clamp_high = y.high();

  std::vector<int64_t> gamma;
  std::vector<int64_t> beta;
  for (size_t i = 0; i < gammas.size(); ++i) {
    gamma.push_back(std::llround(gammas[i] / step));
    // Beyond the limit every result is clamped anyway.
    beta.push_back(std::llround(std::min(std::max(betas[i] / unit, -kBetaLimit), kBetaLimit)));
  }
  ModelDraft& draft = context.draft();
  const graph::Shape row = {static_cast<int64_t>(gammas.size())};
  const auto add_row = [&](const std::string& name, quantize::NumberType type, double scale,
                           const std::vector<int64_t>& values) {
    const TensorFormat format = TensorFormat::Signed(type, scale);
    return draft.AddConstant(name, row, OnnxOrder(1), format, ToBytes(values, format)).tensor;
  };
  const int32_t gamma_tensor = add_row(NameOf(context, 1), quantize::NumberType::kS16, step, gamma);
  const int32_t beta_tensor = add_row(NameOf(context, 2), quantize::NumberType::kS64, unit, beta);
  const Value result = context.AddOutput(y);
  context.AddLayer(layer, {x.tensor, gamma_tensor, beta_tensor}, result.tensor);
  context.Define(result);
}

void EmitFloatLayerNormalization(LowerContext& context) {
  const Value x = context.FloatInput(0);
  const graph::Shape normalized = Normalized(context, x);
  joint::LayerNormalizationT layer;
  layer.float_epsilon = context.node().Float("epsilon", 1e-5F);
  std::vector<int32_t> inputs = {x.tensor};
  for (const size_t input : {1, 2}) {
    const std::vector<double> row = RowOf(context, input, normalized);
    const std::vector<float> values(row.begin(), row.end());
    const std::string name = NameOf(context, input);
    const graph::Shape shape = {static_cast<int64_t>(row.size())};
    inputs.push_back(context.draft().AddConstant(name, shape, OnnxOrder(1), TensorFormat(), ToBytes(values)).tensor);
  }
  const Value result = context.AddOutput(TensorFormat());
  context.AddLayer(layer, inputs, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
