#include "networks.h"

#include <functional>

#include "levels_builder.h"

namespace lockstep::testing {
namespace {

using graph::TensorId;
using Ids = Tensors;

constexpr int64_t kPlaces = kSide * kSide;

struct Case {
  const char* name;
  size_t axis;
  std::function<Ids(LevelsBuilder&)> build;
};

Ids PartsBehindViews(LevelsBuilder& b) {
  const TensorId turned = b.Turned(b.Reshape(b.Join({b.Boxes(), b.Scores(1), b.Scores(3)}), {1, 8, -1}));
  return {b.Slice(turned, 4, 8, 2), b.Slice(turned, 0, 4, 2)};
}

Ids ProductOfParts(LevelsBuilder& b) {
  const TensorId all = b.Join({b.Boxes(), b.Scores(1), b.Scores(3)});
  return {b.Add("Mul", {b.Slice(all, 4, 5, 1), b.Slice(all, 5, 8, 1)})};
}

Ids SoftmaxOverPlaces(LevelsBuilder& b) {
  return {b.Add("Mul", {b.Softmax(b.Reshape(b.Layer(4), {1, 4, -1}), 2), b.Scalar(kPlaces)})};
}

Ids ConstantMask(LevelsBuilder& b) {
  const TensorId masked = b.Add("Add", {b.Layer(4), b.Factors({0.0F, -1e9F, 0.0F, 0.0F})});
  return {b.Slice(b.Softmax(masked, 1), 2, 4, 1)};
}

Ids ConcatsOfConcats(LevelsBuilder& b) {
  const TensorId first = b.Reshape(b.Join({b.Boxes(), b.Scores(4)}), {1, 8, -1});
  const TensorId second = b.Reshape(b.Join({b.Boxes(), b.Scores(4)}), {1, 8, -1});
  return {b.Join({first, second}, 2)};
}

Ids TurnedOutput(LevelsBuilder& b) { return {b.Turned(b.Reshape(b.Join({b.Boxes(), b.Scores(4)}), {1, 8, -1}))}; }

Ids OnePartGoesOn(LevelsBuilder& b) {
  const Ids parts = b.Split(b.Join({b.Boxes(), b.Scores(4)}), {4, 4});
  return {parts[0], b.Layer(parts[1], 4, 2, 0.5F, 0.0F)};
}

Ids SliceOverASeam(LevelsBuilder& b) { return {b.Slice(b.Join({b.Boxes(), b.Scores(4)}), 3, 6, 1)}; }

Ids WeightsThatMakeUpForIt(LevelsBuilder& b) { return {b.Mixed(b.Join({b.Boxes(), b.Scores(4)}))}; }

Ids ScaledParts(LevelsBuilder& b) {
  return {b.Add("Mul", {b.Join({b.Boxes(), b.Scores(4)}), b.Factors({1, 1, 2, 2, 1, 1, 1, 0.5F})})};
}

Ids SmallProbabilities(LevelsBuilder& b) {
  const TensorId weighted = b.Add("Mul", {b.Scores(4, -7.0F), b.Scalar(1000.0F)});
  return {b.Layer(weighted, 4, 2, 0.5F, 0.0F)};
}

Ids BehindAClip(LevelsBuilder& b) {
  const TensorId sum = b.Add("Add", {b.Layer(4, 1.0F, 2.0F), b.Factors({0.0F, 0.0F, 0.0F, 1e6F})});
  return {b.Layer(b.Add("Clip", {sum, b.Scalar(0.0F), b.Scalar(6.0F)}), 4, 2, 0.5F, 0.0F)};
}

Ids ComputedMask(LevelsBuilder& b) {
  const TensorId sharp = b.Add("Mul", {b.Layer(4), b.Scalar(1e6F)});
  const TensorId open = b.Add("Clip", {sharp, b.Scalar(0.0F), b.Scalar(1.0F)});
  const TensorId mask = b.Add("Mul", {b.Add("Sub", {open, b.Scalar(1.0F)}), b.Scalar(1e9F)});
  return {b.Softmax(b.Add("Add", {b.Layer(4), mask}), 1)};
}

Ids MaskedScores(LevelsBuilder& b) {
  const TensorId masked = b.Add("Add", {b.Layer(4), b.Factors({0.0F, 0.0F, 0.0F, -1e9F})});
  return {b.Slice(b.Add("Sigmoid", {b.Join({masked, b.Layer(2)})}), 0, 3, 1)};
}

Ids SumOfParts(LevelsBuilder& b) {
  const TensorId moved = b.Add("Add", {b.Join({b.Boxes(), b.Scores(4)}), b.Factors({8, 8, 0, 0, 0, 0, 0.5F, 0.5F})});
  return {b.Mixed(moved)};
}

Ids MixedByAReshape(LevelsBuilder& b) { return {b.Reshape(b.Join({b.Boxes(), b.Scores(4)}, 1), {1, 32, 4, kSide})}; }

Ids EverySecond(LevelsBuilder& b) { return {b.Slice(b.Join({b.Boxes(), b.Scores(4)}), 1, 8, 1, 2)}; }

Ids PartsResized(LevelsBuilder& b) {
  const TensorId larger =
      b.Add("Resize", {b.Join({b.Boxes(), b.Scores(4)}), graph::kNoTensor, b.Floats({4}, {1, 1, 2, 2})},
            {{"mode", std::string("nearest")},
             {"coordinate_transformation_mode", std::string("asymmetric")},
             {"nearest_mode", std::string("floor")}});
  return {b.Mixed(larger)};
}

Ids BeyondSixteenBits(LevelsBuilder& b) {
  const TensorId large = b.Add("Mul", {b.Layer(4), b.Scalar(1e6F)});
  return {b.Add("Mul", {b.Join({large, b.Layer(4)}), b.Factors({1, 1, 1, 1, 2, 2, 2, 2})})};
}

Ids AttentionOverPlaces(LevelsBuilder& b) {
  const TensorId shares = b.Softmax(b.Reshape(b.Layer(4, 0.2F), {1, 4, kPlaces}), 2);
  const TensorId values = b.Turned(b.Reshape(b.Layer(4, 0.5F, 1.0F), {1, 4, kPlaces}));
  return {b.Add("MatMul", {shares, values})};
}

Ids VanishingFactors(LevelsBuilder& b) {
  const TensorId scaled = b.Add("Mul", {b.Add("Sigmoid", {b.Layer(4)}), b.Factors({100.0F, 0.01F, 1.0F, 50.0F})});
  return b.Split(scaled, {1, 1, 1, 1});
}

Ids ChannelsOfOneConvolution(LevelsBuilder& b) {
  const TensorId scaled = b.Add("Mul", {b.Layer(8), b.Factors({640, 640, 640, 640, 1, 1, 1, 1})});
  const Ids parts = b.Split(scaled, {4, 4});
  return {b.Layer(parts[0], 4, 2, 0.5F, 0.0F), b.Layer(parts[1], 4, 2, 0.5F, 0.0F)};
}

}  // namespace

std::vector<LevelsNetwork> LevelsNetworks() {
  const std::vector<Case> cases = {
      {"parts behind views", 2, PartsBehindViews},
      {"the product of parts", 1, ProductOfParts},
      {"a Softmax over places", 1, SoftmaxOverPlaces},
      {"a constant mask", 1, ConstantMask},
      {"Concats of Concats", 1, ConcatsOfConcats},
      {"a turned output", 2, TurnedOutput},
      {"one part goes on", 1, OnePartGoesOn},
      {"a slice over a seam", 1, SliceOverASeam},
      {"weights that make up for it", 1, WeightsThatMakeUpForIt},
      {"scaled parts", 1, ScaledParts},
      {"small probabilities", 1, SmallProbabilities},
      {"behind a Clip", 1, BehindAClip},
      {"a computed mask", 1, ComputedMask},
      {"masked scores", 1, MaskedScores},
      {"the sum of parts", 1, SumOfParts},
      {"mixed by a Reshape", 1, MixedByAReshape},
      {"every second channel", 1, EverySecond},
      {"parts resized", 1, PartsResized},
      {"beyond sixteen bits", 1, BeyondSixteenBits},
      {"attention over places", 2, AttentionOverPlaces},
      {"vanishing factors", 1, VanishingFactors},
      {"channels of one convolution", 1, ChannelsOfOneConvolution},
  };
  std::vector<LevelsNetwork> networks;
  for (const Case& one : cases) {
    LevelsBuilder builder;
    const Ids outputs = one.build(builder);
    networks.push_back({one.name, builder.Finish(outputs), one.axis});
  }
  return networks;
}

}  // namespace lockstep::testing
