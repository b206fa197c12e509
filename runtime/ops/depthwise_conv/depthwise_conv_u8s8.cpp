#include <algorithm>

#include "arithmetic/rq1.h"
#include "ops/common/byte_table_msa.h"
#include "ops/common/byte_table_neon.h"
#include "ops/depthwise_conv/depthwise_blocks.h"
#include "ops/depthwise_conv/depthwise_conv.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {

#if defined(LOCKSTEP_KERNELS_AVX512VNNI) || defined(LOCKSTEP_KERNELS_AVX2) || defined(LOCKSTEP_KERNELS_NEON) || \
    defined(LOCKSTEP_KERNELS_MSA) || defined(LOCKSTEP_KERNELS_SCALAR)
namespace {

constexpr uint32_t kByteEntries = 256;

DepthwiseLayer DescribeDepthwise(const LayerArgs& args) {
  const joint::DepthwiseConv& options = *args.layer->options_as_DepthwiseConv();
  const TensorView& x = args.inputs[0];
  const TensorView& w = args.inputs[1];
  const TensorView& y = args.outputs[0];
  DepthwiseLayer layer{};
  layer.input = x.data;
  layer.in_pitch = x.pitch * ElementBytes(x.dtype);
  layer.in_h = x.shape[1];
  layer.in_w = x.shape[2];
  layer.in_zero_point = x.zero_point;
  layer.output = y.data;
  layer.out_pitch = y.pitch * ElementBytes(y.dtype);
  layer.out_h = y.shape[1];
  layer.out_w = y.shape[2];
  layer.channels = layer.last_channel = y.shape[3];
  layer.kernel_h = w.shape[1];
  layer.kernel_w = w.shape[2];
  layer.stride_h = options.stride_h();
  layer.stride_w = options.stride_w();
  layer.dilation_h = options.dilation_h();
  layer.dilation_w = options.dilation_w();
  layer.pad_top = options.pad_top();
  layer.pad_left = options.pad_left();
  layer.weights = reinterpret_cast<const int8_t*>(w.data);
  layer.acc_init = options.acc_init()->data();
  layer.multiplier = options.multiplier()->data();
  layer.shift = options.shift()->data();
  layer.zero_point = options.mid_zero_point();
  layer.low = options.clamp_low();
  layer.high = options.clamp_high();
  layer.table = options.table() != nullptr ? options.table()->data() : nullptr;
  layer.state = args.state;
  layer.wide_input = x.dtype == joint::DType::U16;
  layer.wide_output = y.dtype == joint::DType::U16;
  layer.wide_table = !layer.wide_output && layer.table != nullptr && options.table()->size() != kByteEntries;
  return layer;
}

}  // namespace

// Others have sums of 64 bits, or values of 16 in front of a table.
bool AcceptsDepthwiseBytes(const LayerArgs& args) {
  const joint::DepthwiseConv& options = *args.layer->options_as_DepthwiseConv();
  const bool bytes = args.inputs[0].dtype == joint::DType::U8 && args.inputs[1].dtype == joint::DType::S8 &&
                     args.outputs[0].dtype == joint::DType::U8;
  return bytes && options.acc_bits() == 32 && options.acc_init()->size() != 0 &&
         (options.table() == nullptr || options.table()->size() == kByteEntries);
}
#endif

#define LOCKSTEP_DEPTHWISE(isa)                                                                             \
  void depthwise_conv_u8s8_##isa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) { \
    depthwise_rows_u8s8_##isa(DescribeDepthwise(args), begin, end);                                         \
  }

#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
namespace {

// Of small images, as in a Conv: neither are windows' rows read from another thread's cache nor all weights interleaved
// by every thread.
bool SharesChannels(const LayerArgs& args) {
  const int32_t* in = args.inputs[0].shape;
  return !args.by_rows && args.kernel != nullptr && args.kernel->run == depthwise_conv_u8s8_avx512vnni &&
         int64_t{in[0]} * in[1] * in[2] < kManyPixels && in[3] >= 2 * kShareChannels512;
}

}  // namespace

Prepared PrepareDepthwise512(const LayerArgs& args) {
  Prepared prepared = PrepareImageRows(args);
  if (SharesChannels(args)) prepared.units = (args.inputs[0].shape[3] + kShareChannels512 - 1) / kShareChannels512;
  return prepared;
}

void depthwise_conv_u8s8_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  DepthwiseLayer layer = DescribeDepthwise(args);
  if (SharesChannels(args)) {
    layer.first_channel = static_cast<int32_t>(begin * kShareChannels512);
    layer.last_channel = static_cast<int32_t>(std::min<int64_t>(end * kShareChannels512, layer.channels));
    begin = 0;
    end = ImageRows(args.outputs[0]);
  }
  depthwise_rows_u8s8_avx512vnni(layer, begin, end);
}

bool AcceptsDepthwise512(const LayerArgs& args) {
  if (!AcceptsDepthwiseBytes(args)) return false;
  const DepthwiseLayer layer = DescribeDepthwise(args);
  const int64_t quads = (int64_t{layer.kernel_h} + 3) / 4;
  const int64_t columns = int64_t{layer.kernel_w - 1} * layer.dilation_w + 1;
  return quads <= kMostQuads512 && quads * layer.kernel_w <= kWeightQuads512 && quads * columns <= kColumnQuads512 &&
         layer.stride_w <= kMostStride512;
}

