#include "lower/weight_packing.h"

#include <cstddef>
#include <cstring>

namespace lockstep::lower {

std::vector<int8_t> PackO16I4(const std::vector<int8_t>& weights, const WeightShape& shape) {
  const int64_t oc_of_group = shape.oc / shape.groups;
  const int64_t blocks = (oc_of_group + 15) / 16;
  const bool dilated = shape.dilation_w > 1;
  const int64_t segments = dilated ? shape.kh * shape.kw : shape.kh;
  const int64_t quads = ((dilated ? shape.ic : shape.kw * shape.ic) + 3) / 4;
  std::vector<int8_t> packed(static_cast<size_t>(shape.groups * blocks * segments * quads * 64), 0);
  const int8_t* weight = weights.data();
  for (int64_t oc = 0; oc < shape.oc; ++oc) {
    const int64_t lane = oc % oc_of_group % 16;
    const int64_t block = oc / oc_of_group * blocks + oc % oc_of_group / 16;
    for (int64_t ic = 0; ic < shape.ic; ++ic) {
      for (int64_t ky = 0; ky < shape.kh; ++ky) {
        for (int64_t kx = 0; kx < shape.kw; ++kx) {
          const int64_t segment = dilated ? ky * shape.kw + kx : ky;
          const int64_t depth = dilated ? ic : kx * shape.ic + ic;
          packed[((block * segments + segment) * quads + depth / 4) * 64 + lane * 4 + depth % 4] = *weight++;
        }
      }
    }
  }
  return packed;
}

std::vector<float> PackO16(const std::vector<float>& weights, const WeightShape& shape) {
  const int64_t oc_of_group = shape.oc / shape.groups;
  const int64_t blocks = (oc_of_group + 15) / 16;
  const int64_t taps = shape.kh * shape.kw;
  std::vector<float> packed(static_cast<size_t>(shape.groups * blocks * taps * shape.ic * 16), 0.0F);
  const float* weight = weights.data();
  for (int64_t oc = 0; oc < shape.oc; ++oc) {
    const int64_t lane = oc % oc_of_group % 16;
    const int64_t block = oc / oc_of_group * blocks + oc % oc_of_group / 16;
    for (int64_t ic = 0; ic < shape.ic; ++ic) {
      for (int64_t tap = 0; tap < taps; ++tap) {
        packed[((block * taps + tap) * shape.ic + ic) * 16 + lane] = *weight++;
      }
    }
  }
  return packed;
}

template <typename Weight>
std::vector<Weight> PackDepthwise(const std::vector<Weight>& weights, const WeightShape& shape) {
  std::vector<Weight> packed(weights.size());
  const int64_t taps = shape.kh * shape.kw;
  for (int64_t c = 0; c < shape.oc; ++c) {
    for (int64_t tap = 0; tap < taps; ++tap) packed[tap * shape.oc + c] = weights[c * taps + tap];
  }
  return packed;
}

WeightBytes BytesOf(int16_t weight, bool wide) {
  if (!wide) return {0, weight};
  const int32_t half = kHighBase / 2;
  const int32_t high = weight < 0 ? -((half - weight) / kHighBase) : (weight + half) / kHighBase;
  return {high, weight - kHighBase * high};
}

void PackedWeights::Append(const std::vector<int16_t>& weights, const WeightShape& shape, bool wide) {
  std::vector<int8_t> highs(weights.size());
  std::vector<int8_t> lows(weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    const WeightBytes bytes = BytesOf(weights[i], wide);
    highs[i] = static_cast<int8_t>(bytes.high);
    lows[i] = static_cast<int8_t>(bytes.low);
  }
  const auto append = [&](const std::vector<int8_t>& values, std::vector<int8_t>& to) {
    const std::vector<int8_t> packed = PackO16I4(values, shape);
    to.insert(to.end(), packed.begin(), packed.end());
  };
  if (wide) append(highs, high);
  append(lows, low);
}

std::vector<uint8_t> PackedWeights::Bytes() const {
  std::vector<uint8_t> bytes(high.begin(), high.end());
  bytes.insert(bytes.end(), low.begin(), low.end());
  return bytes;
}

std::vector<uint8_t> ToBytes(const std::vector<int16_t>& weights, bool wide) {
  std::vector<uint8_t> bytes;
  for (const int16_t weight : weights) {
    bytes.push_back(static_cast<uint8_t>(weight));
    if (wide) bytes.push_back(static_cast<uint8_t>(weight >> 8));
  }
  return bytes;
}

std::vector<uint8_t> ToBytes(const std::vector<float>& weights) {
  std::vector<uint8_t> bytes(weights.size() * sizeof(float));
  std::memcpy(bytes.data(), weights.data(), bytes.size());
  return bytes;
}

template <typename Weight>
std::vector<Weight> SwapSpatial(const std::vector<Weight>& weights, const WeightShape& shape) {
  std::vector<Weight> swapped(weights.size());
  const int64_t taps = shape.kh * shape.kw;
  for (int64_t plane = 0; plane < shape.oc * shape.ic; ++plane) {
    for (int64_t ky = 0; ky < shape.kh; ++ky) {
      for (int64_t kx = 0; kx < shape.kw; ++kx) {
        swapped[plane * taps + kx * shape.kh + ky] = weights[plane * taps + ky * shape.kw + kx];
      }
    }
  }
  return swapped;
}

template std::vector<int16_t> PackDepthwise(const std::vector<int16_t>& weights, const WeightShape& shape);
template std::vector<float> PackDepthwise(const std::vector<float>& weights, const WeightShape& shape);
template std::vector<int16_t> SwapSpatial(const std::vector<int16_t>& weights, const WeightShape& shape);
template std::vector<float> SwapSpatial(const std::vector<float>& weights, const WeightShape& shape);

}  // namespace lockstep::lower
