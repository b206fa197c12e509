#include "gemm/winograd_inputs_neon.h"
#include "gemm/winograd_outputs_neon.h"
#include "gemm/winograd_product_neon.h"
#include "gemm/winograd_tiles.h"
#include "gemm/winograd_weights_neon.h"

namespace lockstep::kernels {
namespace {

struct KernelsNeon {
  static void TransformInputs(const WinogradInput& input) { TransformTile(input); }

  static void TransformWeights(const int8_t* weights, ptrdiff_t tap_step, int32_t depth, int16_t* to, ptrdiff_t step) {
    TransformAllWeights(weights, tap_step, depth, to, step);
  }

  static void Multiply(const WinogradProduct& product) { MultiplyPosition(product); }

  static void Write(const WinogradLayer& layer, const WinogradConstants& constants, const int32_t* from, int32_t rows,
                    int32_t columns, uint8_t* to) {
    const FinishTile finish(layer);
    const int64_t row_step = layer.out_w * layer.out_pitch;
    if (rows == kTile && columns == kTile && constants.channels == kBlockChannels) {
      TransformProducts(constants, from, finish, {to, layer.out_pitch, row_step});
      return;
    }
    uint8_t bytes[kTile][kTile][kBlockChannels];
    TransformProducts(constants, from, finish, {bytes[0][0], kBlockChannels, kTile * kBlockChannels});
    for (int32_t row = 0; row < rows; ++row, to += row_step) {
      uint8_t* pixel = to;
      for (int32_t column = 0; column < columns; ++column, pixel += layer.out_pitch) {
        if (constants.channels == kBlockChannels) {
          vst1q_u8(pixel, vld1q_u8(bytes[row][column]));
        } else {
          StoreSomeBytes(vld1q_u8(bytes[row][column]), constants.channels, pixel);
        }
      }
    }
  }
};

}  // namespace

void winograd_u8s8_neon(const WinogradLayer& layer, int64_t image, int32_t begin, int32_t end, uint8_t* scratch) {
  WinogradTiles<KernelsNeon>(layer, image, begin, end, scratch).Run();
}

}  // namespace lockstep::kernels
