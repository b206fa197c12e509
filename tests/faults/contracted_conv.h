// conv_f32_portable as a compiler makes it that may contract multiplications and additions.
#pragma once

#include "ops/layer_args.h"

namespace lockstep::kernels {

void conv_f32_contracted(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch);

}  // namespace lockstep::kernels
