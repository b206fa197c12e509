// What a random network is made of: steps that make an image of the network's size from such images.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "lower/graph_builder.h"

namespace lockstep::test {

// A tensor of the network's shape N,C,H,W, and a bound that its magnitude keeps by and large.
struct Image {
  graph::TensorId id = graph::kNoTensor;
  double bound = 1.0;
};

class RandomSteps {
 public:
  explicit RandomSteps(uint32_t seed);

  GraphBuilder& builder() { return builder_; }
  int64_t Pick(int64_t count) { return static_cast<int64_t>(random_() % static_cast<uint32_t>(count)); }
  bool Coin() { return Pick(2) == 0; }
  Image& Any() { return images_[static_cast<size_t>(Pick(static_cast<int64_t>(images_.size())))]; }

  // A new input: a picture, brought to the network's number of channels, or a vector that is added to what there is.
  void AddInput();
  // A random step of those whose operators lowering knows.
  void AddStep();
  // The first one depends on every input.
  void AddOutputs();

  // The steps, by what they are made of.
  Image Convolution(const Image& x);
  Image DownAndUp(const Image& x);
  Image Transposed(const Image& x);
  Image Arithmetic(const Image& x);
  Image WithConstant(const Image& x);
  Image Function(const Image& x);
  Image Pool(const Image& x);
  Image Excitation(const Image& x);
  Image Joined(const Image& x);
  Image Parts(const Image& x);
  Image Swapped(const Image& x);
  Image Views(const Image& x);
  Image Shares(const Image& x);
  Image Attention(const Image& x);
  Image Normalized(const Image& x);
  Image Rectified(const Image& x);
  Image Padded(const Image& x);
  Image Picked(const Image& x);
  Image Extremes(const Image& x);
  Image Sums(const Image& x);
  Image Means(const Image& x);
  Image Lines(const Image& x);
  Image Recurrent(const Image& x);
  Image NormalizedChannels(const Image& x);
  Image Chosen(const Image& x);
  Image Quotient(const Image& x);
  Image Several(const Image& x);
  Image Sampled(const Image& x);

 private:
  graph::Shape Size() const { return {batch_, channels_, height_, width_}; }
  graph::TensorId Conv(graph::TensorId x, int64_t channels);
  graph::TensorId Act(graph::TensorId x);
  graph::TensorId Named(const std::string& function, graph::TensorId x);
  std::string AnyFunction();
  graph::TensorId Scalar(float value) { return builder_.Constant({}, {value}); }
  graph::TensorId Reshape(graph::TensorId x, const std::vector<int64_t>& shape);
  graph::TensorId Transpose(graph::TensorId x, const std::vector<int64_t>& order);
  graph::TensorId Slice(graph::TensorId x, int64_t axis, int64_t start, int64_t end, int64_t step);
  graph::TensorId Upsampled(graph::TensorId x);  // to the network's size
  graph::TensorId Window(const std::string& op, graph::TensorId x, int64_t stride);
  graph::TensorId GlobalMean(graph::TensorId x);
  graph::TensorId Weights(const graph::Shape& shape, int64_t depth);
  void OutputClasses();
  void OutputBoxes();
  void OutputLargest();
  void OutputPositions();
  void OutputSelection();

  std::mt19937 random_;
  GraphBuilder builder_;
  int64_t batch_, channels_, height_, width_;
  std::vector<Image> images_;                   // those of the inputs first
  graph::TensorId picture_ = graph::kNoTensor;  // the first input
  size_t inputs_ = 0;
};

// Whether lowering has an emitter for the operator.
bool IsLowered(const std::string& op);

}  // namespace lockstep::test
