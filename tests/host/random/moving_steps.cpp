// The steps that move elements, and those that work along rows.
#include "random_steps.h"

namespace lockstep::test {

using graph::Shape;
using graph::TensorId;

TensorId RandomSteps::Reshape(TensorId x, const std::vector<int64_t>& shape) {
  return builder_.Node("Reshape", {x, builder_.Ints(shape)});
}

TensorId RandomSteps::Transpose(TensorId x, const std::vector<int64_t>& order) {
  return builder_.Node("Transpose", {x}, {{"perm", order}});
}

TensorId RandomSteps::Slice(TensorId x, int64_t axis, int64_t start, int64_t end, int64_t step) {
  return builder_.Node("Slice",
                       {x, builder_.Ints({start}), builder_.Ints({end}), builder_.Ints({axis}), builder_.Ints({step})});
}

Image RandomSteps::Joined(const Image& x) {
  Image other = Any();
  if (Pick(4) == 0) {
    const Shape& shape = builder_.shape(other.id);
    other = {builder_.Constant(shape, builder_.Random(static_cast<size_t>(graph::ElementCount(shape)), -0.8F, 1.2F)),
             1.2};
  }
  const double bound = std::max(x.bound, other.bound);
  if (Coin()) {
    const TensorId both = builder_.Node("Concat", {x.id, other.id}, {{"axis", int64_t{1}}});
    if (Coin()) return {Act(Conv(both, channels_)), 1.5 * bound + 0.3};
    const auto parts = builder_.Split(Act(both), 1, {channels_ / 2, channels_, channels_ - channels_ / 2});
    return {parts[1], bound + 0.7};
  }
  // Along an axis of the picture, and the middle of that.
  const int64_t axis = 2 + Pick(2);
  const int64_t extent = axis == 2 ? height_ : width_;
  const TensorId both = builder_.Node("Concat", {x.id, other.id}, {{"axis", axis}});
  return {Slice(Act(both), axis, extent / 2, extent / 2 + extent, 1), bound + 0.7};
}

// Two parts that go different ways and meet again.
Image RandomSteps::Parts(const Image& x) {
  const int64_t axis = 1 + Pick(3);
  const int64_t extent = builder_.shape(x.id)[static_cast<size_t>(axis)];
  const int64_t at = 1 + Pick(extent - 1);
  TensorId first = graph::kNoTensor;
  TensorId second = graph::kNoTensor;
  if (Coin()) {
    const auto parts = builder_.Split(x.id, axis, {at, extent - at});
    first = parts[0];
    second = parts[1];
  } else {
    first = Slice(x.id, axis, 0, at, 1);
    second = Slice(x.id, axis, at, extent, 1);
  }
  return {builder_.Node("Concat", {Act(second), Act(first)}, {{"axis", axis}}), x.bound + 0.7};
}

Image RandomSteps::Swapped(const Image& x) {
  const std::vector<int64_t> orders[] = {{0, 1, 3, 2}, {0, 2, 3, 1}, {0, 3, 1, 2}, {0, 2, 1, 3}};
  const std::vector<int64_t>& order = orders[Pick(4)];
  std::vector<int64_t> back(4);
  for (size_t i = 0; i < 4; ++i) back[static_cast<size_t>(order[i])] = static_cast<int64_t>(i);
  TensorId y = Transpose(x.id, order);
  if (Coin()) {
    y = Function({y, x.bound}).id;
  } else {
    const int64_t extent = builder_.shape(y)[3];
    const TensorId row = builder_.Constant({1, 1, extent}, builder_.Random(static_cast<size_t>(extent)));
    y = builder_.Node("Add", {y, row});
  }
  return {Transpose(y, back), x.bound + 1.0};
}

Image RandomSteps::Views(const Image& x) {
  const Shape shape = Size();
  TensorId y = x.id;
  switch (Pick(4)) {
    case 0:
      y = Act(Reshape(y, {batch_, channels_ * height_ * width_}));
      break;
    case 1:
      y = Act(builder_.Node("Flatten", {y}, {{"axis", 1 + Pick(3)}}));
      break;
    case 2: {
      const TensorId axis = builder_.Ints({Pick(5)});
      y = Act(builder_.Node("Unsqueeze", {y, axis}));
      if (Coin()) return {builder_.Node("Squeeze", {y, axis}), x.bound + 0.7};
      break;
    }
    default:  // channels in two groups that change places, as ShuffleNet does
      y = Reshape(y, {batch_, 2, channels_ / 2, height_, width_});
      y = Act(Transpose(y, {0, 2, 1, 3, 4}));
      break;
  }
  return {Reshape(y, shape), x.bound + 0.7};
}

// What a Pad of any mode adds, a Slice takes away on the other side.
Image RandomSteps::Padded(const Image& x) {
  const std::string modes[] = {"constant", "edge", "reflect", "wrap"};
  const std::string& mode = modes[Pick(4)];
  const int64_t axis = 1 + Pick(3);
  const int64_t extent = builder_.shape(x.id)[static_cast<size_t>(axis)];
  const int64_t begin = Pick(std::min<int64_t>(3, extent));
  const int64_t end = Pick(std::min<int64_t>(3, extent));
  std::vector<int64_t> pads(8, 0);
  pads[static_cast<size_t>(axis)] = begin;
  pads[static_cast<size_t>(axis) + 4] = end;
  const float value = Coin() ? 0.0F : static_cast<float>(Pick(3)) - 1.5F;
  const TensorId wide = builder_.Node("Pad", {x.id, builder_.Ints(pads), Scalar(value)}, {{"mode", mode}});
  return {Slice(Coin() ? Act(wide) : wide, axis, end, end + extent, 1), x.bound + 2.2};
}

// Elements in another order, repeated or backwards.
Image RandomSteps::Picked(const Image& x) {
  const int64_t axis = 1 + Pick(3);
  const int64_t extent = builder_.shape(x.id)[static_cast<size_t>(axis)];
  switch (Pick(4)) {
    case 0: {
      std::vector<int64_t> repeats(4, 1);
      repeats[static_cast<size_t>(axis)] = 2;
      const TensorId twice = builder_.Node("Tile", {x.id, builder_.Ints(repeats)});
      return {Slice(Act(twice), axis, extent / 2, extent / 2 + extent, 1), x.bound + 0.7};
    }
    case 1: {
      const TensorId row = Slice(x.id, axis, Pick(extent), 1 << 20, 1 << 20);
      return {builder_.Node("Expand", {row, builder_.Ints(Size())}), x.bound};
    }
    case 2:
      return {Slice(x.id, axis, -1, -(1 << 20), -1), x.bound};
    default: {
      std::vector<int64_t> indices;
      for (int64_t i = 0; i < extent; ++i) indices.push_back(Pick(2 * extent) - extent);
      return {builder_.Node("Gather", {x.id, builder_.Ints(indices)}, {{"axis", axis}}), x.bound};
    }
  }
}

// The larger or smaller of two, and of all along an axis.
Image RandomSteps::Extremes(const Image& x) {
  const std::string op = Coin() ? "Max" : "Min";
  const Image other = Any();
  switch (Pick(3)) {
    case 0:
      return {builder_.Node(op, {x.id, other.id}), std::max(x.bound, other.bound)};
    case 1: {
      const auto count = static_cast<size_t>(channels_);
      return {builder_.Node(op, {builder_.Constant({channels_, 1, 1}, builder_.Random(count)), x.id}), x.bound + 0.5};
    }
    default: {
      const std::vector<int64_t> axes[] = {{1}, {2, 3}, {3}};
      const TensorId extreme = builder_.Node("Reduce" + op, {x.id}, {{"axes", axes[Pick(3)]}});
      return {builder_.Node("Sub", {x.id, extreme}), 2.0 * x.bound};
    }
  }
}

Image RandomSteps::Sums(const Image& x) {
  const int64_t axis = 1 + Pick(3);
  const auto extent = static_cast<float>(builder_.shape(x.id)[static_cast<size_t>(axis)]);
  const TensorId sum = builder_.Node("ReduceSum", {x.id}, {{"axes", std::vector<int64_t>{axis}}});
  return {builder_.Node("Sub", {x.id, builder_.Node("Mul", {sum, Scalar(1.0F / extent)})}), 2.0 * x.bound};
}

// Softmax over any axis.
Image RandomSteps::Shares(const Image& x) {
  if (Coin()) return {builder_.Node("Softmax", {x.id}, {{"axis", 1 + Pick(3)}}), 1.0};
  const TensorId rows = Reshape(x.id, {batch_, channels_, height_ * width_});
  return {Reshape(builder_.Node("Softmax", {rows}, {{"axis", 1 + Pick(2)}}), Size()), 1.0};
}

// Every place asks all places, or is multiplied with a constant matrix.
Image RandomSteps::Attention(const Image& x) {
  const int64_t area = height_ * width_;
  const TensorId tokens = Transpose(Reshape(x.id, {batch_, channels_, area}), {0, 2, 1});
  TensorId y = graph::kNoTensor;
  if (Coin()) {
    y = Act(builder_.Node("MatMul", {tokens, Weights({channels_, channels_}, channels_)}));
  } else {
    const TensorId keys = Reshape(Conv(x.id, channels_), {batch_, channels_, area});
    const TensorId scores = builder_.Node("MatMul", {tokens, keys});
    const TensorId scaled = builder_.Node("Mul", {scores, Scalar(0.3F)});
    y = builder_.Node("MatMul", {builder_.Node("Softmax", {scaled}, {{"axis", int64_t{2}}}), tokens});
  }
  return {Reshape(Transpose(y, {0, 2, 1}), Size()), 1.7 * x.bound + 0.7};
}

Image RandomSteps::Normalized(const Image& x) {
  const TensorId last = Transpose(x.id, {0, 2, 3, 1});
  const TensorId scale = builder_.Constant({channels_}, builder_.Random(static_cast<size_t>(channels_), 0.4F, 1.2F));
  const TensorId bias = builder_.Constant({channels_}, builder_.Random(static_cast<size_t>(channels_)));
  const TensorId y =
      builder_.Node("LayerNormalization", {last, scale, bias}, {{"axis", int64_t{3}}, {"epsilon", 0.01F}});
  return {Transpose(y, {0, 3, 1, 2}), 3.0};
}

}  // namespace lockstep::test
