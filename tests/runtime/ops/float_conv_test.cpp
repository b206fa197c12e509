// Conv and DepthwiseConv in floats: the sums of contract f1, in the written order, as plain loops.
#include <gtest/gtest.h>

#include "float_case.h"

namespace lockstep::kernels {
namespace {

struct FloatConvCase {
  int32_t height, width, in_channels, out_channels, groups;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
  int32_t top, left, bottom, right;
};

constexpr FloatConvCase kCases[] = {
    {5, 7, 3, 16, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
    {6, 6, 8, 20, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0},
    {8, 9, 5, 7, 1, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1},
    {7, 8, 12, 34, 2, 3, 2, 1, 2, 1, 1, 0, 0, 1, 2},
    {9, 9, 4, 4, 4, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2},
    {4, 5, 6, 9, 3, 2, 3, 1, 1, 1, 2, 4, 3, 0, 7},
    {1, 1, 33, 17, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0},
    {3, 4, 2, 16, 1, 3, 3, 1, 1, 1, 1, 9, 8, 7, 6},
    // Around the tiles of AVX-512: 12 pixels of 16 channels, 64 channels.
    {3, 29, 5, 33, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
    {2, 37, 80, 15, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0},
    {4, 27, 64, 31, 1, 2, 3, 1, 2, 1, 1, 0, 1, 0, 1},
    {2, 3, 145, 8, 1, 17, 16, 1, 1, 1, 1, 8, 8, 8, 8},
};

int32_t Extent(int32_t in, int32_t pads, int32_t kernel, int32_t stride, int32_t dilation) {
  return (in + pads - ((kernel - 1) * dilation + 1)) / stride + 1;
}

std::vector<int32_t> OutputShape(const FloatConvCase& c) {
  return {2, Extent(c.height, c.top + c.bottom, c.kernel_h, c.stride_h, c.dilation_h),
          Extent(c.width, c.left + c.right, c.kernel_w, c.stride_w, c.dilation_w), c.out_channels};
}

template <typename Options>
Options OptionsOf(const FloatConvCase& c) {
  Options o;
  o.stride_h = c.stride_h;
  o.stride_w = c.stride_w;
  o.dilation_h = c.dilation_h;
  o.dilation_w = c.dilation_w;
  o.pad_top = c.top;
  o.pad_left = c.left;
  o.pad_bottom = c.bottom;
  o.pad_right = c.right;
  return o;
}

// weight(oc, ky, kx, ic)
template <typename Weight>
void AppendSums(const FloatConvCase& c, LayerCase& test, const Weight& weight) {
  const TestTensor& x = test.inputs[0];
  const int32_t group_in = c.in_channels / c.groups;
  const int32_t group_out = c.out_channels / c.groups;
  test.output = FloatOutput(OutputShape(c));
  const std::vector<int32_t>& out = test.output.shape;
  for (int64_t i = 0; i < test.output.Elements(); ++i) {
    const auto oc = static_cast<int32_t>(i % out[3]);
    const auto ox = static_cast<int32_t>(i / out[3] % out[2]);
    const auto oy = static_cast<int32_t>(i / out[3] / out[2] % out[1]);
    const int64_t n = i / out[3] / out[2] / out[1];
    float acc = At(test.inputs[2], oc);
    for (int32_t ky = 0; ky < c.kernel_h; ++ky) {
      for (int32_t kx = 0; kx < c.kernel_w; ++kx) {
        const int32_t iy = oy * c.stride_h - c.top + ky * c.dilation_h;
        const int32_t ix = ox * c.stride_w - c.left + kx * c.dilation_w;
        const bool inside = iy >= 0 && iy < c.height && ix >= 0 && ix < c.width;
        for (int32_t ic = 0; ic < group_in; ++ic) {
          const int64_t at = ((n * c.height + iy) * c.width + ix) * c.in_channels + oc / group_out * group_in + ic;
          const float product = (inside ? At(x, at) : 0.0F) * weight(oc, ky, kx, ic);
          acc = acc + product;
        }
      }
    }
    AppendFloat(test.output, acc);
  }
}

LayerCase CaseOf(const FloatConvCase& c, bool special, std::mt19937& random) {
  LayerCase test;
  test.layer.name = "layer";
  test.inputs.push_back(RandomFloats({2, c.height, c.width, c.in_channels}, random, special));
  test.inputs.emplace_back();  // the weights
  test.inputs.push_back(RandomFloats({c.out_channels}, random, false));
  test.about = "channels " + std::to_string(c.in_channels) + " to " + std::to_string(c.out_channels) + ", kernel " +
               std::to_string(c.kernel_h) + "x" + std::to_string(c.kernel_w) + ", groups " + std::to_string(c.groups);
  return test;
}

TEST(FloatConv, SumsInTheWrittenOrder) {
  std::mt19937 random(71);
  for (const FloatConvCase& c : kCases) {
    for (const bool special : {false, true}) {
      LayerCase test = CaseOf(c, special, random);
      const int32_t group_in = c.in_channels / c.groups;
      const int32_t group_out = c.out_channels / c.groups;
      const int32_t blocks = (group_out + 15) / 16;
      const int32_t taps = c.kernel_h * c.kernel_w * group_in;
      const TestTensor plain = RandomFloats({c.out_channels, c.kernel_h, c.kernel_w, group_in}, random, special);
      TestTensor& packed = test.inputs[1];
      packed = FloatOutput(plain.shape);
      packed.bytes.resize(size_t{4} * static_cast<size_t>(c.groups * blocks * taps * 16));
      for (int32_t oc = 0; oc < c.out_channels; ++oc) {
        const int64_t block = oc / group_out * blocks + oc % group_out / 16;
        for (int32_t tap = 0; tap < taps; ++tap) {
          std::memcpy(&packed.bytes[static_cast<size_t>(((block * taps + tap) * 16 + oc % group_out % 16) * 4)],
                      &plain.bytes[static_cast<size_t>(oc * taps + tap) * 4], 4);
        }
      }
      AppendSums(c, test, [&](int32_t oc, int32_t ky, int32_t kx, int32_t ic) {
        return At(plain, ((int64_t{oc} * c.kernel_h + ky) * c.kernel_w + kx) * group_in + ic);
      });
      auto options = OptionsOf<joint::ConvT>(c);
      options.groups = c.groups;
      test.layer.options.Set(std::move(options));
      ExpectEveryKernelGives(test);
    }
  }
}

TEST(FloatDepthwiseConv, SumsInTheWrittenOrder) {
  std::mt19937 random(72);
  for (FloatConvCase c : kCases) {
    c.out_channels = c.groups = c.in_channels;
    for (const bool special : {false, true}) {
      LayerCase test = CaseOf(c, special, random);
      test.inputs[1] = RandomFloats({1, c.kernel_h, c.kernel_w, c.in_channels}, random, special);
      const TestTensor& weights = test.inputs[1];
      AppendSums(c, test, [&](int32_t oc, int32_t ky, int32_t kx, int32_t /*ic*/) {
        return At(weights, (int64_t{ky} * c.kernel_w + kx) * c.in_channels + oc);
      });
      test.layer.options.Set(OptionsOf<joint::DepthwiseConvT>(c));
      ExpectEveryKernelGives(test);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
