#include "check/layer_check.h"
#include "ops/common/check_packed_weights.h"
#include "ops/conv_transpose/conv_transpose.h"
#include "ops/conv_transpose/transposed_axis.h"

namespace lockstep::check {
namespace {

constexpr int64_t kMaxStride = 64;
constexpr int64_t kMaxRowElements = int64_t{1} << 28;

struct AxisNames {
  const char* stride;
  const char* pad;
  const char* shape;
  int axis;
};

constexpr AxisNames kHeight = {"stride_h", "pad_top",
                               "the output's height is beyond what input, kernel and stride make", 1};
constexpr AxisNames kWidth = {"stride_w", "pad_left", "the output's width is beyond what input, kernel and stride make",
                              2};

// An output has fewer than `stride` elements behind the last tap of the last input.
Verdict CheckAxis(const LayerCheck& layer, const AxisNames& names, int64_t kernel, int64_t stride, int64_t pad) {
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange(names.stride, stride, 1, kMaxStride));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange(names.pad, pad, 0, kernel - 1));
  const int64_t in = Shape(layer.input(0))[names.axis];
  const int64_t out = Shape(layer.output())[names.axis];
  if (out + pad > in * stride + kernel - 1) return layer.Wrong("shape", names.shape);
  return Verdict::kPassed;
}

// Of each phase in its turn.
template <typename Visit>
Verdict ForPhases(const joint::ConvTranspose& o, const int32_t* w, Visit visit) {
  PackedPart part;
  part.groups = o.groups();
  part.channels = w[0] / o.groups();
  for (int32_t y = 0; y < o.stride_h(); ++y) {
    for (int32_t x = 0; x < o.stride_w(); ++x, part.sums += w[0]) {
      part.segments = kernels::TapsOfPhase(w[1], o.stride_h(), y);
      part.length = int64_t{kernels::TapsOfPhase(w[2], o.stride_w(), x)} * w[3];
      part.absent = y >= w[1] || x >= w[2];
      LOCKSTEP_RETURN_IF_FAULT(visit(part));
    }
  }
  return Verdict::kPassed;
}

Verdict CheckPhases(LayerCheck& layer, const joint::ConvTranspose& o, const PackedSums& sums,
                    const joint::Tensor& weights) {
  int64_t bytes = 0;
  LOCKSTEP_RETURN_IF_FAULT(ForPhases(o, Shape(weights), [&](const PackedPart& part) {
    bytes += part.bytes();
    return Verdict::kPassed;
  }));
  PackedBytes data;
  LOCKSTEP_RETURN_IF_FAULT(PackedData(layer, weights, bytes, &data));
  return ForPhases(o, Shape(weights),
                   [&](const PackedPart& part) { return CheckPackedPart(layer, part, sums, &data); });
}

}  // namespace

Verdict CheckConvTranspose(LayerCheck& layer) {
  const auto& o = layer.options<joint::ConvTranspose>();
  const bool is_float = layer.output().dtype() == joint::DType::F32;
  LOCKSTEP_RETURN_IF_FAULT(CheckPackedConv(layer, o.groups()));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  const joint::Tensor& weights = layer.input(1);
  const int32_t* w = Shape(weights);
  LOCKSTEP_RETURN_IF_FAULT(CheckAxis(layer, kHeight, w[1], o.stride_h(), o.pad_top()));
  LOCKSTEP_RETURN_IF_FAULT(CheckAxis(layer, kWidth, w[2], o.stride_w(), o.pad_left()));
  // Input rows of a step, padding and all.
  const int64_t rows = kernels::TapsOfPhase(w[1], o.stride_h(), 0);
  const int64_t row = (int64_t{Shape(x)[2]} + 2 * int64_t{w[2]}) * Shape(x)[3];
  if (row * rows > kMaxRowElements) {  // tensors have fewer than 2^31 elements: no overflow
    return layer.Wrong("shape", "the input rows that an output row needs are too large");
  }
  LOCKSTEP_RETURN_IF_FAULT(
      layer.Work(Elements(y), static_cast<uint64_t>(rows * kernels::TapsOfPhase(w[2], o.stride_w(), 0) * w[3])));
  LOCKSTEP_RETURN_IF_FAULT(layer.Work(static_cast<uint64_t>(Shape(y)[0]) * Shape(y)[1], static_cast<uint64_t>(row)));
  const PackedSums sums(o);
  if (is_float) return CheckFloatConv(layer, sums);
  LOCKSTEP_RETURN_IF_FAULT(CheckPackedSums(layer, sums, int64_t{o.stride_h()} * o.stride_w()));
  return CheckPhases(layer, o, sums, weights);
}

}  // namespace lockstep::check
