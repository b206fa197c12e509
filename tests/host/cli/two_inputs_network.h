// A network with two inputs, a batch of two and three outputs, and data for it.
#pragma once

#include <filesystem>
#include <string>

#include "graph/graph.h"

namespace lockstep::testing {

struct TwoInputs {
  std::string floats;   // the outputs' names: (2, 4, rows, rows)
  std::string raw;      // (2, 5, rows, rows), 8 bits
  std::string indices;  // (2, 4, 3) of 0..rows^2 - 1: the largest elements of each channel of `floats`
  int64_t rows = 0;
};

// Into `folder`: net.onnx that takes `images` (2, 3, 16, 16) and `vec` (2, 8); `pictures` and `vectors` to calibrate
// with, `photos` and vec.npy to run; build.json, a configuration that gives `raw` as it is, in physical order.
TwoInputs WriteTwoInputs(const std::filesystem::path& folder);

// A float vec for that network.
void WriteVector(const std::filesystem::path& file, int seed);

}  // namespace lockstep::testing
