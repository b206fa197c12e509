// A picture's pixels: the bytes of three channels are taken apart, looked up, and put together again.
#include <algorithm>

#include "ops/channel_lookup/channel_lookup.h"
#include "ops/channel_lookup/channel_rows.h"
#include "ops/common/byte_rows.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace lockstep::kernels {

#if defined(__aarch64__)
namespace {

constexpr int kChannels = 3;
constexpr int64_t kEntries = 256;
constexpr int64_t kPixels = 256;  // at a time
constexpr int64_t kVector = 16;

void LookUpPixels(const uint8_t* tables, const uint8_t* from, uint8_t* to, int64_t pixels) {
  uint8_t planes[kChannels][kPixels];
  int64_t i = 0;
  for (; i + kVector <= pixels; i += kVector) {
    const uint8x16x3_t v = vld3q_u8(from + kChannels * i);
    for (int c = 0; c < kChannels; ++c) vst1q_u8(planes[c] + i, v.val[c]);
  }
  for (; i < pixels; ++i) {
    for (int c = 0; c < kChannels; ++c) planes[c][i] = from[kChannels * i + c];
  }
  for (int c = 0; c < kChannels; ++c) {
    LookUpRowsNeon(tables + c * kEntries, {planes[c], 0, planes[c], 0, 1, pixels});
  }
  for (i = 0; i + kVector <= pixels; i += kVector) {
    vst3q_u8(to + kChannels * i, {{vld1q_u8(planes[0] + i), vld1q_u8(planes[1] + i), vld1q_u8(planes[2] + i)}});
  }
  for (; i < pixels; ++i) {
    for (int c = 0; c < kChannels; ++c) to[kChannels * i + c] = planes[c][i];
  }
}

}  // namespace

bool AcceptsChannelLookupNeon(const LayerArgs& args) {
  return AreBytes(args) && RowLength(args.outputs[0]) == kChannels && args.inputs[0].pitch == kChannels &&
         args.outputs[0].pitch == kChannels;
}

void channel_lookup_u8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const ChannelRows rows = ChannelRowsOf(args, begin, end);
  for (int64_t pixel = 0; pixel < rows.pixels; pixel += kPixels) {
    const int64_t at = pixel * kChannels;
    LookUpPixels(rows.tables, rows.from + at, rows.to + at, std::min(kPixels, rows.pixels - pixel));
  }
}
#endif

}  // namespace lockstep::kernels
