#include "depthwise_networks.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "support/small_graph.h"

namespace lockstep::testing {
namespace {

using graph::TensorId;

// How much larger a tensor's heavy channels are: every eighth, from the first on. 1: none are.
using Tail = float;

class Blocks {
 public:
  explicit Blocks(SmallGraph& net) : net_(net) {}

  struct Shape {
    int64_t in = 0;
    int64_t out = 0;
    int64_t kernel = 1;
    int64_t stride = 1;
    int64_t groups = 1;
  };

  // `from` is the tail of x, `to` that of the result.
  TensorId Conv(TensorId x, const Shape& shape, Tail from = 1.0F, Tail to = 1.0F) {
    const int64_t in = shape.in / shape.groups;
    const int64_t per_output = in * shape.kernel * shape.kernel;
    std::vector<float> weights = NormalWeights(static_cast<size_t>(shape.out * per_output), ++seed_);
    const float size = std::sqrt(2.0F / static_cast<float>(per_output)) / 0.4F;
    for (size_t i = 0; i < weights.size(); ++i) {
      const int64_t output = static_cast<int64_t>(i) / per_output;
      const int64_t input = shape.groups == 1 ? static_cast<int64_t>(i) % per_output / (shape.kernel * shape.kernel)
                                              : output * shape.in / shape.out;
      weights[i] *= size * (IsHeavy(output) ? to : 1.0F) / (IsHeavy(input) ? from : 1.0F);
    }
    std::vector<float> bias = NormalWeights(static_cast<size_t>(shape.out), ++seed_);
    for (float& value : bias) value *= 0.5F;
    const int64_t pad = shape.kernel / 2;
    return net_.Add(
        "Conv", {x, net_.Floats({shape.out, in, shape.kernel, shape.kernel}, weights), net_.Floats({shape.out}, bias)},
        {{"group", shape.groups},
         {"pads", std::vector<int64_t>{pad, pad, pad, pad}},
         {"strides", std::vector<int64_t>{shape.stride, shape.stride}}});
  }
  TensorId Depthwise(TensorId x, int64_t channels, int64_t stride, Tail from = 1.0F, Tail to = 1.0F) {
    return Conv(x, {channels, channels, 3, stride, channels}, from, to);
  }
  TensorId Silu(TensorId x) { return net_.Add("Mul", {x, net_.Add("Sigmoid", {x})}); }
  TensorId HardSwish(TensorId x) { return net_.Add("HardSwish", {x}); }

  // Scales each channel by what its mean says.
  TensorId SqueezeExcite(TensorId x, int64_t channels) {
    const TensorId mean = net_.Add("GlobalAveragePool", {x});
    const TensorId squeezed = net_.Add("Relu", {Conv(mean, {channels, channels / 4})});
    return net_.Add("Mul", {x, net_.Add("HardSigmoid", {Conv(squeezed, {channels / 4, channels})})});
  }

 private:
  static bool IsHeavy(int64_t channel) { return channel % 8 == 0; }

  SmallGraph& net_;
  uint32_t seed_ = 0;
};

struct Block {
  int64_t out = 0;
  int64_t stride = 1;
  Tail expanded = 1.0F;   // in front of the depthwise convolution
  Tail depthwise = 1.0F;  // behind it
};

constexpr int64_t kStem = 16;
constexpr int64_t kExpansion = 4;

const std::vector<Block> kBlocks{{16, 1}, {24, 2}, {24, 1}, {32, 2}, {32, 1}, {32, 1}};

// One chain of blocks; `silu`: else HardSwish, with squeeze-and-excitation.
TensorId Chain(SmallGraph& net, Blocks& blocks, TensorId x, const std::vector<Block>& chain, bool silu) {
  const auto function = [&](TensorId y) { return silu ? blocks.Silu(y) : blocks.HardSwish(y); };
  x = function(blocks.Conv(x, {3, kStem, 3, 2}));
  int64_t channels = kStem;
  for (const Block& block : chain) {
    const int64_t wide = channels * kExpansion;
    const TensorId expanded = function(blocks.Conv(x, {channels, wide}, 1.0F, block.expanded));
    TensorId deep = function(blocks.Depthwise(expanded, wide, block.stride, block.expanded, block.depthwise));
    if (!silu && block.depthwise == 1.0F) deep = blocks.SqueezeExcite(deep, wide);
    const TensorId projected = blocks.Conv(deep, {wide, block.out}, block.depthwise);
    x = block.stride == 1 && block.out == channels ? net.Add("Add", {x, projected}) : projected;
    channels = block.out;
  }
  return x;
}

graph::Graph ChainAlone(const std::vector<Block>& chain, bool silu) {
  SmallGraph net;
  Blocks blocks(net);
  const TensorId deep = Chain(net, blocks, net.Input("images", {1, 3, 64, 64}), chain, silu);
  return net.Finish({blocks.Conv(deep, {chain.back().out, 12})});
}

}  // namespace

graph::Graph SiluBlocks() {
  std::vector<Block> chain = kBlocks;
  chain[2].depthwise = 60.0F;
  chain[4].expanded = 100.0F;
  chain[5].depthwise = 40.0F;
  return ChainAlone(chain, true);
}

graph::Graph HardSwishBlocks() {
  std::vector<Block> chain = kBlocks;
  chain[3].expanded = 80.0F;
  chain[4].depthwise = 50.0F;
  return ChainAlone(chain, false);
}

graph::Graph DepthwiseDetector() {
  SmallGraph net;
  Blocks blocks(net);
  std::vector<Block> chain = kBlocks;
  chain[2].depthwise = 50.0F;
  chain[3].depthwise = 80.0F;
  const TensorId fine = Chain(net, blocks, net.Input("images", {1, 3, 64, 64}), chain, true);
  constexpr int64_t kChannels = 32;
  const auto separable = [&](TensorId x, int64_t stride, Tail tail) {
    const TensorId deep = blocks.HardSwish(blocks.Depthwise(x, kChannels, stride, 1.0F, tail));
    return blocks.HardSwish(blocks.Conv(deep, {kChannels, kChannels}, tail));
  };
  const TensorId coarse = separable(fine, 2, 40.0F);
  std::vector<TensorId> rows;
  for (const TensorId level : {fine, coarse}) {
    const TensorId boxes = blocks.Conv(separable(level, 1, 1.0F), {kChannels, 4});
    const TensorId scores = net.Add("Sigmoid", {blocks.Conv(separable(level, 1, 1.0F), {kChannels, 4})});
    const TensorId both = net.Add("Concat", {boxes, scores}, {{"axis", int64_t{1}}});
    rows.push_back(net.Add("Reshape", {both, net.Ints({1, 8, -1})}));
  }
  return net.Finish({net.Add("Concat", rows, {{"axis", int64_t{2}}})});
}

}  // namespace lockstep::testing
