#include <algorithm>
#include <cstdlib>

#include "gemm/winograd_neon.h"
#include "ops/common/byte_table_neon.h"
#include "ops/conv/conv.h"

namespace lockstep::kernels {
namespace {

constexpr int32_t kKernel = 3;
constexpr int32_t kFewestChannels = 16;
constexpr int32_t kFewestPixels = 4;
constexpr uint32_t kByteEntries = 256;
// 64 times a sum of x - 128 times weights of this sum of absolute values fits into 32 bits.
constexpr int64_t kLargestWeights = (int64_t{1} << 31) / 64 / 128 - 1;

// The largest sum of a channel's absolute weights.
int64_t LargestWeights(const TensorView& weights) {
  const int64_t depth = int64_t{kKernel} * kKernel * weights.shape[3];
  if (depth * 127 <= kLargestWeights) return 0;
  const auto* from = reinterpret_cast<const int8_t*>(weights.data);
  int64_t largest = 0;
  for (int32_t block = 0; block * kBlockChannels < weights.shape[0]; ++block, from += depth * kBlockChannels) {
    int64_t sums[kBlockChannels] = {};
    for (int64_t quad = 0; quad < depth / 4; ++quad) {
      for (int64_t i = 0; i < kQuadBytes; ++i) sums[i / 4] += std::abs(from[quad * kQuadBytes + i]);
    }
    largest = std::max(largest, *std::max_element(sums, sums + kBlockChannels));
  }
  return largest;
}

}  // namespace

bool AcceptsWinograd(const LayerArgs& args) {
  if (!AcceptsConv32(args)) return false;
  const ConvGeometry g = DescribeConv(args);
  const auto* table = args.layer->options_as_Conv()->table();
  const bool plain = g.kernel_h == kKernel && g.kernel_w == kKernel && g.stride_h == 1 && g.stride_w == 1 &&
                     g.dilation_h == 1 && g.dilation_w == 1 && g.groups == 1;
  return plain && g.in_c % 8 == 0 && g.in_c >= kFewestChannels && g.out_c >= kFewestChannels &&
         g.out_w >= kFewestPixels && args.outputs[0].dtype == joint::DType::U8 &&
         (table == nullptr || table->size() == kByteEntries) && LargestWeights(args.inputs[1]) <= kLargestWeights;
}

void conv_winograd_u8s8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  const joint::Conv& options = *args.layer->options_as_Conv();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  WinogradLayer layer{};
  layer.input = x.data;
  layer.in_pitch = x.pitch;
  layer.in_h = x.shape[1];
  layer.in_w = x.shape[2];
  layer.in_c = x.shape[3];
  layer.in_zero_point = x.zero_point;
  layer.output = y.data;
  layer.out_pitch = y.pitch;
  layer.out_h = y.shape[1];
  layer.out_w = y.shape[2];
  layer.out_c = y.shape[3];
  layer.pad_top = options.pad_top();
  layer.pad_left = options.pad_left();
  layer.weights = reinterpret_cast<const int8_t*>(args.inputs[1].data);
  layer.acc_init = options.acc_init()->data();
  layer.weight_sum = options.weight_sum()->data();
  layer.multiplier = options.multiplier()->data();
  layer.shift = options.shift()->data();
  layer.short_shifts = *std::min_element(layer.shift, layer.shift + layer.out_c) >= 1;
  layer.zero_point = options.mid_zero_point();
  layer.low = options.clamp_low();
  layer.high = options.clamp_high();
  for (int64_t row = begin; row < end;) {
    const int64_t image = row / layer.out_h;
    const int64_t next = std::min(end, (image + 1) * layer.out_h);
    RunWinogradNeon(layer, image, static_cast<int32_t>(row - image * layer.out_h),
                    static_cast<int32_t>(next - image * layer.out_h), scratch);
    row = next;
  }
  if (options.table() == nullptr) return;
  ApplyTableNeon(options.table()->data(),
                 StretchesOf(y, y.data + begin * layer.out_w * y.pitch, (end - begin) * layer.out_w));
}

}  // namespace lockstep::kernels
