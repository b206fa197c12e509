// Transposed convolutions of every shape and type against their definition.
#include "conv_transpose_tester.h"

namespace lockstep::kernels {
namespace {

void Check(const TransposeCase& c) { TransposeTester(c).Check(); }

TEST(ConvTranspose, StridesKernelsPadsAndOutputPadding) {
  uint32_t seed = 0;
  for (int32_t stride = 1; stride <= 4; ++stride) {
    for (int32_t kernel = 1; kernel <= 5; ++kernel) {
      for (int32_t pad = 0; pad < kernel; ++pad) {
        TransposeCase c;
        c.stride_h = stride;
        c.stride_w = stride % 4 + 1;
        c.kernel_h = kernel;
        c.kernel_w = kernel % 5 + 1;
        c.top = pad;
        c.left = std::min(pad, c.kernel_w - 1);
        c.bottom = pad % 2 == 0 ? 1 - stride : pad;
        c.right = pad % 3 == 0 ? pad : 1 - c.stride_w;
        c.height = 3 + pad;
        c.width = 4 + pad;
        c.batch = 1 + pad % 2;
        c.table = seed % 3 == 1;
        c.table_bits = 8 + static_cast<int>(seed % 2 * (seed % 9));
        c.wide = seed % 2 == 1;
        c.seed = ++seed;
        Check(c);
      }
    }
  }
}

TEST(ConvTranspose, ChannelsAroundTheBlockEdgesAndGroups) {
  uint32_t seed = 300;
  for (const int32_t out : {1, 15, 16, 17, 33, 80}) {
    for (const int32_t in : {1, 3, 4, 5, 17}) {
      for (const int32_t groups : {1, 3}) {
        TransposeCase c;
        c.groups = groups;
        c.in = in * groups;
        c.out = out * groups;
        c.height = 2;
        c.kernel_h = c.kernel_w = 2 + static_cast<int32_t>(seed % 3);
        c.table = seed % 2 == 0;
        c.table_bits = 8 + static_cast<int>(seed % 4 * 2);
        c.seed = ++seed;
        Check(c);
      }
    }
  }
}

TEST(ConvTranspose, WordsAsInputsAndWeights) {
  uint32_t seed = 700;
  for (int32_t types = 1; types < 4; ++types) {
    for (const int32_t out : {1, 16, 23, 64}) {
      for (const int32_t in : {1, 4, 17}) {
        for (const int32_t groups : {1, 2}) {
          TransposeCase c;
          c.input = types % 2 == 1 ? joint::DType::U16 : joint::DType::U8;
          c.weight = types > 1 ? joint::DType::S16 : joint::DType::S8;
          c.acc_bits = 64;
          c.groups = groups;
          c.in = in * groups;
          c.out = out * groups;
          c.height = 2;
          c.kernel_h = 1 + static_cast<int32_t>(seed % 4);
          c.kernel_w = 3;
          c.stride_h = 2 - static_cast<int32_t>(seed % 2);
          c.top = c.kernel_h - 1;
          c.table = seed % 3 == 0;
          c.table_bits = 8 + static_cast<int>(seed % 5);
          c.wide = seed % 4 < 2;
          c.extreme = seed % 5 == 0;
          c.seed = ++seed;
          Check(c);
        }
      }
    }
  }
}

TEST(ConvTranspose, WidthsAroundTheTileEdges) {
  for (int32_t width = 1; width <= 26; ++width) {
    TransposeCase c;
    c.height = 2;
    c.width = width;
    c.in = 8;
    c.out = width % 2 == 0 ? 64 : 48;
    c.kernel_h = c.kernel_w = 2;
    c.seed = static_cast<uint32_t>(width);
    Check(c);
  }
}

// Phases with few taps have more pixels of words beside each other than the one with most.
TEST(ConvTranspose, ManyChannelsInPhasesOfEverySize) {
  const struct { int32_t in, kernel, width; } cases[] = {{260, 3, 33}, {512, 3, 32}, {128, 5, 14}, {100, 7, 20}};
  for (const auto& each : cases) {
    TransposeCase c;
    c.in = each.in;
    c.out = 20;
    c.stride_h = c.stride_w = 2;
    c.kernel_h = c.kernel_w = each.kernel;
    c.top = c.left = c.bottom = c.right = each.kernel / 2;
    c.height = 4;
    c.width = each.width;
    c.seed = static_cast<uint32_t>(each.in);
    Check(c);
  }
}

TEST(ConvTranspose, EveryShift) {
  for (int shift = -8; shift <= 31; ++shift) {
    TransposeCase c;
    c.shift = shift;
    c.extreme = true;
    c.wide = shift % 2 == 0;
    c.seed = static_cast<uint32_t>(shift + 500);
    Check(c);
    c.acc_bits = 64;
    Check(c);
  }
}

TransposeCase OfOneRow(int32_t in) {
  TransposeCase c;
  c.height = c.kernel_h = 1;
  c.width = c.out = c.kernel_w = 2;
  c.in = in;
  return c;
}

// Also where what the sums start from fits 32 bits.
TEST(ConvTranspose, AccumulatorsBeyond32Bits) {
  for (const int zero_point : {-1, 0}) {
    TransposeCase c = OfOneRow(zero_point == 0 ? 300000 : 900000);
    c.extreme = c.wide = true;
    c.acc_bits = 64;
    c.shift = 18;
    c.zero_point = zero_point;
    TransposeTester tester(c);
    EXPECT_GT(tester.LargestSum(), int64_t{1} << 31);
    tester.Check();
  }
}

// The weights keep the sums within 32 bits, but the sums of their bytes might leave them.
TEST(ConvTranspose, ManyWordsOfWhichFewCount) {
  TransposeCase c = OfOneRow(70000);
  c.weight = joint::DType::S16;
  c.sparse = 9973;
  TransposeTester tester(c);
  EXPECT_LT(tester.LargestSum(), int64_t{1} << 31);
  tester.Check();
}

}  // namespace
}  // namespace lockstep::kernels
