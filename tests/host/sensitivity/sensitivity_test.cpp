// The network is x -> Conv a + SiLU -> MaxPool (1x1) -> Conv y, small enough to compute by hand what rounding one of
// its nodes does to y.
#include "sensitivity/sensitivity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "graph/error.h"
#include "quantize/quantize.h"
#include "quantize/small_graph.h"

namespace lockstep::sensitivity {
namespace {

using quantize::AffineParams;
using quantize::CalibrationInput;
using quantize::QuantizedGraph;

constexpr int kSide = 6;
constexpr int kPixels = kSide * kSide;
const std::vector<float> kWeights{2.0F, -1.0F, 0.5F, 3.0F};
const std::vector<float> kBias{0.25F, -0.5F};
const std::vector<float> kLast{1.0F, -0.7F};

class NoiseSource : public quantize::CalibrationSource {
 public:
  NoiseSource(int count, uint32_t seed) : left_(count), random_(seed) {}
  int size() const override { return left_; }
  std::optional<CalibrationInput> Next() override {
    if (left_-- <= 0) return std::nullopt;
    std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
    engine::FloatTensor tensor{{1, 2, kSide, kSide}, std::vector<float>(2 * kPixels)};
    for (float& value : tensor.data) value = uniform(random_);
    return CalibrationInput{"noise", {{"x", tensor}}};
  }
  std::string Digest() const override { return "digest"; }

