#include "quantize/quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "graph/error.h"
#include "noise_network.h"
#include "quantize/affine.h"
#include "quantize/fixed_params.h"
#include "quantize/table_params.h"

namespace lockstep::quantize {
namespace {

TEST(Quantize, EveryIntegerTensorHasParameters) {
  const SmallGraph net = Network();
  QuantizeOptions options;
  options.rescue = false;  // `b` is small beside `pool`
  const QuantizedGraph result = Quantized(net, options);
  for (const char* name : {"x", "a", "a.pre", "pool", "b", "b.pre", "joined", "y"}) {
    ASSERT_EQ(result.formats.count(net.Id(name)), 1u) << name;
    EXPECT_TRUE(result.formats.at(net.Id(name)).is_affine()) << name;
  }
  EXPECT_EQ(result.formats.at(net.Id("y")).bits, 16);
  EXPECT_EQ(result.formats.at(net.Id("joined")).bits, 8);
  EXPECT_EQ(result.formats.at(net.Id("a")), result.formats.at(net.Id("pool")));
  EXPECT_EQ(result.formats.at(net.Id("a")), result.formats.at(net.Id("joined")));
  EXPECT_EQ(result.formats.at(net.Id("b")), result.formats.at(net.Id("joined")));
  EXPECT_EQ(result.formats.count(net.Id("a.weight")), 0u);
  ASSERT_EQ(result.weights.size(), 3u);
  EXPECT_EQ(result.weights.at({"a", 1}).values.size(), 4u);
  EXPECT_EQ(result.weights.at({"b", 1}).bias.size(), 2u);
  EXPECT_EQ(result.calibration_digest, "digest");
}

TEST(Quantize, AConcatOfALargeAndASmallPartGetsMoreBits) {
  const SmallGraph net = Network();
  const QuantizedGraph result = Quantized(net, {});
  EXPECT_EQ(result.formats.at(net.Id("joined")).bits, 16);
  for (const char* name : {"a", "pool", "b"}) EXPECT_EQ(result.formats.at(net.Id(name)).bits, 8) << name;
  EXPECT_LT(result.formats.at(net.Id("b")).scales[0], result.formats.at(net.Id("a")).scales[0] / 10);
  ASSERT_EQ(result.notes.size(), 1u);
  EXPECT_NE(result.notes[0].find("its part \"b\""), std::string::npos) << result.notes[0];
}

TEST(Quantize, PartsThatSixteenBitsCannotCarryAreJoinedInFloats) {
  SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  net.Conv("large", net.Id("x"), 2, {4e5F, 0.0F, 0.0F, 4e5F});
  net.Conv("small", net.Id("x"), 2, {1.0F, 0.0F, 0.0F, 1.0F});
  net.Node("Concat", "joined", {net.Id("large"), net.Id("small")}, {1, 4, kSide, kSide});
  net.graph.nodes.back().attributes["axis"] = int64_t{1};
  net.Constant("factors", {1, 4, 1, 1}, {1, 1, 2, 2});
  net.Node("Mul", "scaled", {net.Id("joined"), net.Id("factors")}, {1, 4, kSide, kSide});
  net.Output(net.Id("scaled"));
  const QuantizedGraph result = Quantized(net, {});
  for (const char* name : {"joined", "scaled"}) EXPECT_TRUE(result.formats.at(net.Id(name)).is_float()) << name;
  for (const char* name : {"large", "small"}) EXPECT_TRUE(result.formats.at(net.Id(name)).is_affine()) << name;
  // An output that is to stay integer.
  QuantizeOptions raw;
  raw.outputs["scaled"].raw = true;
  const QuantizedGraph kept = Quantized(net, raw);
  for (const char* name : {"joined", "scaled"}) EXPECT_EQ(kept.formats.at(net.Id(name)).bits, 16) << name;
}

TEST(Quantize, ASoftmaxOverManyPlacesHasTheScaleOfWhatWasSeen) {
  SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  net.Integers("rows", {1, 1, 2 * kSide * kSide});
  net.Node("Reshape", "flat", {net.Id("x"), net.Id("rows")}, {1, 1, 2 * kSide * kSide});
  net.Node("Softmax", "shares", {net.Id("flat")}, {1, 1, 2 * kSide * kSide});
  net.graph.nodes.back().attributes["axis"] = int64_t{2};
  net.Constant("n", {}, {100.0F});
  net.Node("Mul", "y", {net.Id("shares"), net.Id("n")}, {1, 1, 2 * kSide * kSide});
  net.Output(net.Id("y"));
  const TensorFormat shares = Quantized(net, {}).formats.at(net.Id("shares"));
  const double even = 1.0 / (2 * kSide * kSide);  // values lie between a seventh and seven times that
  EXPECT_EQ(shares.bits, 16);
  EXPECT_LE(shares.scales[0], 7 * even * kSoftmaxHeadroom / 65536 * 2);
  EXPECT_GE(shares.scales[0] * 65535, std::min(1.0, even));
}

TEST(Quantize, RangesHoldWhatWasSeen) {
  const SmallGraph net = Network();
  QuantizeOptions options;
  options.observer.kind = ObserverKind::kMinMax;
  const QuantizedGraph result = Quantized(net, options);
  const Range x = RangeOf(result.formats.at(net.Id("x")).affine());
  EXPECT_NEAR(x.low, -1.0, 0.02);
  EXPECT_NEAR(x.high, 1.0, 0.02);
  // a = silu(2 x0 - x1 + 0.25) or silu(0.5 x0 + 3 x1 - 0.5): at most 3.25, and the minimum of SiLU is -0.2785.
  const Range a = RangeOf(result.formats.at(net.Id("a")).affine());
  EXPECT_NEAR(a.low, -0.2785, 0.01);
  EXPECT_GT(a.high, 2.4);
  EXPECT_LT(a.high, 3.2);
}

// Runs the integer network in real numbers: every tensor rounded to its levels.
double Simulate(const SmallGraph& net, const QuantizedGraph& result, double x0, double x1) {
  const auto params = [&](const char* name) { return result.formats.at(net.Id(name)).affine(); };
  const auto level = [&](double value, const char* name) {
    return DequantizeValue(QuantizeValue(value, params(name)), params(name));
  };
  const auto conv = [&](const char* name, size_t channel, const char* input, const std::vector<double>& values) {
    const QuantizedWeights& weights = result.weights.at({name, 1});
    double sum = weights.bias[channel] * params(input).scale * weights.scales()[channel];
    for (size_t i = 0; i < values.size(); ++i) {
      sum += values[i] * weights.scales()[channel] * weights.values[channel * values.size() + i];
    }
    return sum;
  };
  const auto silu = [](double x) { return x / (1.0 + std::exp(-x)); };
  const std::vector<double> x{level(x0, "x"), level(x1, "x")};
  std::vector<double> joined;
  for (const char* name : {"a", "b"}) {
    const std::string pre = std::string(name) + ".pre";
    const std::vector<double> table = TableValues(params(pre.c_str()), silu, params(name));
    for (size_t channel = 0; channel < 2; ++channel) {
      joined.push_back(table[static_cast<size_t>(QuantizeValue(conv(name, channel, "x", x), params(pre.c_str())))]);
    }
  }
  return level(conv("y", 0, "joined", joined), "y");
}

TEST(Quantize, IntegerNetworkComputesWhatTheFloatNetworkDoes) {
  const SmallGraph net = Network();
  for (const ObserverKind kind : {ObserverKind::kMinMax, ObserverKind::kMovingAverage, ObserverKind::kPercentile,
                                  ObserverKind::kMse, ObserverKind::kKl, ObserverKind::kAdmm}) {
    QuantizeOptions options;
    options.observer.kind = kind;
    const QuantizedGraph result = Quantized(net, options);
    const auto silu = [](double x) { return x / (1.0 + std::exp(-x)); };
    for (int i = -8; i <= 8; ++i) {
      for (int j = -6; j <= 6; ++j) {
        const double x0 = i / 10.0;
        const double x1 = j / 10.0;
        const double expected =
            silu(2 * x0 - x1 + 0.25) + silu(0.5 * x0 + 3 * x1 - 0.5) + silu(0.1 * x0) + silu(0.1 * x1);
        EXPECT_NEAR(Simulate(net, result, x0, x1), expected, 0.08) << ToText(kind) << " at " << x0 << ", " << x1;
      }
    }
  }
}

TEST(Quantize, SameInputsSameResultForAnyNumberOfThreads) {
  const SmallGraph net = Network();
  QuantizeOptions options;
  options.threads = 1;
  const QuantizedGraph one = Quantized(net, options);
  for (const int threads : {1, 2, 3}) {
    options.threads = threads;
    const QuantizedGraph other = Quantized(net, options);
    EXPECT_EQ(one.formats, other.formats) << threads << " threads";
    for (const auto& [operand, weights] : one.weights) {
      EXPECT_EQ(weights.values, other.weights.at(operand).values) << operand.first;
      EXPECT_EQ(weights.bias, other.weights.at(operand).bias) << operand.first;
    }
  }
}

TEST(Quantize, ReportsProgress) {
  const SmallGraph net = Network();
  NoiseSource source(4);
  std::vector<std::pair<int, int>> reports;
  QuantizeOptions options;
  options.threads = 1;
  Quantize(net.graph, options, source, [&](int done, int total) { reports.emplace_back(done, total); });
  EXPECT_EQ(reports, (std::vector<std::pair<int, int>>{{1, 4}, {2, 4}, {3, 4}, {4, 4}}));
}

TEST(Quantize, PicturesFixTheInput) {
  const SmallGraph net = Network();
  QuantizeOptions options;
  options.preprocess["x"].std = {127};
  options.preprocess["x"].mean = {127};
  const QuantizedGraph result = Quantized(net, options);
  EXPECT_EQ(result.formats.at(net.Id("x")).affine().zero_point, 127);
  EXPECT_EQ(result.preprocess.count(net.Id("x")), 1u);
}

template <typename Exception>
std::string Message(const SmallGraph& net, const QuantizeOptions& options, NoiseSource& source) {
  try {
    Quantize(net.graph, options, source);
  } catch (const Exception& exception) {
    return exception.what();
  }
  return {};
}

TEST(Quantize, ErrorsNameWhatIsWrong) {
  const SmallGraph net = Network();
  NoiseSource empty(0);
  EXPECT_FALSE(Message<BadInput>(net, {}, empty).empty());
  NoiseSource broken(2);
  broken.Break();
  EXPECT_NE(Message<BadInput>(net, {}, broken).find("\"x\""), std::string::npos);
  NoiseSource source(2);
  QuantizeOptions options;
  options.tail_bits = 12;
  EXPECT_NE(Message<UsageError>(net, options, source).find("tail_bits"), std::string::npos);
  options = {};
  options.observer.percentile = 20.0;
  EXPECT_NE(Message<UsageError>(net, options, source).find("percentile"), std::string::npos);
  options = {};
  options.preprocess["xx"] = {};
  EXPECT_NE(Message<UsageError>(net, options, source).find("\"xx\"; it must be one of x"), std::string::npos);
}

// The output of a function follows from its input's histogram; the calibration itself does not see it.
TEST(Quantize, ATensorThatLeavesFloat32IsNamed) {
  SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  net.Conv("steep", net.Id("x"), 1, {500.0F, 0.0F});
  net.Node("Exp", "huge", {net.Id("steep")}, {1, 1, kSide, kSide});
  net.Output(net.Id("huge"));
  NoiseSource source(2);
  try {
    Quantize(net.graph, {}, source);
    FAIL() << "no error";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("\"huge\""), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep::quantize
