// Depthwise convolutions around the edges of tiles: of channels, of output pixels, of windows and of shifts.
#include <gtest/gtest.h>

#include "conv_tester.h"

namespace lockstep::kernels {
namespace {

ConvCase DepthwiseCase(int32_t channels, int32_t kernel, int32_t stride, uint32_t seed) {
  ConvCase c;
  c.depthwise = true;
  c.in = c.out = channels;
  c.kernel_h = c.kernel_w = kernel;
  c.stride_h = c.stride_w = stride;
  c.top = c.left = kernel / 2;
  c.bottom = c.right = (kernel - 1) / 2;
  c.output = seed % 2 == 0 ? Output::kU8 : Output::kU8Table;
  c.seed = seed;
  return c;
}

TEST(DepthwiseConv, ChannelsAroundTheBlockEdges) {
  uint32_t seed = 1;
  for (const int32_t channels : {8, 16, 24, 32, 40, 48, 49, 63, 64, 65, 80, 96, 112, 127, 128, 144}) {
    for (const int32_t stride : {1, 2}) {
      ConvCase c = DepthwiseCase(channels, 3, stride, ++seed);
      c.height = 5;
      c.width = 9;
      c.batch = 2;
      Check(c);
    }
  }
}

TEST(DepthwiseConv, WidthsAroundTheTileEdges) {
  uint32_t seed = 100;
  for (const int32_t channels : {16, 32, 64}) {
    for (int32_t width = 1; width <= 40; ++width) {
      ConvCase c = DepthwiseCase(channels, 3, 1 + width % 2, ++seed);
      c.height = 3;
      c.width = width;
      Check(c);
    }
    for (const int32_t width : {59, 61, 62, 63, 64, 66, 122, 127, 250}) {
      ConvCase c = DepthwiseCase(channels, 5, 1 + width % 2, ++seed);
      c.height = 2;
      c.width = width;
      Check(c);
    }
  }
}

TEST(DepthwiseConv, WindowsOfEverySize) {
  uint32_t seed = 300;
  for (const int32_t channels : {16, 20, 64}) {
    for (const int32_t kernel_h : {1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 17}) {
      for (const int32_t kernel_w : {1, 2, 3, 5, 7, 16, 17}) {
        ++seed;
        ConvCase c = DepthwiseCase(channels, 1, seed % 5 == 0 ? 2 : 1, seed);
        c.kernel_h = kernel_h;
        c.kernel_w = kernel_w;
        c.top = kernel_h / 2;
        c.left = kernel_w / 2;
        c.bottom = (kernel_h - 1) / 2;
        c.right = (kernel_w - 1) / 2;
        c.height = 7;
        c.width = 11;
        Check(c);
      }
    }
  }
}

TEST(DepthwiseConv, StridesAndDilations) {
  uint32_t seed = 600;
  for (const int32_t channels : {16, 32, 70}) {
    for (const int32_t stride : {1, 2, 3, 16, 17}) {
      for (const int32_t dilation : {1, 2, 5, 12}) {
        ConvCase c = DepthwiseCase(channels, 3, stride, ++seed);
        c.dilation_h = c.dilation_w = dilation;
        c.top = c.left = c.bottom = c.right = dilation;
        c.height = 6;
        c.width = 45;
        Check(c);
      }
    }
  }
}

TEST(DepthwiseConv, EveryShift) {
  uint32_t seed = 800;
  for (int shift = -30; shift <= 31; ++shift) {
    for (const Weights weights : {Weights::kRandom, Weights::kTiny, Weights::kExtreme}) {
      ConvCase c = DepthwiseCase(72, 3, 1, ++seed);
      c.height = 3;
      c.width = 5;
      c.shifts = Shifts::kExact;
      c.shift = shift;
      c.weights = weights;
      Check(c);
    }
  }
}

// Shifts of different kinds in one block.
TEST(DepthwiseConv, MixedShifts) {
  for (uint32_t seed = 1000; seed < 1040; ++seed) {
    ConvCase c = DepthwiseCase(seed % 3 == 0 ? 16 : 80, 3, 1, seed);
    c.shifts = seed % 2 == 0 ? Shifts::kMixed : Shifts::kNegative;
    c.weights = Weights::kTiny;
    Check(c);
  }
}

}  // namespace
}  // namespace lockstep::kernels