 private:
  int left_;
  std::mt19937 random_;
};

QuantizedGraph Network() {
  quantize::SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  net.Conv("a", net.Id("x"), 2, kWeights, kBias);
  net.Fuse(graph::ActivationKind::kSilu);
  net.Node("MaxPool", "pool", {net.Id("a")}, {1, 2, kSide, kSide});
  auto& attributes = net.graph.nodes.back().attributes;
  for (const char* key : {"kernel_shape", "strides", "dilations"}) attributes[key] = std::vector<int64_t>{1, 1};
  attributes["pads"] = std::vector<int64_t>{0, 0, 0, 0};
  attributes["ceil_mode"] = int64_t{0};
  net.Conv("y", net.Id("pool"), 1, kLast);
  net.Output(net.Id("y"));
  quantize::QuantizeOptions options;
  options.threads = 1;
  NoiseSource source(4, 1);
  return quantize::Quantize(net.graph, options, source);
}

double Rounded(double value, const AffineParams& params) {
  const double level = std::floor(value / params.scale + params.zero_point + 0.5);
  return params.scale * (std::min(std::max(level, 0.0), static_cast<double>(params.high())) - params.zero_point);
}

double Silu(double x) { return x / (1.0 + std::exp(-x)); }

struct Rounds {
  bool weights = false;
  bool table_input = false;
  bool output = false;
};

// y of every picture, where rounding is done as asked.
std::vector<double> ByHand(const QuantizedGraph& quantized, int pictures, const Rounds& rounds) {
  const auto format = [&](const char* name) { return quantized.formats.at(quantized.graph.Find(name)).affine(); };
  std::vector<double> w(kWeights.begin(), kWeights.end());
  std::vector<double> bias(kBias.begin(), kBias.end());
  const quantize::QuantizedWeights& integers = quantized.weights.at({"a", 1});
  for (size_t i = 0; rounds.weights && i < w.size(); ++i) w[i] = integers.scales()[i / 2] * integers.values[i];
  for (size_t i = 0; rounds.weights && i < bias.size(); ++i) {
    bias[i] = format("x").scale * integers.scales()[i] * static_cast<double>(integers.bias[i]);
  }
  std::vector<double> y;
  NoiseSource source(pictures, 2);
  while (const auto picture = source.Next()) {
    const std::vector<float>& x = picture->tensors.at("x").data;
    for (size_t i = 0; i < kPixels; ++i) {
      double sum = 0.0;
      for (size_t c = 0; c < 2; ++c) {
        double p = w[2 * c] * x[i] + w[2 * c + 1] * x[kPixels + i] + bias[c];
        if (rounds.table_input) p = Rounded(p, format("a.pre"));
        const double a = rounds.output ? Rounded(Silu(p), format("a")) : Silu(p);
        sum += kLast[c] * a;
      }
      y.push_back(sum);
    }
  }
  return y;
}

double SqnrByHand(const QuantizedGraph& quantized, int pictures, const Rounds& rounds) {
  const std::vector<double> truth = ByHand(quantized, pictures, {});
  const std::vector<double> measured = ByHand(quantized, pictures, rounds);
  double signal = 0.0;
  double noise = 0.0;
  for (size_t i = 0; i < truth.size(); ++i) {
    signal += truth[i] * truth[i];
    noise += (measured[i] - truth[i]) * (measured[i] - truth[i]);
  }
  return 10.0 * std::log10(signal / noise);
}

std::vector<Trial> Measured(const QuantizedGraph& quantized, Part part, int pictures, int threads) {
  NoiseSource source(pictures, 2);
  Options options;
  options.parts = {part};
  options.threads = threads;
  return Measure(quantized, source, options);
}

TEST(Sensitivity, IsWhatRoundingTheNodeAloneDoes) {
  const QuantizedGraph quantized = Network();
  constexpr double kTolerance = 0.02;  // dB; float32 against double may round a few values to the other side
  const std::pair<Part, Rounds> kCases[] = {{Part::kNode, {true, true, true}},
                                            {Part::kWeights, {true, false, false}},
                                            {Part::kActivations, {false, true, true}},
                                            {Part::kTableInput, {false, true, false}},
                                            {Part::kOutput, {false, false, true}}};
  for (const int pictures : {1, 3}) {
    for (const auto& [part, rounds] : kCases) {
      EXPECT_NEAR(Measured(quantized, part, pictures, 1).at(0).outputs.at("y").sqnr_db,
                  SqnrByHand(quantized, pictures, rounds), kTolerance)
          << ToText(part) << ", " << pictures << " pictures";
    }
  }
}

TEST(Sensitivity, AllWeightsTogether) {
  const QuantizedGraph quantized = Network();
  NoiseSource source(3, 2);
  const double together = MeasureWeights(quantized, source, 1).at("y").sqnr_db;
  double noise = 0.0;  // of each alone, by energy
  for (const Trial& trial : Measured(quantized, Part::kWeights, 3, 1)) {
    noise += std::pow(10.0, -trial.outputs.at("y").sqnr_db / 10.0);
  }
  EXPECT_NEAR(together, -10.0 * std::log10(noise), 3.0);
}

TEST(Sensitivity, SeveralPartsAndThoseNodesThatAreWanted) {
  const QuantizedGraph quantized = Network();
  NoiseSource source(2, 2);
  Options options;
  options.parts = {Part::kTableInput, Part::kOutput};
  options.wanted = [](const graph::Node& node, Part) { return node.name == "a"; };
  const std::vector<Trial> trials = Measure(quantized, source, options);
  ASSERT_EQ(trials.size(), 2U);
  for (const Trial& trial : trials) {
    EXPECT_EQ(trial.node, "a");
    EXPECT_EQ(trial.outputs.at("y").sqnr_db, Measured(quantized, trial.part, 2, 1).at(0).outputs.at("y").sqnr_db);
  }
  EXPECT_EQ(trials[0].part, Part::kTableInput);
  EXPECT_EQ(trials[1].part, Part::kOutput);
}

TEST(Sensitivity, ListsNodesThatRound) {
  const std::vector<Trial> trials = Measured(Network(), Part::kNode, 1, 1);
  ASSERT_EQ(trials.size(), 2U);  // the MaxPool has the levels of what it reads
  EXPECT_EQ(trials[0].node, "a");
  EXPECT_EQ(trials[0].tensor, "a");
  EXPECT_EQ(trials[0].op, "Conv");
  EXPECT_EQ(trials[1].node, "y");
}

TEST(Sensitivity, IsTheSameForAnyNumberOfThreads) {
  const QuantizedGraph quantized = Network();
  const std::vector<Trial> one = Measured(quantized, Part::kNode, 5, 1);
  const std::vector<Trial> three = Measured(quantized, Part::kNode, 5, 3);
  ASSERT_EQ(one.size(), three.size());
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].outputs.at("y").sqnr_db, three[i].outputs.at("y").sqnr_db) << one[i].node;
    EXPECT_EQ(one[i].outputs.at("y").max_abs, three[i].outputs.at("y").max_abs) << one[i].node;
  }
}

TEST(Sensitivity, TellsHowFarItIs) {
  std::vector<std::pair<int, int>> seen;
  NoiseSource source(2, 2);
  Options options;
  options.threads = 1;
  Measure(Network(), source, options, [&](int done, int total) { seen.emplace_back(done, total); });
  EXPECT_EQ(seen, (std::vector<std::pair<int, int>>{{1, 4}, {2, 4}, {3, 4}, {4, 4}}));
}

TEST(Sensitivity, NeedsPictures) {
  NoiseSource none(0, 2);
  EXPECT_THROW(Measure(Network(), none, {}), BadInput);
}

TEST(Sensitivity, PartsHaveNames) {
  EXPECT_EQ(ParsePart("weights"), Part::kWeights);
  EXPECT_STREQ(ToText(Part::kActivations), "activations");
  try {
    ParsePart("weigths");
    FAIL() << "taken";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean weights"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep::sensitivity
