#include "quantize/calibrate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "graph/error.h"
#include "quantize/observers/channel_reach.h"
#include "small_graph.h"

namespace lockstep::quantize {
namespace {

// Hands out the given values for input "x" of shape 1x2x1x2.
class ValueSource : public CalibrationSource {
 public:
  explicit ValueSource(std::vector<std::vector<float>> values) : values_(std::move(values)) {}
  int size() const override { return static_cast<int>(values_.size() - next_); }
  std::optional<CalibrationInput> Next() override {
    if (next_ == values_.size()) return std::nullopt;
    const std::string label = "picture " + std::to_string(next_);
    return CalibrationInput{label, {{"x", {{1, 2, 1, 2}, values_[next_++]}}}};
  }
  std::string Digest() const override { return {}; }

 private:
  std::vector<std::vector<float>> values_;
  size_t next_ = 0;
};

TEST(Calibrate, ObservesTensorsInputsAndChannelMeans) {
  SmallGraph net;
  net.Input("x", {1, 2, 1, 2});
  net.Conv("y", net.Id("x"), 2, {1, 1, 1, -1});
  net.Fuse(graph::ActivationKind::kRelu);
  net.Output(net.Id("y"));
  // Channels of x: (1, 2) and (3, 5), then (0, -1) and (2, 2); y = relu(x0 + x1), relu(x0 - x1):
  // (4, 7) and (0, 0), then (2, 1) and (0, 0).
  ValueSource source({{1, 2, 3, 5}, {0, -1, 2, 2}});
  const Calibration result =
      Calibrate({net.graph, {net.Id("x"), net.Id("y")}, {net.Id("x"), net.Id("y")}, {}}, source, 1, nullptr);
  EXPECT_EQ(result.inputs_seen, 2);
  const TensorStatistics& x = result.statistics.at(net.Id("x"));
  EXPECT_EQ(x.extremes().low, -1.0);
  EXPECT_EQ(x.extremes().high, 5.0);
  EXPECT_EQ(x.histogram().total(), 8u);
  EXPECT_EQ(result.statistics.at(net.Id("y")).extremes().high, 7.0);
  EXPECT_EQ(result.statistics.at(net.Id("y")).extremes().low, 0.0);
  EXPECT_EQ(result.channel_means.at(net.Id("x")), (std::vector<double>{0.5, 3.0}));
  EXPECT_EQ(result.channel_means.at(net.Id("y")), (std::vector<double>{3.5, 0.0}));
}

TEST(Calibrate, SeesWhatIsInFrontOfAFusedActivation) {
  SmallGraph net;
  net.Input("x", {1, 2, 1, 2});
  net.Conv("y", net.Id("x"), 1, {1, 1});
  const graph::TensorId before = net.Fuse(graph::ActivationKind::kSilu);
  net.Output(net.Id("y"));
  ValueSource source({{1, 2, 3, -5}});
  const Calibration result = Calibrate({net.graph, {before}, {}, {}}, source, 1, nullptr);
  EXPECT_EQ(result.statistics.at(before).extremes().low, -3.0);
  EXPECT_EQ(result.statistics.at(before).extremes().high, 4.0);
}

// oneDNN keeps 8 or 16 channels side by side; the means must find theirs, the last of a row of pixels included.
TEST(Calibrate, MeansOfManyChannels) {
  SmallGraph net;
  net.Input("x", {1, 2, 1, 2});
  std::vector<float> weights;
  for (int c = 0; c < 32; ++c) {
    weights.push_back(static_cast<float>(c));
    weights.push_back(1.0F);
  }
  net.Conv("y", net.Id("x"), 32, weights);
  net.Conv("z", net.Id("y"), 1, std::vector<float>(32, 1.0F));
  net.Output(net.Id("z"));
  ValueSource source({{1, 3, 5, 7}});
  const Calibration result = Calibrate({net.graph, {}, {net.Id("y")}, {}}, source, 2, nullptr);
  std::vector<double> expected;
  for (int c = 0; c < 32; ++c) expected.push_back(2.0 * c + 6.0);
  EXPECT_EQ(result.channel_means.at(net.Id("y")), expected);
}

// Extremes that depend on the order of the pictures, sums that depend on the order of additions.
TEST(Calibrate, SameResultForAnyNumberOfThreads) {
  SmallGraph net;
  net.Input("x", {1, 2, 1, 2});
  net.Conv("y", net.Id("x"), 2, {1.7F, 1, 0.3F, -1});
  net.Output(net.Id("y"));
  std::vector<std::vector<float>> pictures;
  for (int i = 0; i < 100; ++i) {
    const auto t = static_cast<float>(i);
    pictures.push_back({std::sin(t), std::cos(3 * t), 0.01F * t, std::sin(7 * t) * t});
  }
  const std::set<graph::TensorId> both = {net.Id("x"), net.Id("y")};
  ValueSource source(pictures);
  const Calibration one = Calibrate({net.graph, both, both, {}}, source, 1, nullptr);
  for (const int threads : {2, 3, 8}) {
    ValueSource again(pictures);
    const Calibration many = Calibrate({net.graph, both, both, {}}, again, threads, nullptr);
    EXPECT_EQ(many.inputs_seen, 100);
    EXPECT_EQ(many.channel_means, one.channel_means) << threads << " threads";
    for (const graph::TensorId id : both) {
      const TensorStatistics& expected = one.statistics.at(id);
      const TensorStatistics& found = many.statistics.at(id);
      EXPECT_EQ(found.moving_average().low, expected.moving_average().low) << threads << " threads";
      EXPECT_EQ(found.moving_average().high, expected.moving_average().high) << threads << " threads";
      EXPECT_EQ(found.extremes().high, expected.extremes().high) << threads << " threads";
      EXPECT_EQ(found.histogram().counts(), expected.histogram().counts()) << threads << " threads";
    }
  }
}

TEST(Calibrate, NamesTheFirstPictureThatIsNotFinite) {
  SmallGraph net;
  net.Input("x", {1, 2, 1, 2});
  net.Conv("y", net.Id("x"), 1, {1, 1});
  net.Output(net.Id("y"));
  for (const int threads : {1, 2, 4}) {
    std::vector<std::vector<float>> pictures(40, {1, 2, 3, 4});
    for (const size_t bad : {29U, 30U, 31U}) pictures[bad][2] = std::numeric_limits<float>::infinity();
    ValueSource source(pictures);
    try {
      Calibrate({net.graph, {net.Id("y")}, {}, {}}, source, threads, nullptr);
      FAIL() << threads << " threads";
    } catch (const BadInput& error) {
      EXPECT_NE(std::string(error.what()).find("picture 'picture 29';"), std::string::npos) << error.what();
    }
  }
}

// Of two images in blocks of channels and without, over pictures and threads.
TEST(Calibrate, SeesTheExtremesOfChannels) {
  for (const int64_t channels : {2, 16, 24}) {
    SmallGraph net;
    net.Input("x", {1, 2, 1, 2});
    std::vector<float> weights;
    for (int64_t c = 0; c < channels; ++c) {
      weights.push_back(static_cast<float>(c));
      weights.push_back(c % 2 == 0 ? 1.0F : -1.0F);
    }
    net.Conv("y", net.Id("x"), channels, weights);
    net.Output(net.Id("y"));
    for (const int threads : {1, 3}) {
      ValueSource source({{1, 2, 3, 5}, {0, -1, 2, 2}, {0.5F, 0.5F, 1, 1}});
      const Calibration result = Calibrate({net.graph, {net.Id("y")}, {}, {net.Id("y")}}, source, threads, nullptr);
      const std::vector<Range>& seen = result.channel_extremes.at(net.Id("y"));
      ASSERT_EQ(seen.size(), static_cast<size_t>(channels));
      for (int64_t c = 0; c < channels; ++c) {
        ChannelReach reach;
        const std::vector<std::vector<std::pair<double, double>>> pictures = {
            {{1.0, 3.0}, {2.0, 5.0}}, {{0.0, 2.0}, {-1.0, 2.0}}, {{0.5, 1.0}}};  // values of x
        for (const auto& picture : pictures) {
          Range extremes{1e9, -1e9};
          for (const auto& [first, second] : picture) {
            const double value = static_cast<double>(c) * first + (c % 2 == 0 ? second : -second);
            extremes = {std::min(extremes.low, value), std::max(extremes.high, value)};
          }
          reach.Observe({extremes});
        }
        const Range expected = reach.Ranges()[0];
        EXPECT_EQ(seen[static_cast<size_t>(c)].low, expected.low) << channels << " channels, " << c;
        EXPECT_EQ(seen[static_cast<size_t>(c)].high, expected.high) << channels << " channels, " << c;
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::quantize
