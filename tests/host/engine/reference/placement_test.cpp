// Concat, Slice, Transpose, Reshape and Resize against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;
constexpr int32_t kHalfM = 1 << 30;  // m = 2^30: the multiplier is 2^-(1+s)

TEST(ReferenceConcat, CopiesOrRescales) {
  OneLayer net;
  net.Input({1, 2, 1}, {1, 2}, 1.0F, 0);
  net.Input({1, 2, 2}, {10, 11, 12, 255}, 2.0F, 9);
  joint::ConcatT concat;
  concat.axis = 2;
  concat.multiplier = {0, kHalfM};
  concat.shift = {0, -2};  // times 2
  net.Layer(concat, {1, 2, 3}, 1.0F, 0);
  EXPECT_EQ(net.Run(), (Ints{1, 2, 4, 2, 6, 255}));
}

TEST(ReferenceConcat, FloatOutputKeepsEachScale) {
  OneLayer net;
  net.Input({1, 1, 2}, {1, 3}, 0.5F, 1);
  net.Input({1, 1, 2}, {40000, 0}, 0.001F, 10000, joint::DType::U16);
  joint::ConcatT concat;
  concat.axis = 1;
  net.Layer(concat, {1, 2, 2}, 1.0F, 0, joint::DType::F32);
  EXPECT_EQ(net.RunFloat(), (std::vector<float>{0.0F, 1.0F, 0.001F * 30000.0F, 0.001F * -10000.0F}));
}

TEST(ReferencePlacement, SliceTransposeReshapeResize) {
  OneLayer slice;
  slice.Input({2, 4}, {0, 1, 2, 3, 4, 5, 6, 7});
  joint::SliceT slice_options;
  slice_options.start = {0, 1};
  slice_options.step = {1, 2};
  slice.Layer(slice_options, {2, 2});
  EXPECT_EQ(slice.Run(), (Ints{1, 3, 5, 7}));

  OneLayer transpose;
  transpose.Input({1, 2, 3}, {0, 1000, 2, 3, 4, 5}, 1.0F, 0, joint::DType::U16);
  joint::TransposeT transpose_options;
  transpose_options.perm = {2, 0, 1};
  transpose.Layer(transpose_options, {3, 1, 2}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(transpose.Run(), (Ints{0, 3, 1000, 4, 2, 5}));

  OneLayer reshape;
  reshape.Input({2, 3}, {5, 4, 3, 2, 1, 0});
  reshape.Layer(joint::ReshapeT(), {3, 2});
  EXPECT_EQ(reshape.Run(), (Ints{5, 4, 3, 2, 1, 0}));

  OneLayer resize;
  resize.Input({1, 2, 2, 1}, {1, 2, 3, 4});
  joint::ResizeT resize_options;
  resize_options.rows = {0, 1, 1};
  resize_options.columns = {1, 0};
  resize.Layer(resize_options, {1, 3, 2, 1});
  EXPECT_EQ(resize.Run(), (Ints{2, 1, 4, 3, 4, 3}));
}

}  // namespace
}  // namespace lockstep::test
