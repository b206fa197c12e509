// What the 8 bits of one tensor cost the output y of a network of x, all else in floats.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/float/float_engine.h"
#include "quantize/noise_network.h"

namespace lockstep::quantize {

inline constexpr double kHalf = 0.25;  // of the error: of its energy a quarter is left

inline double Rounded(double value, const AffineParams& params) {
  const double level = std::floor(value / params.scale + params.zero_point + 0.5);
  return params.scale * (std::clamp(level, 0.0, static_cast<double>(params.high())) - params.zero_point);
}

// Energy of y's error relative to that of y, on other noise than that of the calibration.
inline double OutputError(const SmallGraph& net, const std::string& tensor) {
  const AffineParams params = Quantized(net, {}).formats.at(net.Id(tensor)).affine();
  engine::FloatEngineOptions options;
  options.threads = 1;
  options.keep_values = true;
  options.observed = {tensor};
  engine::FloatEngine engine(net.graph, options);
  NoiseSource source(3, 9);
  double energy = 0.0;
  double error = 0.0;
  while (const auto input = source.Next()) {
    const std::vector<float> truth = engine.Run(input->tensors).at("y").data;
    engine::FloatTensor rounded = engine.Value(tensor);
    for (float& value : rounded.data) value = static_cast<float>(Rounded(value, params));
    const std::vector<float> measured = engine.RunBehind({{tensor, rounded}}).at("y").data;
    for (size_t i = 0; i < truth.size(); ++i) {
      energy += static_cast<double>(truth[i]) * truth[i];
      error += std::pow(static_cast<double>(measured[i]) - truth[i], 2);
    }
  }
  return error / energy;
}

// The largest difference of y, as a share of its largest value.
inline double OutputDifference(const SmallGraph& a, const SmallGraph& b) {
  engine::FloatEngineOptions options;
  options.threads = 1;
  engine::FloatEngine first(a.graph, options);
  engine::FloatEngine second(b.graph, options);
  NoiseSource source(2, 5);
  double largest = 0.0;
  double difference = 0.0;
  while (const auto input = source.Next()) {
    const std::vector<float> y = first.Run(input->tensors).at("y").data;
    const std::vector<float> z = second.Run(input->tensors).at("y").data;
    for (size_t i = 0; i < y.size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(y[i])));
      difference = std::max(difference, std::abs(static_cast<double>(y[i]) - z[i]));
    }
  }
  return difference / largest;
}

// x -> Conv a, whose first channel is a thousand times larger than the second -> Conv y, which makes that good.
inline SmallGraph UnequalNetwork() {
  SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  net.Conv("a", net.Id("x"), 2, {100.0F, -50.0F, 0.05F, 0.1F}, {10.0F, 0.02F});
  net.Fuse(graph::ActivationKind::kRelu);
  net.Conv("y", net.Id("a"), 1, {0.01F, 10.0F});
  net.Output(net.Id("y"));
  return net;
}

}  // namespace lockstep::quantize
