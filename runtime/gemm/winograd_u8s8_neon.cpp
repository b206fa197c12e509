#include "gemm/winograd_product_neon.h"
#include "gemm/winograd_tiles.h"
#include "gemm/winograd_transforms_neon.h"

namespace lockstep::kernels {
namespace {

struct KernelsNeon {
  static void TransformInputs(const uint8_t* const* at, int32_t channels, int16_t* to, ptrdiff_t step) {
    for (int32_t channel = 0; channel < channels; channel += kChannelsAtATime) {
      TransformEight(at, channel, to + channel * kTileGroup, step);
    }
  }

  static void TransformWeights(const int8_t* weights, ptrdiff_t tap_step, int16_t* to) {
    TransformQuad(weights, tap_step, to);
  }

  static void Multiply(const WinogradProduct& product) { MultiplyPosition(product); }

  static void Write(const WinogradLayer& layer, const WinogradConstants& constants, const int32_t* from, int32_t rows,
                    int32_t columns, uint8_t* to) {
    int16_t values[kWinogradTile * kWinogradTile * kBlockChannels];
    TransformProducts(layer.short_shifts, constants, from, values);
    const ByteLimitsNeon limits(layer.zero_point, layer.low, layer.high);
    for (int32_t y = 0; y < rows; ++y, to += layer.out_w * layer.out_pitch) {
      StoreValues(limits, constants.channels, values + y * kWinogradTile * kBlockChannels, columns, layer.out_pitch,
                  to);
    }
  }
};

}  // namespace

void winograd_u8s8_neon(const WinogradLayer& layer, int64_t image, int32_t begin, int32_t end, uint8_t* scratch) {
  WinogradTiles<KernelsNeon>(layer, image, begin, end, scratch).Run();
}

}  // namespace lockstep::kernels
