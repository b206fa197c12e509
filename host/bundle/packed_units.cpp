#include "bundle/packed_units.h"

#include <algorithm>

namespace lockstep::bundle {
namespace {

constexpr int32_t kLanes = 16;
constexpr int32_t kQuad = 4;

struct Part {
  int32_t segments = 0;
  int32_t length = 0;  // of a segment, in weights of a channel
  bool absent = false;
};

// The parts that are packed one behind the other: a convolution is one, a transposed one has a part for each phase.
std::vector<Part> PartsOf(const joint::TensorT& weights, const joint::OptionsUnion& options) {
  const int32_t kh = weights.shape[1];
  const int32_t kw = weights.shape[2];
  const int32_t ic = weights.shape[3];
  if (const joint::ConvT* conv = options.AsConv()) {
    return {conv->dilation_w > 1 ? Part{kh * kw, ic, false} : Part{kh, kw * ic, false}};
  }
  const joint::ConvTransposeT& transposed = *options.AsConvTranspose();
  std::vector<Part> parts;
  for (int32_t row = 0; row < transposed.stride_h; ++row) {
    for (int32_t column = 0; column < transposed.stride_w; ++column) {
      const int32_t rows = std::max((kh - row + transposed.stride_h - 1) / transposed.stride_h, 0);
      const int32_t columns = std::max((kw - column + transposed.stride_w - 1) / transposed.stride_w, 0);
      parts.push_back({std::max(rows, 1), std::max(columns, 1) * ic, rows == 0 || columns == 0});
    }
  }
  return parts;
}

}  // namespace

std::vector<int32_t> SumsOfPacking(const joint::TensorT& weights, const joint::OptionsUnion& options) {
  const joint::ConvT* conv = options.AsConv();
  const int32_t groups = conv != nullptr ? conv->groups : options.AsConvTranspose()->groups;
  const int32_t channels = weights.shape[0];
  const int32_t of_group = channels / groups;
  std::vector<int32_t> sums;
  if (weights.packing == joint::Packing::O16) {  // floats: [group][oc/16][kh][kw][ic][16]
    const int32_t taps = weights.shape[1] * weights.shape[2] * weights.shape[3];
    for (int32_t group = 0; group < groups; ++group) {
      for (int32_t first = 0; first < of_group; first += kLanes) {
        for (int32_t i = 0; i < taps * kLanes; ++i) {
          const int32_t channel = first + i % kLanes;
          sums.push_back(channel < of_group ? group * of_group + channel : -1);
        }
      }
    }
    return sums;
  }
  int32_t base = 0;
  for (const Part& part : PartsOf(weights, options)) {
    const int32_t quads = (part.length + kQuad - 1) / kQuad;
    for (int32_t group = 0; group < groups; ++group) {
      for (int32_t first = 0; first < of_group; first += kLanes) {
        for (int32_t unit = 0; unit < part.segments * quads; ++unit) {
          const int32_t taken = part.absent ? 0 : part.length - unit % quads * kQuad;
          for (int32_t i = 0; i < kLanes * kQuad; ++i) {
            const int32_t channel = first + i / kQuad;
            const bool weight = channel < of_group && i % kQuad < taken;
            sums.push_back(weight ? base + group * of_group + channel : -1);
          }
        }
      }
    }
    base += channels;
  }
  return sums;
}

}  // namespace lockstep::bundle
