#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "decibels.h"
#include "lower/lower.h"
#include "optimize/optimize.h"
#include "quantize/quantize.h"

namespace lockstep::testing {
namespace {

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

double LeastDecibelsWith(const quantize::PolicySettings& policy, const LevelsNetwork& network) {
  graph::Graph optimised = network.graph;
  optimize::Optimize(optimised);
  return LeastDecibels(network, Compile(optimised, policy));
}

TEST(Levels, EveryPartOfEveryOutputKeepsItsMeaning) {
  const std::vector<LevelsNetwork> networks = LevelsNetworks();
  ASSERT_GE(networks.size(), 20u);
  for (const LevelsNetwork& network : networks) {
    const double decibels = LeastDecibelsWith({}, network);
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
    EXPECT_LT(LeastDecibelsWith({bits}, network), kEnoughDecibels) << network.name;
  }
}

}  // namespace
}  // namespace lockstep::testing
