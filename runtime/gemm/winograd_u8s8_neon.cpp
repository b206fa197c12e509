#include "gemm/winograd_fits.h"
#include "gemm/winograd_inputs_neon.h"
#include "gemm/winograd_outputs_neon.h"
#include "gemm/winograd_product_neon.h"
#include "gemm/winograd_tiles.h"
#include "gemm/winograd_weights_neon.h"
#include "gemm/winograd_wide_neon.h"

namespace lockstep::kernels {
namespace {

class KernelsNeon {
 public:
  explicit KernelsNeon(const WinogradLayer& layer)
      : stride_(layer.stride), finish_(layer), pitch_(layer.out_pitch), row_step_(layer.out_w * layer.out_pitch) {}

  static void Fetch(const int8_t* /*from*/, int64_t /*bytes*/) {}

  static void SumWeights(const int8_t* weights, int64_t quads, int16_t* positive, int16_t* negative) {
    const int8x16_t zero = vdupq_n_s8(0);
    int16x8_t more = vdupq_n_s16(0);
    int16x8_t less = more;
    for (; quads > 0; --quads, weights += kQuadBytes) {
      const int8x16_t w = vld1q_s8(weights);
      more = vpadalq_s8(more, vmaxq_s8(w, zero));
      less = vpadalq_s8(less, vminq_s8(w, zero));
    }
    vst1q_s16(positive, more);
    vst1q_s16(negative, less);
  }

  void TransformInputs(const WinogradInput& input) const { (stride_ == 1 ? TransformTile : TransformWideTile)(input); }

  void TransformWeights(const int8_t* weights, ptrdiff_t tap_step, int32_t depth, int16_t* to, ptrdiff_t step) const {
    TransformAllWeights(stride_, weights, tap_step, depth, to, step);
  }

  static void Multiply(const WinogradProduct& product) { MultiplyPosition(product); }

  void Write(const WinogradConstants& constants, const int32_t* from, const WinogradOutput& output,
             int32_t channel) const {
    uint8_t* to = output.to + channel;
    const auto transform = stride_ == 1 ? TransformProducts : TransformWideProducts;
    if (output.rows == kTile && output.columns == kTile && constants.channels == kBlockChannels) {
      transform(constants, from, finish_, {to, pitch_, row_step_});
      return;
    }
    uint8_t bytes[kTile][kTile][kBlockChannels];
    transform(constants, from, finish_, {bytes[0][0], kBlockChannels, kTile * kBlockChannels});
    for (int32_t row = 0; row < output.rows; ++row, to += row_step_) {
      uint8_t* pixel = to;
      for (int32_t column = 0; column < output.columns; ++column, pixel += pitch_) {
        if (constants.channels == kBlockChannels) {
          vst1q_u8(pixel, vld1q_u8(bytes[row][column]));
        } else {
          StoreSomeBytes(vld1q_u8(bytes[row][column]), constants.channels, pixel);
        }
      }
    }
  }

 private:
  int32_t stride_;
  FinishTile finish_;
  int64_t pitch_, row_step_;
};

}  // namespace

void winograd_u8s8_neon(const WinogradLayer& layer, int64_t image, int64_t begin, int64_t end, uint8_t* scratch) {
  WinogradTiles<KernelsNeon>(layer, image, scratch).Run(begin, end);
}

bool winograd_fits_neon(const int8_t* weights, int64_t quads, const int32_t* acc_init, int32_t channels) {
  return FitsWinograd<KernelsNeon>(weights, quads, acc_init, channels);
}

}  // namespace lockstep::kernels
