// A small network, noise that calibrates it, and what Quantize makes of both.
#pragma once

#include <limits>
#include <random>

#include "quantize/quantize.h"
#include "small_graph.h"

namespace lockstep::quantize {

inline constexpr int64_t kSide = 8;

// Seeded noise for an input "x" of shape 1x2x8x8.
class NoiseSource : public CalibrationSource {
 public:
  explicit NoiseSource(int count, uint32_t seed = 1) : left_(count), random_(seed) {}

  int size() const override { return left_; }
  std::optional<CalibrationInput> Next() override {
    if (left_-- <= 0) return std::nullopt;
    std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
    engine::FloatTensor tensor{{1, 2, kSide, kSide}, std::vector<float>(2 * kSide * kSide)};
    for (float& value : tensor.data) value = uniform(random_);
    if (broken_) tensor.data[5] = std::numeric_limits<float>::quiet_NaN();
    return CalibrationInput{"noise", {{"x", tensor}}};
  }
  std::string Digest() const override { return "digest"; }
  void Break() { broken_ = true; }

 private:
  int left_;
  std::mt19937 random_;
  bool broken_ = false;
};

// x -> Conv+SiLU -> MaxPool (1x1: it changes nothing), beside it x -> Conv+SiLU, both joined, then Conv -> y.
inline SmallGraph Network() {
  SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  net.Conv("a", net.Id("x"), 2, {2.0F, -1.0F, 0.5F, 3.0F}, {0.25F, -0.5F});
  net.Fuse(graph::ActivationKind::kSilu);
  net.Node("MaxPool", "pool", {net.Id("a")}, {1, 2, kSide, kSide});
  auto& attributes = net.graph.nodes.back().attributes;
  attributes["kernel_shape"] = std::vector<int64_t>{1, 1};
  attributes["strides"] = std::vector<int64_t>{1, 1};
  attributes["dilations"] = std::vector<int64_t>{1, 1};
  attributes["pads"] = std::vector<int64_t>{0, 0, 0, 0};
  attributes["ceil_mode"] = int64_t{0};
  net.Conv("b", net.Id("x"), 2, {0.1F, 0.0F, 0.0F, 0.1F});
  net.Fuse(graph::ActivationKind::kSilu);
  net.Node("Concat", "joined", {net.Id("pool"), net.Id("b")}, {1, 4, kSide, kSide});
  net.graph.nodes.back().attributes["axis"] = int64_t{1};
  net.Conv("y", net.Id("joined"), 1, {1, 1, 1, 1});
  net.Output(net.Id("y"));
  return net;
}

inline QuantizedGraph Quantized(const SmallGraph& net, QuantizeOptions options, int inputs = 6) {
  if (options.threads == 0) options.threads = 1;  // the network is too small for more
  NoiseSource source(inputs);
  return Quantize(net.graph, options, source);
}

// `pool` only moves the elements of `a`, which has floats: `joined` has the range of a all the same.

}  // namespace lockstep::quantize
