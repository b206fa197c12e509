// The elements of one row of an image in memory, which are one piece, or one for each pixel in a strided tensor.
#pragma once

#include <cstdint>

#include "ops/layer_args.h"

namespace lockstep::kernels {

struct ImageRow {
  explicit ImageRow(const TensorView& image)
      : pieces(IsStrided(image) ? image.shape[2] : 1),
        length(IsStrided(image) ? image.shape[3] : int64_t{image.shape[2]} * image.shape[3]),
        pitch(image.pitch),
        step(image.shape[2] * image.pitch) {}

  // visit(place from the row's first element, place as if the pixels lay side by side, count)
  template <typename Visit>
  void ForEachPiece(Visit visit) const {
    for (int64_t i = 0; i < pieces; ++i) visit(i * pitch, i * length, length);
  }

  int64_t pieces, length, pitch;
  int64_t step;  // elements from one row to the next
};

}  // namespace lockstep::kernels
