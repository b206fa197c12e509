// The shapes of quantised convolutions around the edges of what their kernels compute at a time: blocks of channels,
// tiles of pixels, units and their parts.
#include <gtest/gtest.h>

#include "conv_tester.h"

namespace lockstep::kernels {
namespace {

TEST(Conv, ChannelsAroundTheBlockEdges) {
  uint32_t seed = 100;
  for (const int32_t out : {1, 15, 16, 17, 33, 80}) {
    for (const int32_t in : {1, 2, 3, 4, 5, 8, 16, 17}) {
      ConvCase c;
      c.out = out;
      c.in = in;
      c.height = 2;
      c.weights = static_cast<Weights>(seed % 3);
      c.output = static_cast<Output>(seed % 4);
      c.seed = ++seed;
      Check(c);
      c.kernel_h = c.kernel_w = 1;
      c.top = c.left = c.bottom = c.right = 0;
      c.seed = ++seed;
      Check(c);
    }
  }
}

TEST(Conv, WidthsAroundTheTileEdges) {
  for (int32_t width = 1; width <= 30; ++width) {
    ConvCase c;
    c.height = 2;
    c.width = width;
    c.in = 8;
    c.out = width % 2 == 0 ? 64 : 48;
    c.output = Output::kU8Table;
    c.seed = static_cast<uint32_t>(width);
    Check(c);
    c.kernel_h = c.kernel_w = 1;
    c.top = c.left = c.bottom = c.right = 0;
    Check(c);
  }
}

// The last block of a tile has few channels, and nothing may be written behind them.
TEST(Conv, WidthsOfBlocksThatAreNotWhole) {
  for (const int32_t out : {9, 24, 40, 57}) {
    for (int32_t width = 1; width <= 26; ++width) {
      ConvCase c;
      c.height = 2;
      c.width = width;
      c.in = 4;
      c.out = out;
      c.output = width % 2 == 0 ? Output::kU8 : Output::kU8Table;
      c.seed = static_cast<uint32_t>(width * 64 + out);
      Check(c);
      c.kernel_h = c.kernel_w = 1;
      c.top = c.left = c.bottom = c.right = 0;
      Check(c);
    }
  }
}

// Rows that are taken together, of an image that is wide, and of one that is too large for it.
TEST(Conv, RowsOfWideImages) {
  for (const int32_t width : {55, 61, 111, 131}) {
    for (const int32_t out : {64, 72, 130}) {
      ConvCase c;
      c.height = 5;
      c.width = width;
      c.in = 3;
      c.out = out;
      c.seed = static_cast<uint32_t>(width + out);
      Check(c);
      c.stride_h = c.stride_w = 2;
      Check(c);
    }
  }
  ConvCase c;
  c.height = 40;
  c.width = 112;
  c.in = 64;
  c.out = 64;
  Check(c);
}

// Units whose pixels are one row, and weights that are fetched while others are used.
TEST(Conv, PointwiseLayersOfManyPixelsOrWeights) {
  ConvCase c;
  c.kernel_h = c.kernel_w = 1;
  c.top = c.left = c.bottom = c.right = 0;
  c.height = 41;
  c.width = 31;
  c.in = 64;
  c.out = 72;
  Check(c);
  c.output = Output::kU8Table;
  c.table_bits = 10;
  Check(c);
  for (const int32_t width : {1, 7, 25}) {
    c.output = Output::kU8;
    c.height = 1;
    c.width = width;
    c.in = 520;
    c.out = 272;
    Check(c);
  }
}

TEST(Conv, PointwiseLayersOfSeveralUnits) {
  for (const int32_t in : {4, 6, 64}) {
    ConvCase c;
    c.batch = 2;
    c.height = 9;
    c.width = 13;
    c.in = in;
    c.out = 72;
    c.kernel_h = c.kernel_w = 1;
    c.top = c.left = c.bottom = c.right = 0;
    c.seed = static_cast<uint32_t>(in);
    Check(c);
  }
}

// Bytes of zero point 0 without limits, whose products are narrowed before they are shifted: by 4 to 10, not by 3
// or 11.
TEST(Conv, ShiftsThatAreNearEachOther) {
  uint32_t seed = 3000;
  for (const int shift : {0, 3, 4, 10, 11}) {
    for (const Sums sums : {Sums::kBiased, Sums::kAtTheBound}) {
      for (const Weights weights : {Weights::kRandom, Weights::kTiny, Weights::kExtreme}) {
        for (const int32_t width : {1, 2, 3, 5, 7, 14}) {
          ConvCase c;
          c.shifts = shift == 0 ? Shifts::kNear : Shifts::kExact;
          c.shift = shift;
          c.sums = sums;
          c.weights = weights;
          c.plain = true;
          c.height = 1 + width % 4;
          c.width = width;
          c.in = 8;
          c.out = width % 2 == 0 ? 24 : 33;
          c.output = width == 3 ? Output::kU8Table : Output::kU8;
          c.seed = ++seed;
          Check(c);
          c.batch = 2;
          c.depthwise = true;
          c.in = c.out = width % 2 == 0 ? 32 : 24;
          c.left = width == 7 ? 0 : 1;
          c.right = width == 5 ? 0 : 1;
          Check(c);
        }
      }
    }
  }
}

// So many pixels that not all of a layer's are taken together, and weights so deep that there is no room for them.
TEST(Conv, PixelsTakenTogether) {
  uint32_t seed = 700;
  for (const int32_t height : {1, 5, 8}) {
    for (const int32_t width : {21, 67, 300}) {
      ConvCase c;
      c.batch = height == 5 ? 2 : 1;
      c.height = height;
      c.width = width;
      c.in = seed % 2 == 0 ? 12 : 5;
      c.out = 21;
      c.output = static_cast<Output>(seed % 4);
      c.shifts = static_cast<Shifts>(seed % 5);
      c.seed = ++seed;
      Check(c);
      c.stride_h = c.stride_w = 2;
      c.seed = ++seed;
      Check(c);
      c.kernel_h = c.kernel_w = c.stride_h = c.stride_w = 1;
      c.top = c.left = c.bottom = c.right = 0;
      c.seed = ++seed;
      Check(c);
    }
  }
  for (const int32_t width : {6, 12}) {
    ConvCase c;
    c.height = 12;
    c.width = width;
    c.in = 480;
    c.out = 18;
    c.seed = ++seed;
    Check(c);
  }
}

TEST(Conv, PixelsAroundAUnitAndAPiece) {
  for (int32_t width = 46; width <= 124; width += width == 64 ? 45 : 1) {
    ConvCase c;
    c.height = 1;
    c.width = width;
    c.in = 12;
    c.out = 18;
    c.top = c.bottom = 0;
    c.kernel_h = 1;
    c.seed = static_cast<uint32_t>(width);
    Check(c);
    c.kernel_w = 1;
    c.left = c.right = 0;
    Check(c);
  }
}

// Threads share the channels of a layer too: those of one row, or all rows of a few.
TEST(Conv, PartsOfTheChannels) {
  uint32_t seed = 450;
  for (const int32_t out : {64, 65, 96, 130, 160, 200, 257}) {
    for (const int32_t height : {1, 3, 20}) {
      for (const int32_t kernel : {1, 3}) {
        ConvCase c;
        c.batch = 1 + static_cast<int32_t>(seed % 2);
        c.height = height;
        c.width = kernel == 1 ? 9 : 5;
        c.in = seed % 3 == 0 ? 24 : 5;
        c.out = out;
        c.kernel_h = c.kernel_w = kernel;
        c.top = c.left = c.bottom = c.right = kernel / 2;
        c.output = static_cast<Output>(seed % 4);
        c.table_bits = seed % 8 < 4 ? 8 : 10;
        c.acc_bits = seed % 5 == 0 ? 64 : 32;
        c.shifts = static_cast<Shifts>(seed % 5);
        c.seed = ++seed;
        Check(c);
        if (out % 2 == 1) continue;
        c.groups = 2;
        c.in = 6;
        Check(c);
        c.input = joint::DType::U16;
        c.weight = joint::DType::S16;
        c.acc_bits = 64;
        Check(c);
      }
    }
  }
}

// Sums of neighbouring lanes of a word must not meet, however large.
TEST(Conv, LongSumsOfExtremes) {
  uint32_t seed = 400;
  for (const Weights weights : {Weights::kAllLargest, Weights::kAllSmallest, Weights::kExtreme}) {
    for (const Inputs inputs : {Inputs::kAll0, Inputs::kAllLargest}) {
      for (const int32_t in : {16, 20, 32, 60, 160}) {
        for (const int acc_bits : {32, 64}) {
          ConvCase c;
          c.height = 1;
          c.width = 8;
          c.in = in;
          c.out = 66;
          c.kernel_h = c.kernel_w = 1;
          c.top = c.left = c.bottom = c.right = 0;
          c.weights = weights;
          c.inputs = inputs;
          c.acc_bits = acc_bits;
          c.seed = ++seed;
          Check(c);
        }
      }
    }
  }
}

// Windows of 3x3 with stride 1, which a transformation of 4x4 outputs may compute: pictures around its tiles, depths
// around what it does at a time, numbers at the ends of the range.
TEST(Conv, SmallWindowsOfManyChannels) {
  uint32_t seed = 5000;
  const auto shape = [&](int32_t height, int32_t width, int32_t in, int32_t out) {
    ConvCase c;
    c.height = height;
    c.width = width;
    c.in = in;
    c.out = out;
    c.seed = ++seed;
    return c;
  };
  for (const int32_t width : {4, 5, 6, 7, 8, 9, 17}) Check(shape(5, width, 16, 16));
  for (const int32_t height : {1, 2, 3, 4, 7, 8, 13}) Check(shape(height, 6, 24, 33));
  for (const int32_t in : {56, 64, 72, 136, 232}) Check(shape(4, 5, in, 17));
  for (const int32_t pad : {0, 1, 2}) {
    ConvCase c = shape(pad == 1 ? 13 : 11, 70, 16, 16);  // more tiles than are in memory
    c.batch = 2;
    c.top = c.left = c.bottom = c.right = pad;
    Check(c);
  }
  for (const Weights weights : {Weights::kAllLargest, Weights::kAllSmallest, Weights::kExtreme}) {
    for (const Inputs inputs : {Inputs::kRandom, Inputs::kAll0, Inputs::kAllLargest}) {
      for (const Output output : {Output::kU8, Output::kU8Table}) {
        ConvCase c = shape(6, 6, 224, 16);  // as many as never leave 32 bits 64 times
        c.weights = weights;
        c.inputs = inputs;
        c.output = output;
        c.shifts = output == Output::kU8 ? Shifts::kFitted : Shifts::kMixed;
        Check(c);
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
