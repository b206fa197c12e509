// Ways to lose levels in arithmetic: outliers, heavy tails, cancellation, functions of wide ranges.
#include <functional>

#include "levels_builder.h"

namespace lockstep::testing {
namespace {

using graph::TensorId;

constexpr int64_t kPlaces = kSide * kSide;

struct Case {
  const char* name;
  size_t axis;
  std::function<Tensors(LevelsBuilder&)> build;
};

TensorId Depthwise(LevelsBuilder& b, TensorId from, const std::vector<float>& gains) {
  std::vector<float> weights;
  for (const float gain : gains) {
    for (const float tap : {0.2F, -0.5F, 0.3F, 0.6F, 1.0F, -0.4F, 0.1F, 0.7F, -0.3F}) weights.push_back(gain * tap);
  }
  const auto channels = static_cast<int64_t>(gains.size());
  return b.Add("Conv", {from, b.Floats({channels, 1, 3, 3}, weights)},
               {{"pads", std::vector<int64_t>{1, 1, 1, 1}}, {"group", channels}});
}

TensorId Silu(LevelsBuilder& b, TensorId from) { return b.Add("Mul", {from, b.Add("Sigmoid", {from})}); }

TensorId Scaled(LevelsBuilder& b, TensorId from, const std::vector<float>& factors) {
  return b.Add("Mul", {from, b.Factors(factors)});
}

TensorId Padded(LevelsBuilder& b, TensorId from, float value) {
  return b.Add("Pad", {from, b.Ints({0, 0, 1, 1, 0, 0, 1, 1}), b.Scalar(value)});
}

Tensors HeavyTailedSilu(LevelsBuilder& b) {
  const TensorId peaks = Silu(b, b.Add("Add", {Scaled(b, b.Layer(4, 1.0F), {1, 1, 1, 1}), b.Factors({0, 0, 0, 0})}));
  const TensorId tail = Silu(b, Scaled(b, peaks, {400, 1, 1, 1}));
  return {b.Layer(Depthwise(b, tail, {0.0025F, 1, 1, 1}), 4, 2, 0.5F, 0.0F)};
}

Tensors UnequalDepthwise(LevelsBuilder& b) {
  const TensorId unequal = Depthwise(b, b.Layer(4), {0.01F, 1.0F, 30.0F, 1000.0F});
  return {Depthwise(b, unequal, {100.0F, 1.0F, 0.03F, 0.001F})};
}

Tensors SharpAndSoftSigmoids(LevelsBuilder& b) {
  return {b.Add("Sigmoid", {Scaled(b, b.Layer(4), {300, 300, 0.5F, 0.2F})})};
}

Tensors DifferenceOfLargeSums(LevelsBuilder& b) {
  const TensorId large = Scaled(b, b.Layer(4), {1e4F, 1e4F, 1e4F, 1e4F});
  return {b.Add("Sub", {b.Add("Add", {large, b.Layer(4, 0.2F)}), large})};
}

Tensors WideResize(LevelsBuilder& b) {
  const TensorId larger =
      b.Add("Resize", {Scaled(b, b.Layer(4), {5000, 1, 1, 1}), graph::kNoTensor, b.Floats({4}, {1, 1, 2, 2})},
            {{"mode", std::string("nearest")},
             {"coordinate_transformation_mode", std::string("asymmetric")},
             {"nearest_mode", std::string("floor")}});
  return {Depthwise(b, larger, {0.0002F, 1, 1, 1})};
}

Tensors TinyScores(LevelsBuilder& b) { return {b.Scores(4, -14.0F)}; }

Tensors DecodedByExp(LevelsBuilder& b) {
  const TensorId sizes = b.Add("Exp", {Scaled(b, b.Layer(4), {4, 4, 0.5F, 0.5F})});
  return {Scaled(b, sizes, {32, 64, 0.01F, 0.02F})};
}

Tensors MeanOfRarePeaks(LevelsBuilder& b) {
  const TensorId rare = b.Add("Exp", {b.Layer(4, 3.0F, -10.0F)});
  return {b.Add("ReduceMean", {rare}, {{"axes", std::vector<int64_t>{2, 3}}, {"keepdims", int64_t{1}}})};
}

Tensors OutlierInAProduct(LevelsBuilder& b) {
  const TensorId rows = b.Turned(b.Reshape(Scaled(b, b.Layer(4), {2000, 1, 1, 1}), {1, 4, kPlaces}));
  return {b.Add("MatMul", {rows, b.Floats({4, 3}, {0, 1e-4F, 0, 1, 0, 1, -1, 0.5F, 1, 0.5F, 1, -1})})};
}

Tensors NormBehindAnOutlier(LevelsBuilder& b) {
  const TensorId rows = b.Turned(b.Reshape(Scaled(b, b.Layer(4), {2000, 1, 1, 1}), {1, 4, kPlaces}));
  return {b.Add("LayerNormalization", {rows, b.Floats({4}, {1, 1000, 1000, 1000}), b.Floats({4}, {0, 0, 0, 0})},
                {{"axis", int64_t{-1}}})};
}

Tensors ConstantOutput(LevelsBuilder& b) {
  const TensorId none = b.Add("Conv", {b.x, b.Floats({2, 3, 1, 1}, {0, 0, 0, 0, 0, 0}), b.Floats({2}, {0.25F, -3.0F})});
  return {b.Add("Sigmoid", {none})};
}

Tensors SmallOverAConstant(LevelsBuilder& b) {
  const TensorId nearly = b.Add("Relu", {b.Layer(b.x, 3, 4, 0.01F, 500.0F)});
  return {b.Layer(b.Add("Sub", {nearly, b.Scalar(500.0F)}), 4, 2, 0.5F, 0.0F)};
}

Tensors PoolBehindMinusInfinity(LevelsBuilder& b) {
  return {b.Add("MaxPool", {Padded(b, b.Layer(4), -3.4e38F)}, {{"kernel_shape", std::vector<int64_t>{3, 3}}})};
}

Tensors Squares(LevelsBuilder& b) {
  const TensorId wide = Scaled(b, b.Layer(4), {100, 1, 1, 0.05F});
  return {b.Add("Mul", {wide, wide})};
}

Tensors RisingPowers(LevelsBuilder& b) {
  const TensorId wide = Scaled(b, b.Layer(4), {3, 1, 0.3F, 0.1F});
  return {b.Add("Mul", {b.Add("Mul", {wide, wide}), wide})};
}

Tensors ChannelsOfAnOutput(LevelsBuilder& b) { return {Depthwise(b, b.Layer(4), {640, 640, 0.01F, 0.01F})}; }

Tensors ResidualOutlier(LevelsBuilder& b) {
  TensorId stream = Scaled(b, b.Layer(4), {3000, 1, 1, 1});
  for (int i = 0; i < 3; ++i) {
    stream = b.Add("Add", {stream, b.Add("Tanh", {Depthwise(b, stream, {0.001F, 1, 1, 1})})});
  }
  return {Depthwise(b, stream, {0.001F, 1, 1, 1})};
}

Tensors FadingChain(LevelsBuilder& b) {
  TensorId chain = b.Layer(4);
  for (const float factor : {0.01F, 0.01F, 0.01F, 1e6F}) {
    chain = b.Add("Tanh", {b.Add("Mul", {chain, b.Scalar(factor)})});
  }
  return {chain};
}

Tensors MeanOfShares(LevelsBuilder& b) {
  const TensorId shares = b.Softmax(b.Reshape(Scaled(b, b.Layer(4), {8, 1, 0.1F, 0.01F}), {1, 4, kPlaces}), 2);
  const TensorId values = b.Reshape(b.Layer(4), {1, 4, kPlaces});
  return {b.Add("ReduceMean", {b.Add("Mul", {shares, values})},
                {{"axes", std::vector<int64_t>{2}}, {"keepdims", int64_t{1}}})};
}

Tensors UnequalTransposed(LevelsBuilder& b) {
  std::vector<float> weights;
  for (const float gain : {0.001F, 1.0F, 1.0F, 0.5F}) {
    for (int i = 0; i < 8; ++i) weights.push_back(gain * static_cast<float>(1 + i % 3));
  }
  return {b.Add("ConvTranspose", {Scaled(b, b.Layer(4), {1000, 1, 1, 1}), b.Floats({4, 2, 2, 2}, weights)},
                {{"strides", std::vector<int64_t>{2, 2}}})};
}

Tensors RareHardSwish(LevelsBuilder& b) {
  const TensorId gated = b.Add("HardSwish", {Scaled(b, b.Layer(4, 1.0F, -1.0F), {200, 1, 1, 0.05F})});
  return {Depthwise(b, gated, {0.005F, 1, 1, 20})};
}

Tensors LongSoftplus(LevelsBuilder& b) {
  return {b.Add("Softplus", {b.Add("Add", {Scaled(b, b.Layer(4), {200, 1, 1, 1}), b.Factors({0, 0, -5, -9})})})};
}

}  // namespace

std::vector<LevelsNetwork> WideNetworks() {
  const std::vector<Case> cases = {
      {"a heavy-tailed SiLU", 1, HeavyTailedSilu},
      {"unequal depthwise channels", 1, UnequalDepthwise},
      {"sharp and soft Sigmoids", 1, SharpAndSoftSigmoids},
      {"a difference of large sums", 1, DifferenceOfLargeSums},
      {"a wide Resize", 1, WideResize},
      {"tiny scores", 1, TinyScores},
      {"sizes decoded by Exp", 1, DecodedByExp},
      {"the mean of rare peaks", 0, MeanOfRarePeaks},
      {"an outlier in a product", 2, OutlierInAProduct},
      {"a norm behind an outlier", 2, NormBehindAnOutlier},
      {"a constant output", 1, ConstantOutput},
      {"little over a constant", 1, SmallOverAConstant},
      {"a pool behind -3.4e38", 1, PoolBehindMinusInfinity},
      {"squares", 1, Squares},
      {"third powers", 1, RisingPowers},
      {"channels of an output", 1, ChannelsOfAnOutput},
      {"an outlier in a residual", 1, ResidualOutlier},
      {"a chain that fades", 1, FadingChain},
      {"a mean of shares", 0, MeanOfShares},
      {"a transposed convolution", 1, UnequalTransposed},
      {"a rare HardSwish", 1, RareHardSwish},
      {"a long Softplus", 1, LongSoftplus},
  };
  std::vector<LevelsNetwork> networks;
  for (const Case& one : cases) {
    LevelsBuilder builder;
    const Tensors outputs = one.build(builder);
    networks.push_back({one.name, builder.Finish(outputs), one.axis});
  }
  return networks;
}

}  // namespace lockstep::testing
