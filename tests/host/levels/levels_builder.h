// Pieces of the networks that lose levels.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "networks.h"
#include "support/small_graph.h"

namespace lockstep::testing {

using Tensors = std::vector<graph::TensorId>;

class LevelsBuilder : public SmallGraph {
 public:
  graph::TensorId x = Input("x", {1, 3, kSide, kSide});

  // 3x3 with random weights of about `gain`, and one bias for all channels.
  graph::TensorId Layer(graph::TensorId from, int64_t in, int64_t out, float gain, float bias) {
    std::uniform_real_distribution<float> uniform(-gain, gain);
    std::vector<float> weights(static_cast<size_t>(9 * in * out));
    for (float& weight : weights) weight = uniform(random_);
    return Add(
        "Conv",
        {from, Floats({out, in, 3, 3}, weights), Floats({out}, std::vector<float>(static_cast<size_t>(out), bias))},
        {{"pads", std::vector<int64_t>{1, 1, 1, 1}}});
  }
  graph::TensorId Layer(int64_t out, float gain = 0.5F, float bias = 0.0F) { return Layer(x, 3, out, gain, bias); }
  graph::TensorId Boxes() { return Add("Mul", {Add("Sigmoid", {Layer(4)}), Scalar(640.0F)}); }
  graph::TensorId Scores(int64_t count, float bias = -3.0F) { return Add("Sigmoid", {Layer(count, 0.5F, bias)}); }
  graph::TensorId Join(const Tensors& parts, int64_t axis = 1) { return Add("Concat", parts, {{"axis", axis}}); }
  graph::TensorId Slice(graph::TensorId from, int64_t start, int64_t end, int64_t axis, int64_t step = 1) {
    return Add("Slice", {from, Ints({start}), Ints({end}), Ints({axis}), Ints({step})});
  }
  graph::TensorId Reshape(graph::TensorId from, const std::vector<int64_t>& shape) {
    return Add("Reshape", {from, Ints(shape)});
  }
  Tensors Split(graph::TensorId from, const std::vector<int64_t>& sizes, int64_t axis = 1) {
    return AddMany("Split", {from, Ints(sizes)}, sizes.size(), {{"axis", axis}});
  }
  graph::TensorId Turned(graph::TensorId from) {
    return Add("Transpose", {from}, {{"perm", std::vector<int64_t>{0, 2, 1}}});
  }
  graph::TensorId Softmax(graph::TensorId from, int64_t axis) { return Add("Softmax", {from}, {{"axis", axis}}); }
  graph::TensorId Factors(const std::vector<float>& values) {
    return Floats({1, static_cast<int64_t>(values.size()), 1, 1}, values);
  }
  // A 1x1 convolution that weighs boxes and scores alike.
  graph::TensorId Mixed(graph::TensorId boxes_and_scores) {
    return Add("Conv",
               {boxes_and_scores, Floats({2, 8, 1, 1}, {0, 0, 0, 0, 1, 1, 0, 0, 1e-5F, 0, 0, 1e-5F, 0, 0, 2, 1})});
  }

 private:
  std::mt19937 random_{11};
};

}  // namespace lockstep::testing
