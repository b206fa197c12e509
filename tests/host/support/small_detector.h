// A small network with the parts of a detector, made by code, and pictures to calibrate it with.
#pragma once

#include <filesystem>

#include "graph/graph.h"

namespace lockstep::testing {

// 1x3x32x32 in; boxes and probabilities (1x8x336) out: convolutions with Sigmoid*x, a residual, Split and Concat,
// pooling, a nearest Resize, and a head whose output mixes both kinds.
graph::Graph SmallDetector();

// 1x3x32x32 in, 1x6x8x8 out: three blocks of a wide Conv, a depthwise one and a narrow one, behind the wide ones ReLU6,
// SiLU and HardSwish, with channels that are 100 times as large as others.
graph::Graph SmallMobileNetwork();

// `count` PNG files of colour gradients and blocks, different ones for every seed.
void WritePictures(const std::filesystem::path& folder, int count, int seed = 1);

// `count` black ones, 32 wide.
void WriteUniformPictures(const std::filesystem::path& folder, int count, int height = 32);

}  // namespace lockstep::testing
