// Depthwise convolutions around the edges of tiles: of channels, of output pixels, of windows and of shifts.
#include <gtest/gtest.h>

#include "conv_tester.h"
#include "conv_windows.h"

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
  for (const int32_t channels : {8, 16, 24, 32, 40, 48, 49, 63, 64, 65, 80, 96, 112, 127, 128, 144, 200, 320}) {
    for (const int32_t stride : {1, 2}) {
      for (const Output output : {Output::kU8, Output::kU8Table}) {
        ConvCase c = DepthwiseCase(channels, 3, stride, ++seed);
        c.output = output;
        c.height = 5;
        c.width = 9;
        c.batch = 2;
        Check(c);
      }
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

// Whole blocks of 3x3 windows in images around a step's size, with one row or two of the last.
TEST(DepthwiseConv, SmallImagesOfWholeBlocks) {
  uint32_t seed = 4000;
  for (const int32_t channels : {32, 64, 96, 128}) {
    for (const int32_t stride : {1, 2}) {
      for (int32_t width = 1; width <= 9; ++width) {
        for (const int32_t left : {0, 1, 2}) {
          if (width + left + 1 < 3) continue;
          ConvCase c = DepthwiseCase(channels, 3, stride, ++seed);
          c.output = seed % 3 == 0 ? Output::kU8Table : Output::kU8;
          c.left = left;
          c.height = 1 + static_cast<int32_t>(seed % 5);
          c.width = width;
          c.inputs = seed % 7 == 0 ? Inputs::kAll0 : Inputs::kRandom;
          c.weights = seed % 5 == 0 ? Weights::kAllLargest : Weights::kRandom;
          Check(c);
        }
      }
    }
  }
}

// Windows of which all is padding, or rows or columns; strides and dilations that differ.
TEST(DepthwiseConv, WholeBlocksWithMuchPadding) {
  struct Step {
    int32_t stride_h, stride_w, dilation_h, dilation_w;
  };
  uint32_t seed = 4400;
  for (const int32_t channels : {32, 64, 96}) {
    for (const Step& step : {Step{1, 1, 1, 1}, Step{2, 2, 1, 1}, Step{1, 2, 1, 1}, Step{2, 1, 1, 1}, Step{3, 2, 1, 1},
                             Step{1, 1, 1, 2}, Step{2, 2, 1, 2}, Step{1, 1, 2, 1}, Step{2, 1, 2, 1}}) {
      for (const int32_t pad : {0, 2, 4}) {
        for (const Output output : {Output::kU8, Output::kU8Table}) {
          ConvCase c = DepthwiseCase(channels, 3, 1, ++seed);
          c.output = output;
          c.stride_h = step.stride_h;
          c.stride_w = step.stride_w;
          c.dilation_h = step.dilation_h;
          c.dilation_w = step.dilation_w;
          c.top = seed % 2 == 0 ? pad : 4 - pad;
          c.bottom = 4 - c.top;
          c.left = pad;
          c.right = seed % 4 < 2 ? pad : 4 - pad;
          c.height = 5;
          c.width = 5 + static_cast<int32_t>(seed % 3);
          Check(c);
        }
      }
    }
  }
}

// Windows of 3x3 that reach over either edge, by no pixel, by one or by more.
TEST(DepthwiseConv, PaddingOnEitherSide) {
  uint32_t seed = 1300;
  for (int32_t width = 1; width <= 8; ++width) {
    for (const int32_t stride : {1, 2}) {
      for (const int32_t left : {0, 1, 2}) {
        for (const int32_t right : {0, 1, 2}) {
          if (width + left + right < 3) continue;
          ++seed;
          ConvCase c = DepthwiseCase(seed % 3 == 0 ? 40 : 16, 3, stride, seed);
          c.height = 1 + width % 4;
          c.width = width;
          c.left = left;
          c.right = right;
          c.inputs = seed % 4 == 0 ? Inputs::kAll0 : Inputs::kRandom;
          c.weights = seed % 5 == 0 ? Weights::kAllLargest : Weights::kRandom;
          Check(c);
        }
      }
    }
  }
}

// Elements of 16 bits, or bytes that become such, with every table behind them.
TEST(DepthwiseConv, WordsWithEveryTable) {
  uint32_t seed = 2000;
  for (const int32_t channels : {1, 3, 7, 8, 9, 15, 16, 17, 24, 33, 64}) {
    for (const Output output : {Output::kU8, Output::kU8Table, Output::kU16, Output::kU16Table}) {
      for (const joint::DType input : {joint::DType::U8, joint::DType::U16}) {
        ConvCase c = DepthwiseCase(channels, 1 + static_cast<int32_t>(seed % 5), 1 + static_cast<int32_t>(seed % 2), 0);
        c.input = input;
        c.output = output;
        c.table_bits = output == Output::kU16Table || seed % 3 == 0 ? 10 : 8;
        c.shifts = seed % 4 == 0 ? Shifts::kMixed : Shifts::kFitted;
        c.inputs = seed % 7 == 0 ? Inputs::kAllLargest : Inputs::kRandom;
        c.height = 4;
        c.width = 1 + static_cast<int32_t>(seed % 11);
        c.batch = 2;
        c.seed = ++seed;
        Check(c);
      }
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

// Elements, weights and outputs of two bytes, tables of both widths: 32 channels of four pixels are a tile.
TEST(DepthwiseConv, WordsAroundTheTileEdges) {
  uint32_t seed = 2000;
  for (const int32_t channels : {1, 16, 31, 32, 33, 64, 70}) {
    for (const int32_t width : {1, 2, 3, 4, 5, 8, 9, 14}) {
      for (const int types : {0, 1, 2, 3}) {
        ++seed;
        const auto kernel = 1 + 2 * static_cast<int32_t>(seed % 3);
        ConvCase c = DepthwiseCase(channels, kernel, 1 + static_cast<int32_t>(seed % 2), seed);
        c.height = 4;
        c.width = width;
        c.input = types % 2 == 0 ? joint::DType::U16 : joint::DType::U8;
        c.weight = types / 2 == 0 ? joint::DType::S16 : joint::DType::S8;
        c.acc_bits = 64;
        c.output = static_cast<Output>(seed % 4);
        c.table_bits = c.output == Output::kU16Table || seed % 8 > 3 ? 12 : 8;
        c.shifts = seed % 5 == 0 ? Shifts::kMixed : Shifts::kFitted;
        c.weights = seed % 7 == 0 ? Weights::kExtreme : Weights::kRandom;
        c.inputs = seed % 11 == 0 ? Inputs::kAllLargest : Inputs::kRandom;
        Check(c);
      }
    }
  }
}

TEST(DepthwiseConv, TheLongestWindowsOfWords) {
  uint32_t seed = 2500;
  for (const int32_t kernel_w : {8, 16, 17}) {  // 64, 128 and 136 taps
    for (const Inputs inputs : {Inputs::kRandom, Inputs::kAll0, Inputs::kAllLargest}) {
      for (const Weights weights : {Weights::kAllLargest, Weights::kAllSmallest}) {
        ConvCase c = DepthwiseCase(33, 1, 1, ++seed);
        c.kernel_h = 8;
        c.kernel_w = kernel_w;
        c.height = 9;
        c.width = 20;
        c.input = joint::DType::U16;
        c.weight = seed % 2 == 0 ? joint::DType::S16 : joint::DType::S8;
        c.acc_bits = 64;
        c.inputs = inputs;
        c.weights = weights;
        Check(c);
      }
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

TEST(DepthwiseConv, WidthsInFrontOfATable) {
  uint32_t seed = 700;
  for (const int bits : {9, 10, 12, 14, 16}) {
    for (const Output output : {Output::kU8Table, Output::kU16Table}) {
      for (const int32_t channels : {1, 32, 45}) {
        ConvCase c;
        c.depthwise = true;
        c.output = output;
        c.table_bits = bits;
        c.in = c.out = channels;
        c.seed = ++seed;
        Check(c);
      }
    }
  }
}

TEST(DepthwiseConv, ShapesStridesPaddingDilation) {
  Picker pick(11);
  for (const int32_t channels : {1, 3, 15, 16, 17, 31, 32, 33, 70}) {
    for (uint32_t i = 0; i < 8; ++i) {
      ConvCase c;
      c.depthwise = true;
      c.in = c.out = channels;
      PickWindow(pick, i, c);
      c.height = (c.kernel_h - 1) * c.dilation_h + pick(1, 4);
      c.width = (c.kernel_w - 1) * c.dilation_w + pick(1, 6);
      c.shifts = static_cast<Shifts>(pick(0, 4));
      c.weights = static_cast<Weights>(pick(0, 2));
      c.output = static_cast<Output>(pick(0, 3));
      c.seed = static_cast<uint32_t>(channels) * 100 + i;
      Check(c);
    }
  }
}

TEST(DepthwiseConv, WordsAsInputsAndWeights) {
  Picker pick(16);
  uint32_t seed = 1200;
  for (const Types& types : kWideTypes) {
    for (const int32_t channels : {1, 16, 33, 70}) {
      for (uint32_t i = 0; i < 6; ++i) {
        ConvCase c;
        c.depthwise = true;
        c.input = types.input;
        c.weight = types.weight;
        c.in = c.out = channels;
        PickWindow(pick, i, c);
        c.height = (c.kernel_h - 1) * c.dilation_h + pick(1, 4);
        c.width = (c.kernel_w - 1) * c.dilation_w + pick(1, 6);
        c.shifts = static_cast<Shifts>(pick(0, 4));
        c.weights = static_cast<Weights>(pick(0, 4));
        c.output = static_cast<Output>(pick(0, 3));
        c.table_bits = pick(8, 13);
        c.acc_bits = 64;
        c.seed = ++seed;
        Check(c);
        // Few taps of 8 bits stay within 32.
        c.weights = Weights::kTiny;
        c.sums = Sums::kAtTheBound;
        c.acc_bits = 32;
        Check(c);
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
