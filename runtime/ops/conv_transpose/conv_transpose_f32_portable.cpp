#include <algorithm>

#include "ops/common/float_elements.h"
#include "ops/conv_transpose/conv_transpose.h"

namespace lockstep::kernels {
namespace {

constexpr int32_t kLanes = 16;  // output channels side by side in the packing O16

// The taps that lead to an output from within the input, from the largest on.
struct Taps {
  Taps(int32_t at, int32_t kernel, int32_t stride, int32_t inputs) {
    const int32_t phase = at % stride;
    if (phase >= kernel) return;
    const int32_t nearest = at / stride;  // the input of tap `phase`; the one before it meets the next tap
    const int32_t last = std::min((kernel - 1 - phase) / stride, nearest);
    const int32_t first = std::max(0, nearest - (inputs - 1));
    count = last - first + 1;
    tap = phase + last * stride;
    input = nearest - last;
  }

  int32_t count = 0;
  int32_t tap = 0;    // the first; each next one is `stride` less
  int32_t input = 0;  // of the first tap; each next one is one more
};

void Accumulate(const float* x, const float* w, int32_t channels, float* __restrict acc) {
  for (int32_t i = 0; i < channels; ++i) {
    for (int32_t lane = 0; lane < kLanes; ++lane) acc[lane] = acc[lane] + x[i] * w[i * kLanes + lane];
  }
}

}  // namespace

// A unit is one output row.
void conv_transpose_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::ConvTranspose& o = *args.layer->options_as_ConvTranspose();
  const int32_t* in = args.inputs[0].shape;
  const int32_t* out = args.outputs[0].shape;
  const int32_t* kernel = args.inputs[1].shape;  // oc, kh, kw, ic of a group
  const int32_t group_in = kernel[3];
  const int32_t group_out = out[3] / o.groups();
  const int32_t blocks = (group_out + kLanes - 1) / kLanes;
  const int64_t tap_floats = int64_t{group_in} * kLanes;
  const float* bias = Floats(args.inputs[2]);
  float* y = MutableFloats(args.outputs[0]) + begin * out[2] * args.outputs[0].pitch;
  for (int64_t row = begin; row < end; ++row) {
    const Taps rows(static_cast<int32_t>(row % out[1]) + o.pad_top(), kernel[1], o.stride_h(), in[1]);
    const float* image = Floats(args.inputs[0]) + row / out[1] * in[1] * in[2] * args.inputs[0].pitch;
    for (int32_t ox = 0; ox < out[2]; ++ox) {
      const Taps columns(ox + o.pad_left(), kernel[2], o.stride_w(), in[2]);
      for (int32_t block = 0; block < o.groups() * blocks; ++block) {
        const int32_t group = block / blocks;
        const int32_t first = group * group_out + block % blocks * kLanes;
        const int32_t count = std::min(kLanes, (group + 1) * group_out - first);
        const float* weights = Floats(args.inputs[1]) + int64_t{block} * kernel[1] * kernel[2] * tap_floats;
        float acc[kLanes] = {};
        std::copy_n(bias + first, count, acc);
        for (int32_t i = 0; i < rows.count; ++i) {
          for (int32_t j = 0; j < columns.count; ++j) {
            const int64_t tap =
                (rows.tap - int64_t{i} * o.stride_h()) * kernel[2] + columns.tap - int64_t{j} * o.stride_w();
            const int64_t pixel = int64_t{rows.input + i} * in[2] + columns.input + j;
            Accumulate(image + pixel * args.inputs[0].pitch + int64_t{group} * group_in, weights + tap * tap_floats,
                       group_in, acc);
          }
        }
        for (int32_t i = 0; i < count; ++i) f1::Store(y + first + i, acc[i]);
      }
      y += args.outputs[0].pitch;
    }
  }
}

}  // namespace lockstep::kernels
