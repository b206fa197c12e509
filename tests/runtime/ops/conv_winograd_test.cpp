// The shapes of 3x3 convolutions around the edges of Winograd's tiles, where an instruction set has them.
#include <gtest/gtest.h>

#include "conv_tester.h"

namespace lockstep::kernels {
namespace {

// 3x3 with stride 1 and 16 channels: Winograd's tiles of 4x4, where an instruction set has them.
TEST(Conv, TilesOfWinograd) {
  uint32_t seed = 500;
  for (const int32_t in : {16, 48, 80}) {
    for (const int32_t out : {16, 19, 32}) {
      for (const int32_t width : {4, 5, 7, 8, 13}) {
        ConvCase c;
        c.batch = 1 + width % 2;
        c.height = 9 + static_cast<int32_t>(seed % 7);
        c.width = width;
        c.in = in;
        c.out = out;
        c.top = static_cast<int32_t>(seed % 3);
        c.left = static_cast<int32_t>(seed % 4);
        c.right = 2;
        c.shifts = static_cast<Shifts>(seed % 5);
        c.weights = static_cast<Weights>(seed % 5);
        c.inputs = static_cast<Inputs>(seed % 3);
        c.output = static_cast<Output>(seed % 4);
        c.seed = ++seed;
        Check(c);
      }
    }
  }
}

// Sums that are so large that 64 times them leaves 32 bits, and the largest that do not.
TEST(Conv, DepthsOfWinograd) {
  uint32_t seed = 600;
  for (const int32_t in : {96, 112, 128, 224, 240}) {
    for (const Weights weights : {Weights::kAllLargest, Weights::kAllSmallest, Weights::kRandom}) {
      for (const Inputs inputs : {Inputs::kAll0, Inputs::kAllLargest, Inputs::kRandom}) {
        ConvCase c;
        c.height = 5;
        c.width = 6;
        c.in = in;
        c.out = 17;
        c.weights = weights;
        c.inputs = inputs;
        c.seed = ++seed;
        Check(c);
      }
    }
  }
}

// The tiles at the image's ends with fewer outputs than others, and inputs that lead to the largest transformed ones.
TEST(Conv, TilesOfWinogradAtTheEnds) {
  uint32_t seed = 700;
  for (const int32_t height : {1, 2, 3, 4, 5, 6, 7, 8}) {
    for (const int32_t width : {5, 6, 7, 8, 13, 18}) {
      ConvCase c;
      c.batch = 1 + height % 2;
      c.height = height;
      c.width = width;
      c.in = 16;
      c.out = 18;
      c.weights = Weights::kExtreme;
      c.inputs = Inputs::kEnds;
      for (int i = 0; i < 2; ++i) {
        c.seed = ++seed;
        Check(c);
      }
      if (width != 6) continue;
      c.in = 272;  // parts of the depth
      c.weights = Weights::kTiny;
      Check(c);
    }
  }
}

// As many tiles and channels as the CPUs want whose dot products are fast.
TEST(Conv, LargeImagesOfWinograd) {
  uint32_t seed = 900;
  for (const int32_t height : {25, 26, 27, 28}) {
    for (const int32_t width : {25, 26, 27, 32}) {
      ConvCase c;
      c.batch = 1 + height % 2;
      c.height = height;
      c.width = width;
      c.in = width == 26 ? 80 : 64;
      c.out = height == 26 ? 70 : 64;
      c.shifts = static_cast<Shifts>(seed % 5);
      c.weights = static_cast<Weights>(seed % 5);
      c.inputs = static_cast<Inputs>(seed % 3);
      c.output = static_cast<Output>(seed % 4);
      c.seed = ++seed;
      Check(c);
      c.weights = Weights::kExtreme;
      c.inputs = Inputs::kEnds;
      Check(c);
    }
  }
}

// The same with stride 2.
TEST(Conv, WideTilesOfWinograd) {
  uint32_t seed = 800;
  for (const int32_t height : {3, 5, 6, 7, 9, 12, 15, 16}) {
    for (const int32_t width : {9, 10, 11, 13, 14, 15, 27, 36}) {
      ConvCase c;
      c.batch = 1 + height % 2;
      c.height = height;
      c.width = width;
      c.in = width == 10 ? 24 : 16;
      c.out = 18;
      c.stride_h = c.stride_w = 2;
      c.top = static_cast<int32_t>(seed % 2);
      c.left = static_cast<int32_t>(seed % 3);
      c.right = 1;
      for (int i = 0; i < 2; ++i) {
        c.weights = i == 0 ? Weights::kExtreme : Weights::kRandom;
        c.inputs = i == 0 ? Inputs::kEnds : Inputs::kRandom;
        c.output = static_cast<Output>(seed % 2);
        c.shifts = static_cast<Shifts>(seed % 5);
        c.seed = ++seed;
        Check(c);
      }
      if (width != 14) continue;
      c.in = 272;
      c.weights = Weights::kTiny;
      Check(c);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
