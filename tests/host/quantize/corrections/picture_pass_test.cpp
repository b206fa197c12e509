#include "quantize/corrections/picture_pass.h"

#include <gtest/gtest.h>

#include <random>

#include "quantize/corrections/channel_statistics.h"
#include "quantize/noise_network.h"

namespace lockstep::quantize {
namespace {

// 3x3, which the float engine computes with working memory where the channels are no full vector.
graph::TensorId WideConv(SmallGraph& net, const std::string& name, graph::TensorId input, int64_t channels) {
  const int64_t inputs = net.graph.tensor(input).shape[1];
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  std::vector<float> weights(static_cast<size_t>(channels * inputs * 9));
  for (float& weight : weights) weight = uniform(random);
  const graph::TensorId id = net.Conv(name, input, channels, {});
  graph::Node& node = net.graph.nodes.back();
  node.inputs[1] = net.Constant(name + ".wide", {channels, inputs, 3, 3}, std::move(weights));
  node.attributes["kernel_shape"] = std::vector<int64_t>{3, 3};
  node.attributes["pads"] = std::vector<int64_t>{1, 1, 1, 1};
  return id;
}

SmallGraph EightChannels() {
  SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  WideConv(net, "a", net.Id("x"), 8);
  net.Fuse(graph::ActivationKind::kRelu);
  WideConv(net, "y", net.Id("a"), 8);
  net.Output(net.Id("y"));
  return net;
}

// The engines of the threads need working memory of these threads.
TEST(PicturePass, TheSameOnEveryNumberOfThreads) {
  const SmallGraph net = EightChannels();
  constexpr int kPictures = 5;
  std::vector<double> largest(8, 0.0);
  engine::FloatEngineOptions options;
  options.threads = 1;
  engine::FloatEngine engine(net.graph, options);
  NoiseSource pictures(kPictures);
  while (const auto picture = pictures.Next()) {
    const std::vector<float> y = engine.Run(picture->tensors).at("y").data;
    for (size_t i = 0; i < y.size(); ++i) {
      double& known = largest[i / (kSide * kSide)];
      known = std::max(known, std::abs(static_cast<double>(y[i])));
    }
  }
  for (const int threads : {1, 2, 4}) {
    NoiseSource source(kPictures);
    const auto seen = ObserveChannels(net.graph, {net.Id("a"), net.Id("y")}, source, threads);
    EXPECT_EQ(seen.at(net.Id("y")).largest, largest) << threads << " threads";
    EXPECT_EQ(seen.at(net.Id("a")).largest.size(), 8U);
  }
}

TEST(PicturePass, FindingsComeInTheOrderOfThePictures) {
  NoiseSource source(40);
  std::vector<float> expected;
  NoiseSource again(40);
  while (const auto picture = again.Next()) expected.push_back(picture->tensors.at("x").data[0]);
  const SmallGraph net = EightChannels();
  std::vector<float> found;
  const auto look = [](graph::TensorId, const graph::Shape&, const float* data, float& first) { first = data[0]; };
  ForEachPicture<float>(net.graph, {net.Id("x")}, source, 4, look, [&](float first) { found.push_back(first); });
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace lockstep::quantize
