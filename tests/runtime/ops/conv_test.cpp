// The quantised convolutions against the formulas of docs/arithmetic.md.
#include <gtest/gtest.h>

#include "conv_tester.h"
#include "conv_windows.h"

namespace lockstep::kernels {
namespace {

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

}  // namespace
}  // namespace lockstep::kernels
