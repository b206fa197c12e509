// What the generated header does not say about the elements of a joint model's tensors.
#pragma once

#include <cstdint>

#include "joint_generated.h"

namespace lockstep::joint {

constexpr int64_t ElementBytes(DType dtype) {
  switch (dtype) {
    case DType::U8:
    case DType::S8:
    case DType::BOOL:
      return 1;
    case DType::U16:
    case DType::S16:
      return 2;
    case DType::S32:
    case DType::F32:
      return 4;
    case DType::S64:
      return 8;
  }
  return 1;
}

}  // namespace lockstep::joint
