// Which channel each byte of packed convolution weights belongs to (docs/model-format.md).
#pragma once

#include <cstdint>
#include <vector>

#include "joint_generated.h"

namespace lockstep::bundle {

// Of each element of a packing, one plane of bytes: the entry of acc_init whose sum it is part of, or -1 for padding.
std::vector<int32_t> SumsOfPacking(const joint::TensorT& weights, const joint::OptionsUnion& options);

}  // namespace lockstep::bundle
