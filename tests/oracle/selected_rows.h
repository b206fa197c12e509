// The rows of a NonMaxSuppression that was optimised: behind those that it selected are rows of -1.
#pragma once

#include <cstdint>

#include "engine/float/float_engine.h"

namespace lockstep::oracle {

// Without those beyond the rows that are expected.
inline engine::FloatTensor WithoutPadding(engine::FloatTensor ours, const graph::Shape& expected) {
  const bool rows = ours.shape.size() == 2 && expected.size() == 2 && ours.shape[1] == 3;
  while (rows && ours.shape[0] > expected[0] && ours.data.back() == -1.0F) {
    ours.data.resize(ours.data.size() - 3);
    --ours.shape[0];
  }
  return ours;
}

}  // namespace lockstep::oracle