void RequantizeDepthwise(const DepthwiseLayer& layer, const int64_t* acc, const int32_t* multiplier,
                         const int32_t* shift, int count, uint16_t* values) {
  for (int i = 0; i < count; ++i) {
    const int64_t value = layer.zero_point + rq1::RequantizeWide(acc[i], multiplier[i], shift[i]);
    values[i] = static_cast<uint16_t>(rq1::Clamp(value, layer.low, layer.high));
  }
}

bool AcceptsDepthwiseWide512(const LayerArgs& args) {
  const int32_t* window = args.inputs[1].shape;
  return int64_t{window[1]} * window[2] <= kMostTaps512;
}

void depthwise_conv_uxsx_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::DepthwiseConv& options = *args.layer->options_as_DepthwiseConv();
  DepthwiseWideLayer wide{};
  wide.layer = DescribeDepthwise(args);
  wide.wide_weights = args.inputs[1].dtype == joint::DType::S16;
  if (options.acc_init()->size() == 0) wide.wide_start = options.acc_init64()->data();
  wide.wide_table = options.table() != nullptr && options.table()->size() > kByteEntries;
  depthwise_rows_uxsx_avx512vnni(wide, begin, end);
}
#endif

#if defined(LOCKSTEP_KERNELS_AVXVNNI)
LOCKSTEP_DEPTHWISE(avxvnni)
#endif

#if defined(LOCKSTEP_KERNELS_AVX2)
LOCKSTEP_DEPTHWISE(avx2)

bool AcceptsDepthwise256(const LayerArgs& args) {
  if (!AcceptsDepthwiseBytes(args)) return false;
  const DepthwiseLayer layer = DescribeDepthwise(args);
  const int64_t groups = (int64_t{layer.kernel_h} + 1) / 2;
  const int64_t columns = int64_t{layer.kernel_w - 1} * layer.dilation_w + 1;
  return layer.kernel_h <= kMostRows256 && groups * layer.kernel_w <= kWeightGroups256 &&
         groups * columns <= kColumnGroups256 && layer.channels >= kFewestChannels256;
}
#endif

#if defined(LOCKSTEP_KERNELS_NEON)
LOCKSTEP_DEPTHWISE(neon)
#endif

#if defined(LOCKSTEP_KERNELS_NEONDOT)
LOCKSTEP_DEPTHWISE(neondot)

void depthwise_conv_3x3_u8s8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  depthwise_rows_3x3_u8s8_neon(DescribeDepthwise(args), begin, end);
}

// Those with padding of a pixel at the most on either side, and shifts of at least 1.
bool AcceptsDepthwise3x3(const LayerArgs& args) {
  if (!AcceptsDepthwiseNeon(args)) return false;
  const DepthwiseLayer layer = DescribeDepthwise(args);
  const int32_t right = (layer.out_w - 1) * layer.stride_w - layer.pad_left + 2;  // the last window's column
  return layer.kernel_h == 3 && layer.kernel_w == 3 && layer.dilation_h == 1 && layer.dilation_w == 1 &&
         layer.stride_w <= 2 && layer.pad_left <= 1 && right <= layer.in_w && layer.in_w >= 2 &&
         layer.out_w >= (right == layer.in_w ? 2 : 1) && layer.channels >= kDepthwiseBlock &&
         *std::min_element(layer.shift, layer.shift + layer.channels) >= 1;
}
#endif

#if defined(LOCKSTEP_KERNELS_MSA)
LOCKSTEP_DEPTHWISE(msa)

bool AcceptsDepthwiseMsa(const LayerArgs& args) {
  if (!AcceptsDepthwiseBytes(args)) return false;
  const DepthwiseLayer layer = DescribeDepthwise(args);
  const int64_t quads = (int64_t{layer.kernel_h} + 3) / 4;
  const int64_t span = int64_t{layer.kernel_w - 1} * layer.dilation_w + 1;
  return quads * layer.kernel_w <= kWeightQuadsMsa && quads * span <= kColumnQuadsMsa;
}
#endif

#if defined(LOCKSTEP_KERNELS_SCALAR)
LOCKSTEP_DEPTHWISE(portable)
#endif

#undef LOCKSTEP_DEPTHWISE

#if defined(LOCKSTEP_KERNELS_NEON) || defined(LOCKSTEP_KERNELS_MSA)
namespace {

void RunLanes(const LayerArgs& args, int64_t begin, int64_t end, DepthwiseRows* rows, ApplyTableFunction* apply) {
  const DepthwiseLayer layer = DescribeDepthwise(args);
  rows(layer, begin, end);
  if (layer.table == nullptr || layer.wide_table) return;
  const TensorView& y = args.outputs[0];
  uint8_t* first = y.data + begin * y.shape[2] * layer.out_pitch;
  const int64_t pixels = (end - begin) * y.shape[2];
  if (layer.wide_output) {
    ApplyWideTable(layer.table, StretchesOf(y, reinterpret_cast<uint16_t*>(first), pixels));
  } else {
    apply(layer.table, StretchesOf(y, first, pixels));
  }
}

}  // namespace

#if defined(LOCKSTEP_KERNELS_NEON)
void depthwise_conv_uxs8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  RunLanes(args, begin, end, depthwise_rows_uxs8_neon, ApplyTableNeon);
}
#else
void depthwise_conv_uxs8_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  RunLanes(args, begin, end, depthwise_rows_uxs8_msa, ApplyTableMsa);
}
#endif
#endif

}  // namespace lockstep::kernels
