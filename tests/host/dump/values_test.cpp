#include "dump/values.h"

#include <gtest/gtest.h>

#include "made_up_layer.h"

namespace lockstep::dump {
namespace {

TEST(Values, DequantisesAndReturnsToOnnxOrder) {
  // 1 x 1 x 2 x 3 in N,H,W,C: pixels (10,11,12) and (13,14,15).
  const DumpLayer layer = Layer("u8", {1, 1, 2, 3}, {0, 2, 3, 1});
  EXPECT_EQ(OnnxShape(layer), (std::vector<int64_t>{1, 3, 1, 2}));
  EXPECT_EQ(RealValues(layer, {10, 11, 12, 13, 14, 15}), (std::vector<float>{0, 1.5F, 0.5F, 2, 1, 2.5F}));
}

TEST(Values, AScaleForEachChannel) {
  DumpLayer layer = Layer("u8", {1, 1, 2, 3}, {0, 2, 3, 1});
  layer.channel_scales = {0.5, 2.0, 0.25};
  EXPECT_EQ(RealValues(layer, {10, 11, 12, 13, 14, 15}), (std::vector<float>{0, 1.5F, 2, 8, 0.5F, 1.25F}));
  // Per element of the ONNX order, in which a channel's pixels lie side by side.
  const analyze::Steps steps = layer.Steps();
  for (size_t i = 0; i < 6; ++i) EXPECT_EQ(steps.Of(i), layer.channel_scales[i / 2]) << i;
  EXPECT_EQ(Layer("u8", {1, 1, 2, 3}).Steps().Of(5), 0.5);
}

TEST(Values, ReadsEveryStoredType) {
  EXPECT_EQ(RealValues(Layer("u16", {1}), {0x0c, 0x01}), (std::vector<float>{(268 - 10) * 0.5F}));
  EXPECT_EQ(RealValues(Layer("s8", {1}), {0xff}), (std::vector<float>{-5.5F}));
  EXPECT_EQ(RealValues(Layer("s16", {1}), {0xfe, 0xff}), (std::vector<float>{-6.0F}));
  EXPECT_EQ(RealValues(Layer("s32", {1}), {0x00, 0x00, 0x01, 0x00}), (std::vector<float>{(65536 - 10) * 0.5F}));
  EXPECT_EQ(RealValues(Layer("s64", {1}), {12, 0, 0, 0, 0, 0, 0, 0}), (std::vector<float>{1.0F}));
  EXPECT_EQ(RealValues(Layer("f32", {1}), Bytes({-2.25F})), (std::vector<float>{-2.25F}));
}

TEST(Values, PhysicalOrderIsTheInverseOfOnnxOrder) {
  const std::vector<int64_t> onnx_shape = {2, 3, 4, 5};
  const std::vector<int> axes = {0, 2, 3, 1};
  std::vector<float> values(120);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const std::vector<float> physical = ToPhysical(onnx_shape, axes, values.data());
  // n=1, c=2, h=3, w=4 lies at ((1*4+3)*5+4)*3+2 in N,H,W,C.
  EXPECT_EQ(physical[((1 * 4 + 3) * 5 + 4) * 3 + 2], values[((1 * 3 + 2) * 4 + 3) * 5 + 4]);
  EXPECT_EQ(RealValues(Layer("f32", {2, 4, 5, 3}, axes), Bytes(physical)), values);
}

}  // namespace
}  // namespace lockstep::dump
