// How the elements of a tensor are stored and what they stand for.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <utility>
#include <vector>

namespace lockstep::quantize {

// real = scale * (q - zero_point), q in [0, 2^bits - 1].
struct AffineParams {
  double scale = 1.0;
  int32_t zero_point = 0;
  int bits = 8;  // 2..8 stored as u8, 9..16 as u16

  int32_t high() const { return (1 << bits) - 1; }
};

inline bool operator==(const AffineParams& a, const AffineParams& b) {
  return a.scale == b.scale && a.zero_point == b.zero_point && a.bits == b.bits;
}

enum class NumberType : uint8_t { kU8, kU16, kS8, kS16, kS32, kS64, kF32, kBool };

// The largest weight of 2 to 16 bits; the smallest is its negative. 16 bits lack what two bytes of +-127 and a base of
// 255 cannot say (docs/model-format.md).
inline int32_t HighestWeight(int bits) {
  constexpr int32_t kTwoBytes = 255 * 127 + 127;
  return bits == 16 ? kTwoBytes : (1 << (bits - 1)) - 1;
}

struct TensorFormat {
  NumberType type = NumberType::kF32;
  int bits = 32;  // that values use: 2..8 in U8 and S8, 9..16 in U16 and S16
  // real = scales[i] * (q - zero_points[i]), i the place along `axis`, 0 without one. Empty: the values are what they
  // are, reals (F32), integers or truth values. The zero points of an activation are all the same: it is padded with
  // it.
  std::vector<double> scales;
  std::vector<int32_t> zero_points;
  int axis = -1;  // of the ONNX order

  TensorFormat() = default;                 // F32
  TensorFormat(const AffineParams& params)  // NOLINT(google-explicit-constructor): the format of an activation
      : type(params.bits > 8 ? NumberType::kU16 : NumberType::kU8),
        bits(params.bits),
        scales{params.scale},
        zero_points{params.zero_point} {}

  // Integers that stand for themselves, such as indices.
  static TensorFormat Indices() {
    TensorFormat format;
    format.type = NumberType::kS64;
    format.bits = 64;
    return format;
  }
  static TensorFormat Truth() {
    TensorFormat format;
    format.type = NumberType::kBool;
    format.bits = 1;
    return format;
  }
  // Symmetric, signed; one scale for each channel of `axis`, or one for all with axis -1.
  static TensorFormat Weights(int bits, std::vector<double> scales, int axis) {
    TensorFormat format;
    format.type = bits > 8 ? NumberType::kS16 : NumberType::kS8;
    format.bits = bits;
    format.zero_points.assign(scales.size(), 0);
    format.scales = std::move(scales);
    format.axis = axis;
    return format;
  }

  // An activation with a scale for each channel (second axis of the ONNX order) and `common`'s bits and zero point.
  static TensorFormat Channels(const AffineParams& common, std::vector<double> scales) {
    TensorFormat format(common);
    format.zero_points.assign(scales.size(), common.zero_point);
    format.scales = std::move(scales);
    format.axis = 1;
    return format;
  }

  // Symmetric, with one scale, in every bit of S8, S16, S32 or S64.
  static TensorFormat Signed(NumberType type, double scale) {
    TensorFormat format;
    format.type = type;
    format.bits = 8 * format.bytes();
    format.scales = {scale};
    format.zero_points = {0};
    return format;
  }

  // Of an element.
  int bytes() const {
    switch (type) {
      case NumberType::kU16:
      case NumberType::kS16:
        return 2;
      case NumberType::kS32:
      case NumberType::kF32:
        return 4;
      case NumberType::kS64:
        return 8;
      default:
        return 1;
    }
  }
  bool is_float() const { return type == NumberType::kF32; }
  // Unsigned with scales: what integer layers read and write.
  bool has_levels() const { return (type == NumberType::kU8 || type == NumberType::kU16) && !scales.empty(); }
  // With one scale, as all layers but convolutions want it.
  bool is_affine() const { return has_levels() && axis < 0; }
  AffineParams affine() const {
    assert(is_affine());
    return {scales[0], zero_points[0], bits};
  }
  bool has_channel_scales() const { return has_levels() && axis >= 0; }
  // The levels of a channel; without scales per channel those of all.
  AffineParams channel(size_t index) const {
    assert(has_levels());
    const size_t at = axis < 0 ? 0 : index;
    return {scales[at], zero_points[at], bits};
  }
  // Those of the channel with the largest scale: what all channels can be rounded to.
  AffineParams coarsest() const {
    assert(has_levels());
    return {*std::max_element(scales.begin(), scales.end()), zero_points[0], bits};
  }
};

inline bool operator==(const TensorFormat& a, const TensorFormat& b) {
  return a.type == b.type && a.bits == b.bits && a.scales == b.scales && a.zero_points == b.zero_points &&
         a.axis == b.axis;
}

}  // namespace lockstep::quantize
