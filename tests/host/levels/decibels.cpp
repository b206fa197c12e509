#include "decibels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "engine/reference/reference_engine.h"

namespace lockstep::testing {
namespace {

constexpr size_t kPixels = kSide * kSide;

}  // namespace

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

std::map<std::string, engine::FloatTensor> InputOf(const Pixels& pixels) {
  engine::FloatTensor tensor{{1, 3, kSide, kSide}, std::vector<float>(pixels.size())};
  for (size_t c = 0; c < 3; ++c) {
    for (size_t i = 0; i < kPixels; ++i) tensor.data[c * kPixels + i] = static_cast<float>(pixels[3 * i + c]) / 255.0F;
  }
  return {{"x", tensor}};
}

double LeastDecibels(const LevelsNetwork& network, const std::vector<uint8_t>& joint_model) {
  engine::ReferenceEngine engine(*joint::GetModel(joint_model.data()));
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

}  // namespace lockstep::testing
