// The steps that work on images: convolutions, arithmetic, pools.
#include <cmath>

#include "random_steps.h"

namespace lockstep::test {

using graph::Shape;
using graph::TensorId;

TensorId RandomSteps::Weights(const Shape& shape, int64_t depth) {
  const float limit = 1.7F / std::sqrt(static_cast<float>(depth));
  return builder_.Constant(shape, builder_.Random(static_cast<size_t>(graph::ElementCount(shape)), -limit, limit));
}

TensorId RandomSteps::Conv(TensorId x, int64_t channels) {
  const int64_t depth = builder_.shape(x)[1];
  const bool grouped = depth % 2 == 0 && channels % 2 == 0 && Pick(5) == 0;
  const int64_t groups = depth == channels && Pick(4) == 0 ? depth : (grouped ? 2 : 1);
  return builder_.Conv(x, channels, 1 + 2 * Pick(3), 1, groups);
}

// Every second with a depthwise convolution behind it, as mobile networks have them, and channels that are smaller than
// others.
Image RandomSteps::Convolution(const Image& x) {
  const TensorId wide = Conv(x.id, channels_);
  const bool mobile = builder_.graph().nodes.size() % 2 == 0;
  std::vector<float>& made = builder_.graph().tensor(builder_.graph().nodes.back().inputs[1]).constant->floats;
  const size_t per_channel = made.size() / static_cast<size_t>(channels_);
  for (size_t i = 0; mobile && i < made.size(); ++i) made[i] *= i / per_channel % 3 == 0 ? 1.0F : 0.1F;
  const TensorId acted = Act(wide);
  if (!mobile) return {acted, 1.5 * x.bound + 0.3};
  std::vector<float> weights(static_cast<size_t>(channels_) * 9);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = 0.5F * std::sin(static_cast<float>(i) + 1.0F);
  const TensorId deep = builder_.Node(
      "Conv", {acted, builder_.Constant({channels_, 1, 3, 3}, weights)},
      {{"kernel_shape", std::vector<int64_t>{3, 3}}, {"pads", std::vector<int64_t>{1, 1, 1, 1}}, {"group", channels_}});
  return {deep, 2.2 * x.bound + 0.8};
}

TensorId RandomSteps::Upsampled(TensorId x) {
  const Shape from = builder_.shape(x);
  const Shape shape = Size();
  std::vector<float> scales;
  for (size_t i = 0; i < shape.size(); ++i) {
    scales.push_back(static_cast<float>(shape[i]) / static_cast<float>(from[i]));
  }
  constexpr const char* kModes[] = {"nearest", "nearest", "linear", "cubic"};
  constexpr const char* kCoordinates[] = {"asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"};
  const std::string mode = kModes[Pick(4)];
  const std::string coordinates = mode == "nearest" ? "asymmetric" : kCoordinates[Pick(4)];
  return builder_.Node(
      "Resize", {x, graph::kNoTensor, builder_.Constant({4}, scales)},
      {{"mode", mode}, {"coordinate_transformation_mode", coordinates}, {"nearest_mode", std::string("floor")}});
}

TensorId RandomSteps::Window(const std::string& op, TensorId x, int64_t stride) {
  const int64_t kernel_h = 2 + Pick(2);
  const int64_t kernel_w = 2 + Pick(3);
  // What stride 1 takes away comes back as padding; stride 2 halves exactly.
  const auto pads = [&](int64_t kernel, int64_t begin) {
    const int64_t total = kernel - stride;
    return begin != 0 ? total / 2 : total - total / 2;
  };
  std::map<std::string, graph::Attribute> attributes = {
      {"kernel_shape", std::vector<int64_t>{kernel_h, kernel_w}},
      {"strides", std::vector<int64_t>{stride, stride}},
      {"pads", std::vector<int64_t>{pads(kernel_h, 1), pads(kernel_w, 1), pads(kernel_h, 0), pads(kernel_w, 0)}}};
  if (op == "AveragePool") attributes["count_include_pad"] = Pick(2);
  return builder_.Node(op, {x}, attributes);
}

Image RandomSteps::Pool(const Image& x) { return {Window(Coin() ? "MaxPool" : "AveragePool", x.id, 1), x.bound}; }

Image RandomSteps::DownAndUp(const Image& x) {
  TensorId small = graph::kNoTensor;
  switch (Pick(3)) {
    case 0:
      small = builder_.Conv(x.id, channels_, 3, 2);
      break;
    case 1:
      small = Window(Coin() ? "MaxPool" : "AveragePool", x.id, 2);
      break;
    default:
      small = Slice(Slice(x.id, 2, Pick(2), height_, 2), 3, Pick(2), width_, 2);
      break;
  }
  return {Upsampled(Act(small)), 2.9 * x.bound + 0.6};  // a cubic interpolation overshoots by 0.9
}

Image RandomSteps::Transposed(const Image& x) {
  const TensorId small = builder_.Conv(x.id, channels_, 3, 2);
  const int64_t kernel = 2 + 2 * Pick(2);
  const int64_t groups = Pick(3) == 0 ? 2 : 1;
  const int64_t pad = (kernel - 2) / 2;
  const TensorId weights =
      Weights({channels_, channels_ / groups, kernel, kernel}, channels_ / groups * kernel * kernel / 4);
  const TensorId bias = builder_.Constant({channels_}, builder_.Random(static_cast<size_t>(channels_)));
  const TensorId y = builder_.Node("ConvTranspose", {small, weights, bias},
                                   {{"kernel_shape", std::vector<int64_t>{kernel, kernel}},
                                    {"strides", std::vector<int64_t>{2, 2}},
                                    {"pads", std::vector<int64_t>{pad, pad, pad, pad}},
                                    {"group", groups}});
  return {Act(y), 2.0 * x.bound + 1.0};
}

Image RandomSteps::Arithmetic(const Image& x) {
  const Image other = Any();
  if (Coin()) return {builder_.Node(Coin() ? "Add" : "Sub", {x.id, other.id}), x.bound + other.bound};
  return {builder_.Node("Mul", {x.id, other.id}), x.bound * other.bound};
}

Image RandomSteps::WithConstant(const Image& x) {
  const Shape shapes[] = {{}, {channels_, 1, 1}, {1, 1, height_, width_}, {width_}, {1, channels_, height_, 1}};
  const Shape& shape = shapes[Pick(5)];
  const auto count = static_cast<size_t>(graph::ElementCount(shape));
  const TensorId constant = builder_.Constant(shape, builder_.Random(count, 0.3F, 1.4F));
  switch (Pick(5)) {
    case 0:
      return {builder_.Node("Add", {constant, x.id}), x.bound + 1.4};
    case 1:
      return {builder_.Node("Sub", {constant, x.id}), x.bound + 1.4};
    case 2:
      return {builder_.Node("Sub", {x.id, constant}), x.bound + 1.4};
    case 3:
      return {builder_.Node("Div", {x.id, constant}), x.bound * 3.4};
    default:
      return {builder_.Node("Mul", {x.id, constant}), x.bound * 1.4};
  }
}

TensorId RandomSteps::GlobalMean(TensorId x) { return builder_.Node("GlobalAveragePool", {x}); }

// Squeeze and excitation.
Image RandomSteps::Excitation(const Image& x) {
  const TensorId squeezed = builder_.Conv(GlobalMean(x.id), 1 + Pick(8), 1);
  const TensorId gates = builder_.Conv(Act(squeezed), channels_, 1);
  return {builder_.Node("Mul", {x.id, Named(Coin() ? "Sigmoid" : "HardSigmoid", gates)}), x.bound};
}

Image RandomSteps::Rectified(const Image& x) {
  const TensorId slopes = builder_.Constant({channels_, 1, 1}, builder_.Random(static_cast<size_t>(channels_)));
  return {builder_.Node("PRelu", {x.id, slopes}), x.bound};
}

// The axes as an attribute or as an input, kept or given up and put back.
Image RandomSteps::Means(const Image& x) {
  const std::vector<int64_t> choices[] = {{2, 3}, {1}, {-1}, {3, 1}, {}};
  const std::vector<int64_t>& axes = choices[Pick(5)];
  const bool keep = Coin();
  std::map<std::string, graph::Attribute> attributes = {{"keepdims", int64_t{keep}}};
  const bool as_input = Coin();
  if (!as_input && !axes.empty()) attributes["axes"] = axes;
  const std::vector<TensorId> inputs = as_input ? std::vector{x.id, builder_.Ints(axes)} : std::vector{x.id};
  TensorId mean = builder_.Node("ReduceMean", inputs, attributes);
  if (!keep) {
    Shape shape = builder_.shape(x.id);
    for (const int64_t axis : axes) shape[static_cast<size_t>(axis < 0 ? axis + 4 : axis)] = 1;
    if (axes.empty()) shape = {1, 1, 1, 1};
    mean = Reshape(mean, shape);
  }
  return {builder_.Node("Sub", {x.id, mean}), 2.0 * x.bound};
}

// Where a constant grid says, or one that follows from the image: then linear, for a sample of the nearest element
// jumps with the last bit of its place.
Image RandomSteps::Sampled(const Image& x) {
  const char* const paddings[] = {"zeros", "border", "reflection"};
  const bool computed = Coin();
  const auto count = static_cast<size_t>(batch_ * height_ * width_ * 2);
  TensorId grid = builder_.Constant({batch_, height_, width_, 2}, builder_.Random(count, -1.4F, 1.4F));
  if (computed) {
    const TensorId offsets = builder_.Node("Tanh", {builder_.Conv(x.id, 2, 3)});
    grid = builder_.Node("Add", {grid, Transpose(offsets, {0, 2, 3, 1})});
  }
  const std::string mode = computed || Coin() ? "bilinear" : "nearest";
  return {builder_.Node("GridSample", {x.id, grid},
                        {{"mode", mode}, {"padding_mode", std::string(paddings[Pick(3)])}, {"align_corners", Pick(2)}}),
          x.bound};
}

}  // namespace lockstep::test
