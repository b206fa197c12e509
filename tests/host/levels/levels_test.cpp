#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <optional>
#include <random>
#include <set>

#include "engine/float/float_engine.h"
#include "engine/reference/reference_engine.h"
#include "lower/lower.h"
#include "networks.h"
#include "optimize/optimize.h"
#include "quantize/quantize.h"

namespace lockstep::testing {
namespace {

using engine::FloatTensor;
using Pixels = std::vector<uint8_t>;  // N,H,W,C

constexpr size_t kPixels = kSide * kSide;
constexpr double kEnoughDecibels = 20.0;

// Blotches of different brightness.
Pixels Picture(uint32_t seed) {
  std::mt19937 random(seed);
  Pixels pixels(3 * kPixels);
  for (size_t i = 0; i < pixels.size(); ++i) {
    const size_t block = i / 3 / 4 % 4 + i / 3 / kSide / 4 * 4;
    pixels[i] = static_cast<uint8_t>((block * 37 + seed * 61 + random() % 90) % 256);
  }
  return pixels;
}

std::map<std::string, FloatTensor> InputOf(const Pixels& pixels) {
  FloatTensor tensor{{1, 3, kSide, kSide}, std::vector<float>(pixels.size())};
  for (size_t c = 0; c < 3; ++c) {
    for (size_t i = 0; i < kPixels; ++i) tensor.data[c * kPixels + i] = static_cast<float>(pixels[3 * i + c]) / 255.0F;
  }
  return {{"x", tensor}};
}

class Pictures final : public quantize::CalibrationSource {
 public:
  int size() const override { return kCount; }
  std::optional<quantize::CalibrationInput> Next() override {
    if (next_ == kCount) return std::nullopt;
    return quantize::CalibrationInput{"picture", InputOf(Picture(next_++))};
  }
  std::string Digest() const override { return ""; }

 private:
  static constexpr uint32_t kCount = 4;
  uint32_t next_ = 0;
};

std::vector<uint8_t> Compile(const graph::Graph& optimised, const quantize::PolicySettings& policy) {
  quantize::QuantizeOptions options;
  options.threads = 1;
  options.preprocess["x"] = {};
  options.policy = policy;
  Pictures pictures;
  lower::LowerOptions lowering;
  lowering.seeded_test_vector = false;
  return lower::Lower(quantize::Quantize(optimised, options, pictures), lowering);
}

// The least SQNR, over the outputs and the places along the axis.
double LeastDecibels(const LevelsNetwork& network, const quantize::PolicySettings& policy) {
  graph::Graph optimised = network.graph;
  optimize::Optimize(optimised);
  const std::vector<uint8_t> file = Compile(optimised, policy);
  engine::ReferenceEngine engine(*joint::GetModel(file.data()));
  const Pixels picture = Picture(99);
  const auto outputs = engine.Run({picture});
  engine::FloatEngine exact(network.graph, {});
  const auto expected = exact.Run(InputOf(picture));
  double least = std::numeric_limits<double>::max();
  for (size_t i = 0; i < network.graph.outputs.size(); ++i) {
    const graph::Tensor& tensor = network.graph.tensor(network.graph.outputs[i]);
    const std::vector<float>& wanted = expected.at(tensor.name).data;
    std::vector<float> given(wanted.size());
    EXPECT_EQ(outputs.at(i).size(), given.size() * sizeof(float));
    std::memcpy(given.data(), outputs.at(i).data(), outputs.at(i).size());
    const auto extent = static_cast<size_t>(tensor.shape[network.axis]);
    size_t inner = 1;
    for (size_t axis = network.axis + 1; axis < tensor.shape.size(); ++axis)
      inner *= static_cast<size_t>(tensor.shape[axis]);
    for (size_t part = 0; part < extent; ++part) {
      double signal = 0.0;
      double noise = 0.0;
      for (size_t k = 0; k < wanted.size(); ++k) {
        if (k / inner % extent != part) continue;
        signal += std::pow(wanted[k], 2);
        noise += std::pow(static_cast<double>(wanted[k]) - given[k], 2);
      }
      if (signal > 0.0) least = std::min(least, 10.0 * std::log10(signal / std::max(noise, 1e-300)));
    }
  }
  return least;
}

TEST(Levels, EveryPartOfEveryOutputKeepsItsMeaning) {
  const std::vector<LevelsNetwork> networks = LevelsNetworks();
  ASSERT_GE(networks.size(), 20u);
  for (const LevelsNetwork& network : networks) {
    const double decibels = LeastDecibels(network, {});
    std::printf("%-28s %6.1f dB\n", network.name.c_str(), decibels);
    EXPECT_GE(decibels, kEnoughDecibels) << network.name;
  }
}

// That more bits are needed: with 8 everywhere parts are lost.
TEST(Levels, EightBitsLoseParts) {
  quantize::Rule bits;
  bits.source = "test";
  bits.scopes = {{}};
  bits.choices.activation_bits = quantize::kByteBits;
  // The others are mended by what moves, by floats at the end, or by the place of the range.
  const std::set<std::string> lost = {"weights that make up for it", "small probabilities", "the sum of parts",
                                      "parts resized", "vanishing factors"};
  for (const LevelsNetwork& network : LevelsNetworks()) {
    if (lost.count(network.name) == 0) continue;
    EXPECT_LT(LeastDecibels(network, {bits}), kEnoughDecibels) << network.name;
  }
}

}  // namespace
}  // namespace lockstep::testing
