// The quantised convolutions against the formulas of docs/arithmetic.md.
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
  for (const int32_t out : {64, 65, 130, 200, 257}) {
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
  for (const int32_t in : {224, 240}) {
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

TEST(Conv, WidthsInFrontOfATable) {
  uint32_t seed = 300;
  for (const int bits : {9, 10, 12, 14, 16}) {
    for (const Output output : {Output::kU8Table, Output::kU16Table}) {
      for (const int32_t out : {1, 16, 23, 64, 80}) {
        ConvCase c;
        c.output = output;
        c.table_bits = bits;
        c.out = out;
        c.batch = 2;
        c.width = static_cast<int32_t>(seed % 13) + 1;
        c.shifts = static_cast<Shifts>(seed % 5);
        c.groups = out % 4 == 0 ? 2 : 1;
        c.seed = ++seed;
        Check(c);
        c.kernel_h = c.kernel_w = 1;
        c.top = c.left = c.bottom = c.right = 0;
        c.groups = 1;
        c.height = 11;
        c.seed = ++seed;
        Check(c);
      }
    }
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

TEST(Conv, EveryKindOfShift) {
  uint32_t seed = 1000;
  for (const Shifts shifts : {Shifts::kFitted, Shifts::kNegative, Shifts::kZero, Shifts::kOne, Shifts::kMixed}) {
    for (const Weights weights : {Weights::kExtreme, Weights::kRandom, Weights::kTiny}) {
      for (const Output output : {Output::kU8, Output::kU8Table, Output::kU16, Output::kU16Table}) {
        ConvCase c;
        c.in = 5;
        c.out = 35;
        c.shifts = shifts;
        c.weights = weights;
        c.output = output;
        c.seed = ++seed;
        Check(c);
      }
    }
  }
}

// Where the accumulator, the zero point and the rounding constant together take the most bits.
TEST(Conv, EveryShiftWithSumsAtTheBound) {
  uint32_t seed = 2000;
  for (int shift = -30; shift <= 31; ++shift) {
    for (const Output output : {Output::kU8, Output::kU8Table, Output::kU16, Output::kU16Table}) {
      for (const Inputs inputs : {Inputs::kRandom, Inputs::kAllLargest}) {
        ConvCase c;
        c.height = 2;
        c.in = 5;
        c.out = 83;
        c.shifts = Shifts::kExact;
        c.shift = shift;
        c.sums = Sums::kAtTheBound;
        c.weights = Weights::kAllLargest;
        c.inputs = inputs;
        c.output = output;
        c.seed = ++seed;
        Check(c);
        c.weights = Weights::kExtreme;
        c.in = c.out = 5;
        c.depthwise = true;
        Check(c);
      }
    }
  }
}

class Picker {
 public:
  explicit Picker(uint32_t seed) : random_(seed) {}
  int32_t operator()(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random_() % static_cast<uint32_t>(high - low + 1));
  }

 private:
  std::mt19937 random_;
};

// Every third case has windows that lie in the padding alone.
void PickWindow(Picker& pick, uint32_t number, ConvCase& c) {
  c.batch = pick(1, 2);
  c.kernel_h = 2 * pick(0, 2) + 1;
  c.kernel_w = 2 * pick(0, 2) + 1;
  c.stride_h = pick(1, 3);
  c.stride_w = pick(1, 2);
  c.dilation_h = pick(1, 2);
  c.dilation_w = pick(1, 2);
  const int32_t most = number % 3 == 0 ? 12 : 2;
  c.top = pick(0, most);
  c.left = pick(0, most);
  c.bottom = pick(0, most);
  c.right = pick(0, most);
}

TEST(Conv, StridesPaddingDilationGroups) {
  Picker pick(7);
  for (uint32_t i = 0; i < 150; ++i) {
    ConvCase c;
    PickWindow(pick, i, c);
    c.groups = pick(1, 3);
    c.in = c.groups * pick(1, 9);
    c.out = c.groups * pick(1, 20);
    c.height = (c.kernel_h - 1) * c.dilation_h + pick(1, 4);
    c.width = (c.kernel_w - 1) * c.dilation_w + pick(1, 9);
    c.shifts = static_cast<Shifts>(pick(0, 4));
    c.weights = static_cast<Weights>(pick(0, 2));
    c.output = static_cast<Output>(pick(0, 3));
    c.acc_bits = pick(0, 4) == 0 ? 64 : 32;
    c.seed = 5000 + i;
    Check(c);
  }
}

// Where sums that a kernel keeps in narrower lanes come closest to leaving them.
TEST(Conv, LargestProductsAllAlike) {
  for (const Weights weights : {Weights::kAllLargest, Weights::kAllSmallest}) {
    for (const Inputs inputs : {Inputs::kAll0, Inputs::kAllLargest}) {
      for (const int32_t in : {8, 128, 132, 260, 1000}) {
        ConvCase c;
        c.height = 1;
        c.width = 9;
        c.in = in;
        c.kernel_h = c.kernel_w = 1;
        c.top = c.left = c.bottom = c.right = 0;
        c.weights = weights;
        c.inputs = inputs;
        Check(c);
        c.kernel_w = 3;
        c.acc_bits = 64;
        Check(c);
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
  for (const int32_t pad : {0, 2}) {
    ConvCase c = shape(9, 40, 16, 16);  // more tiles than are in memory
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

TEST(Conv, AccumulatorsBeyond32Bits) {
  ConvCase c;
  c.height = 1;
  c.width = 5;
  c.in = 90000;
  c.out = 3;
  c.kernel_h = c.kernel_w = 1;
  c.top = c.left = c.bottom = c.right = 0;
  c.weights = Weights::kExtreme;
  c.acc_bits = 64;
  Check(c);
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

// Inputs or weights of 16 bits, or both.
struct Types {
  joint::DType input, weight;
};
constexpr Types kWideTypes[] = {{joint::DType::U16, joint::DType::S8},
                                {joint::DType::U8, joint::DType::S16},
                                {joint::DType::U16, joint::DType::S16}};

TEST(Conv, WordsAsInputsAndWeights) {
  uint32_t seed = 900;
  Picker pick(15);
  for (const Types& types : kWideTypes) {
    for (const int32_t out : {1, 16, 23, 64, 90}) {
      for (const int32_t in : {1, 3, 4, 17, 32}) {
        ConvCase c;
        c.input = types.input;
        c.weight = types.weight;
        c.acc_bits = 64;
        c.in = in;
        c.out = out;
        c.batch = 2;
        c.height = 3;
        c.width = pick(1, 14);
        c.shifts = static_cast<Shifts>(pick(0, 4));
        c.weights = static_cast<Weights>(pick(0, 4));
        c.inputs = static_cast<Inputs>(pick(0, 2));
        c.output = static_cast<Output>(pick(0, 3));
        c.table_bits = pick(8, 13);
        c.dilation_w = pick(1, 2);
        c.left = c.right = c.dilation_w;
        c.seed = ++seed;
        Check(c);
        if (out % 2 == 0 && in % 2 == 0) c.groups = 2;
        c.stride_w = 2;
        Check(c);
        c.kernel_h = c.kernel_w = c.stride_w = c.dilation_w = c.groups = 1;
        c.top = c.left = c.bottom = c.right = 0;
        c.height = 11;
        Check(c);
        // Few taps whose sums stay within 32 bits.
        c.weights = Weights::kSmall;
        c.sums = Sums::kAtTheBound;
        c.acc_bits = 32;
        Check(c);
      }
    }
  }
}

TEST(Conv, WordsWhoseBytesLeave32Bits) {
  for (const Types& types : kWideTypes) {
    ConvCase c;
    c.input = types.input;
    c.weight = types.weight;
    c.height = 1;
    c.width = 5;
    c.in = 70000;
    c.out = 3;
    c.kernel_h = c.kernel_w = 1;
    c.top = c.left = c.bottom = c.right = 0;
    c.weights = Weights::kExtreme;
    c.acc_bits = 64;
    Check(c);
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
