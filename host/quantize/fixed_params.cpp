#include "quantize/fixed_params.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "ops/op_table.h"
#include "quantize/affine.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

constexpr double kGreyLevels = 255.0;
constexpr int kLargestExponent = 16;
constexpr int kSmallestExponent = -16;
constexpr int kMostSoftmaxExponent = 23;  // of what 1 may be in steps

bool AllEqual(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [&](float value) { return value == values[0]; });
}

AffineParams PictureParams(const InputPreprocess& preprocess, int bits) {
  const double mean = preprocess.mean[0];
  if (AllEqual(preprocess.mean) && AllEqual(preprocess.std) && mean >= 0.0 && mean <= kGreyLevels && bits >= 8) {
    AffineParams params;
    params.scale = static_cast<float>(1.0 / preprocess.std[0]);
    params.zero_point = static_cast<int32_t>(std::floor(mean + 0.5));
    return params;
  }
  Range range;
  for (size_t c = 0; c < std::max(preprocess.mean.size(), preprocess.std.size()); ++c) {
    const double offset = preprocess.mean[preprocess.mean.size() == 1 ? 0 : c];
    const double divisor = preprocess.std[preprocess.std.size() == 1 ? 0 : c];
    range.low = std::min(range.low, -offset / divisor);
    range.high = std::max(range.high, (kGreyLevels - offset) / divisor);
  }
  return AffineFromRange(range, bits);
}

// Of the integers that need no calibration, what the first layer reads stands for the integers themselves. More than 8
// bits for a byte would add nothing.
std::optional<AffineParams> InputParams(const InputPreprocess& preprocess, int bits) {
  constexpr int32_t kMiddle = 128;
  switch (preprocess.type) {
    case InputPreprocess::Type::kPicture:
    case InputPreprocess::Type::kU8:
      return PictureParams(preprocess, bits);
    case InputPreprocess::Type::kS8:
      if (bits < 8) return std::nullopt;
      return AffineParams{1.0, kMiddle, 8};
    case InputPreprocess::Type::kU16:
    case InputPreprocess::Type::kS16:
    case InputPreprocess::Type::kF32:
      break;
  }
  return std::nullopt;
}

ops::FixedRange RangeOf(const graph::Activation& fused) {
  const ops::Op* op = ops::FindOp(graph::ActivationName(fused.kind));
  return op == nullptr ? ops::FixedRange::kNone : op->quantization.range;
}

AffineParams SoftmaxParams(int bits, const std::map<graph::TensorId, double>& largest_seen, graph::TensorId id) {
  const auto seen = largest_seen.find(id);
  int exponent = bits;
  if (seen != largest_seen.end() && seen->second > 0.0) {
    const double span = std::min(1.0, kSoftmaxHeadroom * seen->second);
    exponent = std::clamp(static_cast<int>(std::floor(bits - std::log2(span))), bits, kMostSoftmaxExponent);
  }
  return {std::exp2(-exponent), 0, bits};
}

}  // namespace

std::map<graph::TensorId, AffineParams> FixedParams(const graph::Graph& graph, const Widths& widths,
                                                    const std::map<std::string, InputPreprocess>& preprocess,
                                                    const FloatNodes& floats,
                                                    const std::map<graph::TensorId, double>& largest_seen) {
  std::map<graph::TensorId, AffineParams> fixed;
  for (const graph::TensorId input : graph.inputs) {
    const auto found = preprocess.find(graph.tensor(input).name);
    if (found == preprocess.end()) continue;
    const int width = widths[static_cast<size_t>(input)];
    if (const auto params = InputParams(found->second, width == kFloatWidth ? 8 : width)) fixed[input] = *params;
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    const int bits = widths[static_cast<size_t>(node.outputs[0])];
    if (bits == kFloatWidth) continue;
    const bool fused = node.activation.kind != graph::ActivationKind::kNone;
    const ops::FixedRange range = fused ? RangeOf(node.activation) : TraitsOf(node).range;
    switch (range) {
      case ops::FixedRange::kNone:
        break;
      case ops::FixedRange::kZeroToOne:
        fixed[node.outputs[0]] = AffineFromRange({0.0, 1.0}, bits);
        break;
      case ops::FixedRange::kBelowOne:
        if (IsFloat(floats, i)) {
          fixed[node.outputs[0]] = AffineFromRange({0.0, 1.0}, bits);
          break;
        }
        fixed[node.outputs[0]] = SoftmaxParams(bits, largest_seen, node.outputs[0]);
        break;
    }
  }
  return fixed;
}

AffineParams ConstantParams(const std::vector<float>& values, int bits) {
  Range range;
  for (const float value : values) {
    range.low = std::min(range.low, static_cast<double>(value));
    range.high = std::max(range.high, static_cast<double>(value));
  }
  // Zeros are exact at any scale; a large one would not fit beside the other operand's.
  if (range.low == range.high) return AffineFromRange(range, bits);
  for (int exponent = kLargestExponent; exponent >= kSmallestExponent; --exponent) {
    const double scale = std::exp2(exponent);
    if ((range.high - range.low) / scale > std::exp2(bits) - 1) break;
    const bool exact = std::all_of(values.begin(), values.end(),
                                   [&](float value) { return std::floor(value / scale) == value / scale; });
    if (exact) return {scale, static_cast<int32_t>(-range.low / scale), bits};
  }
  return AffineFromRange(range, bits);
}

}  // namespace lockstep::quantize
