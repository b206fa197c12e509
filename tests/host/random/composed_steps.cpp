// The steps whose operators the optimiser writes in other operators.
#include "random_steps.h"

namespace lockstep::test {

using graph::Shape;
using graph::TensorId;

// Rank 3, with an operator in between that takes both ranks.
Image RandomSteps::Lines(const Image& x) {
  TensorId y = Reshape(x.id, {batch_, channels_, height_ * width_});
  const std::vector<int64_t> kernel{3};
  const std::vector<int64_t> pads{1, 1};
  if (Coin()) {
    y = builder_.Node("Conv", {y, Weights({channels_, channels_, 3}, channels_ * 3)},
                      {{"kernel_shape", kernel}, {"pads", pads}});
  } else {
    y = builder_.Node(Coin() ? "MaxPool" : "AveragePool", {y}, {{"kernel_shape", kernel}, {"pads", pads}});
  }
  y = builder_.Node("Mul",
                    {Act(y), builder_.Constant({channels_, 1}, builder_.Random(static_cast<size_t>(channels_)))});
  if (Coin()) {
    y = builder_.Node("Conv", {y, Weights({channels_, 1, 3}, 3)},
                      {{"kernel_shape", kernel},
                       {"dilations", std::vector<int64_t>{2}},
                       {"pads", std::vector<int64_t>{2, 2}},
                       {"group", channels_}});
  }
  return {Reshape(y, Size()), 2.0 * x.bound + 1.0};
}

// The rows are the steps, and what the layer makes of them is added to every column.
Image RandomSteps::Recurrent(const Image& x) {
  const std::string ops[] = {"LSTM", "GRU", "RNN"};
  const int64_t which = Pick(3);
  const int64_t gates = which == 0 ? 4 : which == 1 ? 3 : 1;
  const bool both = Coin();
  const int64_t directions = both ? 2 : 1;
  const int64_t hidden = channels_ / directions;
  const int64_t inputs = channels_ * width_;
  const TensorId sequence = Reshape(Transpose(x.id, {2, 0, 1, 3}), {height_, batch_, inputs});
  std::map<std::string, graph::Attribute> attributes = {{"hidden_size", hidden}};
  if (both || Coin()) attributes["direction"] = std::string(both ? "bidirectional" : "reverse");
  if (which == 1) attributes["linear_before_reset"] = Pick(2);
  std::vector<TensorId> operands = {sequence, Weights({directions, gates * hidden, inputs}, inputs),
                                    Weights({directions, gates * hidden, hidden}, hidden)};
  if (Coin()) operands.push_back(Weights({directions, 2 * gates * hidden}, 4));
  const TensorId states = builder_.Outputs(ops[which], operands, attributes, which == 0 ? 3 : 2)[0];
  const TensorId last = both ? Transpose(states, {2, 1, 3, 0})
                             : Transpose(builder_.Node("Squeeze", {states, builder_.Ints({1})}), {1, 2, 0});
  const TensorId columns = Reshape(last, {batch_, channels_, height_, 1});
  return {builder_.Node("Add", {x.id, columns}), x.bound + 1.0};
}

// Instances, groups as torch writes them, or the channels of every place over their norm. A large epsilon, so that what
// is nearly constant does not grow.
Image RandomSteps::NormalizedChannels(const Image& x) {
  const auto one_each = [&](const Shape& shape) {
    return builder_.Constant(shape, builder_.Random(static_cast<size_t>(channels_), 0.5F, 1.5F));
  };
  switch (Pick(3)) {
    case 0:
      return {builder_.Node("InstanceNormalization", {x.id, one_each({channels_}), one_each({channels_})},
                            {{"epsilon", 0.1F}}),
              4.0};
    case 1: {
      const TensorId groups = Reshape(x.id, {batch_, 2, channels_ / 2 * height_ * width_});
      const TensorId normal =
          builder_.Node("InstanceNormalization",
                        {groups, builder_.Constant({2}, {1, 1}), builder_.Constant({2}, {0, 0})}, {{"epsilon", 0.1F}});
      const TensorId scaled = builder_.Node("Mul", {Reshape(normal, Size()), one_each({channels_, 1, 1})});
      return {builder_.Node("Add", {scaled, one_each({channels_, 1, 1})}), 4.0};
    }
    default: {
      const TensorId square = builder_.Node("Mul", {x.id, x.id});
      const TensorId mean = builder_.Node("ReduceMean", {square}, {{"axes", std::vector<int64_t>{1}}});
      const TensorId root = builder_.Node("Sqrt", {builder_.Node("Add", {mean, Scalar(0.1F)})});
      return {builder_.Node("Div", {x.id, root}), 4.0};
    }
  }
}

}  // namespace lockstep::test
