#include "correction_networks.h"

#include <cmath>
#include <random>
#include <vector>

#include "support/small_graph.h"

namespace lockstep::testing {
namespace {

constexpr int64_t kChannels = 16;

std::vector<float> Normal(int64_t count, uint32_t seed, float deviation = 1.0F) {
  std::mt19937 random(seed);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) {
    // The sum of a few uniform numbers: the same with every standard library.
    float sum = 0.0F;
    for (int i = 0; i < 6; ++i) sum += static_cast<float>(random() % 2001) / 1000.0F - 1.0F;
    value = deviation * sum / std::sqrt(2.0F);
  }
  return values;
}

// From 1 down to a thousandth.
float Size(int64_t channel) { return std::pow(10.0F, -3.0F * static_cast<float>(channel) / (kChannels - 1)); }

// Rows times Size, or columns by it.
std::vector<float> TimesRows(std::vector<float> weights, int64_t per_row) {
  for (size_t i = 0; i < weights.size(); ++i) weights[i] *= Size(static_cast<int64_t>(i) / per_row);
  return weights;
}
std::vector<float> ByColumns(std::vector<float> weights) {
  for (size_t i = 0; i < weights.size(); ++i) weights[i] /= Size(static_cast<int64_t>(i) % kChannels);
  return weights;
}

std::vector<float> Reversed(std::vector<float> weights, int64_t per_row) {
  for (size_t i = 0; i < weights.size(); ++i) {
    const int64_t row = static_cast<int64_t>(i) / per_row;
    weights[i] *= Size(kChannels - 1 - row) / Size(row);
  }
  return weights;
}

}  // namespace

namespace {

// `limit`: of the values between the convolutions, 0: none.
graph::Graph UnequalChannelsTo(float limit) {
  SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  const graph::TensorId first = net.Floats({kChannels, 3, 1, 1}, TimesRows(Normal(kChannels * 3, 1), 3));
  const graph::TensorId second = net.Floats({kChannels, kChannels, 1, 1}, ByColumns(Normal(kChannels * kChannels, 2)));
  const graph::TensorId made = net.Add("Conv", {x, first});
  const graph::TensorId wide = limit == 0.0F ? net.Add("Relu", {made})
                                             : net.Add("Clip", {made, net.Floats({}, {0.0F}), net.Floats({}, {limit})});
  return net.Finish({net.Add("Conv", {wide, second})});
}

}  // namespace

graph::Graph UnequalChannels() { return UnequalChannelsTo(0.0F); }
graph::Graph UnequalChannelsBelowALimit() { return UnequalChannelsTo(1e4F); }

graph::Graph UnequalDepthwiseChannels() {
  SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  const graph::TensorId first = net.Floats({kChannels, 3, 1, 1}, TimesRows(Normal(kChannels * 3, 1), 3));
  const graph::TensorId depthwise = net.Floats({kChannels, 1, 3, 3}, Reversed(Normal(kChannels * 9, 3, 0.3F), 9));
  std::vector<float> second = Normal(kChannels * kChannels, 2);
  for (size_t i = 0; i < second.size(); ++i) second[i] /= Size(kChannels - 1 - static_cast<int64_t>(i) % kChannels);
  const graph::TensorId wide = net.Add("Relu", {net.Add("Conv", {x, first})});
  const graph::TensorId deep = net.Add(
      "Relu", {net.Add("Conv", {wide, depthwise}, {{"group", kChannels}, {"pads", std::vector<int64_t>{1, 1, 1, 1}}})});
  const graph::TensorId pooled = net.Add(
      "MaxPool", {deep}, {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"strides", std::vector<int64_t>{2, 2}}});
  return net.Finish({net.Add("Conv", {pooled, net.Floats({kChannels, kChannels, 1, 1}, second)})});
}

graph::Graph OutlierChannels() {
  SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  const graph::TensorId first = net.Add("Conv", {x, net.Floats({kChannels, 3, 1, 1}, Normal(kChannels * 3, 1))});
  const graph::TensorId rows = net.Add("Transpose", {net.Add("Reshape", {first, net.Ints({1, kChannels, 1024})})},
                                       {{"perm", std::vector<int64_t>{0, 2, 1}}});
  std::vector<float> gain(kChannels, 0.5F);
  gain[3] = gain[11] = 100.0F;
  const graph::TensorId norm = net.Add(
      "LayerNormalization", {rows, net.Floats({kChannels}, gain), net.Floats({kChannels}, Normal(kChannels, 5))},
      {{"axis", int64_t{-1}}});
  std::vector<float> weights = Normal(kChannels * kChannels, 2);
  for (int64_t i = 0; i < kChannels; ++i) {
    weights[static_cast<size_t>(3 * kChannels + i)] *= 0.01F;
    weights[static_cast<size_t>(11 * kChannels + i)] *= 0.01F;
  }
  return net.Finish({net.Add("MatMul", {norm, net.Floats({kChannels, kChannels}, weights)})});
}

graph::Graph BiasedRounding() {
  SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  // One channel up to about 250; the others 0.3 with a little of the picture: their level is 0 of 0..255.
  std::vector<float> first = Normal(kChannels * 3, 1, 0.02F);
  for (size_t i = 0; i < 3; ++i) first[i] = 85.0F;
  std::vector<float> bias(kChannels, 0.3F);
  bias[0] = 0.0F;
  std::vector<float> second = Normal(kChannels * kChannels, 2);
  for (size_t i = 0; i < second.size(); ++i) {
    second[i] = i % kChannels == 0 ? second[i] * 0.002F : std::abs(second[i]);
  }
  const graph::TensorId wide =
      net.Add("Relu", {net.Add("Conv", {x, net.Floats({kChannels, 3, 1, 1}, first), net.Floats({kChannels}, bias)})});
  return net.Finish({net.Add("Conv", {wide, net.Floats({kChannels, kChannels, 1, 1}, second)})});
}

graph::Graph AlikeInputs() {
  SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  // 32 channels of three colours.
  constexpr int64_t kMany = 2 * kChannels;
  const graph::TensorId first = net.Floats({kMany, 3, 1, 1}, Normal(kMany * 3, 1));
  const graph::TensorId second = net.Floats({kChannels, kMany, 1, 1}, Normal(kChannels * kMany, 4));
  const graph::TensorId many =
      net.Add("Relu", {net.Add("Conv", {x, first, net.Floats({kMany}, std::vector<float>(kMany, 1.0F))})});
  return net.Finish({net.Add("Conv", {many, second})});
}

graph::Graph WideRangeWeights() {
  SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  // The first channel is small, what reads it large; the others carry the result with weights a thousand times smaller.
  std::vector<float> first = Normal(kChannels * 3, 1);
  for (size_t i = 0; i < 3; ++i) first[i] *= 0.02F;
  std::vector<float> second = Normal(kChannels * kChannels, 2, 0.01F);
  for (size_t i = 0; i < second.size(); i += kChannels) second[i] *= 300.0F;
  const graph::TensorId wide = net.Add("Relu", {net.Add("Conv", {x, net.Floats({kChannels, 3, 1, 1}, first)})});
  return net.Finish({net.Add("Conv", {wide, net.Floats({kChannels, kChannels, 1, 1}, second)})});
}

}  // namespace lockstep::testing
