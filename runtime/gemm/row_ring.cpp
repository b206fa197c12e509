#include "gemm/row_ring.h"

#include <algorithm>
#include <cstring>

namespace lockstep::kernels {

namespace {

void CopyActivations(const uint8_t* __restrict from, uint8_t* __restrict to, int64_t bytes, uint8_t flip) {
  if (flip == 0) {
    std::memcpy(to, from, static_cast<size_t>(bytes));
    return;
  }
  for (int64_t i = 0; i < bytes; ++i) to[i] = from[i] ^ kSignFlip;
}

// A pixel is too short for a call.
constexpr int64_t kChunk = 16;

void CopyChunk(const uint8_t* __restrict from, uint8_t* __restrict to, uint8_t flip) {
  for (int64_t i = 0; i < kChunk; ++i) to[i] = from[i] ^ flip;
}

// One byte of each of the elements of two.
void CopyOneOfTwo(const uint8_t* __restrict from, uint8_t* __restrict to, int64_t count, uint8_t flip) {
  for (int64_t i = 0; i < count; ++i) to[i] = from[2 * i] ^ flip;
}

}  // namespace

void CopyPixels(const Pixels& pixels, int64_t channels, uint8_t* to, uint8_t flip) {
  if (pixels.count == 0) return;  // rows of padding have no source
  if (pixels.element != 1) {
    const bool together = pixels.step == channels * pixels.element;
    const int64_t runs = together ? 1 : pixels.count;
    const int64_t length = together ? pixels.count * channels : channels;
    for (int64_t x = 0; x < runs; ++x) CopyOneOfTwo(pixels.from + x * pixels.step, to + x * length, length, flip);
    return;
  }
  if (pixels.step == channels) {
    CopyActivations(pixels.from, to, pixels.count * channels, flip);
    return;
  }
  const int64_t chunks = channels / kChunk;
  const int64_t rest = channels % kChunk;
  for (int64_t x = 0; x < pixels.count; ++x) {
    const uint8_t* from = pixels.from + x * pixels.step;
    for (int64_t i = 0; i < chunks; ++i, from += kChunk, to += kChunk) CopyChunk(from, to, flip);
    for (int64_t i = 0; i < rest; ++i) to[i] = from[i] ^ flip;
    to += rest;
  }
}

void RowRing::Load(int64_t image, int64_t first, int64_t last) {
  if (image != image_ || from_the_first_) {
    image_ = image;
    next_ = 0;
    slot_0_ = from_the_first_ ? first : 0;
  }
  for (int64_t row = std::max(first, next_); row <= last; ++row) {
    for (int32_t byte = 0; byte < geometry_.input_bytes; ++byte) CopyRow(row, byte);
  }
  next_ = std::max(next_, last + 1);
}

void RowRing::Fill(uint8_t* to, int64_t bytes, int32_t byte) const {
  std::memset(to, static_cast<uint8_t>(input_.zero_point >> (8 * byte)) ^ flip_, static_cast<size_t>(bytes));
}

void RowRing::CopyRow(int64_t row, int32_t byte) {
  const ConvGeometry& g = geometry_;
  const int64_t y = row - g.pad_top;
  const int64_t channels = g.group_in;
  const bool outside = y < 0 || y >= g.in_h;
  const int64_t left = outside ? g.row_pixels : std::min(g.pad_left, g.row_pixels);
  const int64_t inside = outside ? 0 : std::min(g.in_w, g.row_pixels - static_cast<int32_t>(left));
  const int64_t step = input_.pitch * g.input_bytes;
  const uint8_t* from = outside ? nullptr : input_.data + (image_ * g.in_h + y) * g.in_w * step + byte;
  for (int32_t group = 0; group < g.groups; ++group) {
    uint8_t* to = Slot(row, byte) + group * g.row_stride;
    Fill(to, left * channels, byte);
    to += left * channels;
    if (!outside) {
      CopyPixels({from + group * channels * g.input_bytes, inside, step, g.input_bytes}, channels, to, flip_);
    }
    Fill(to + inside * channels, (g.row_pixels - left - inside) * channels, byte);
  }
}

}  // namespace lockstep::kernels
