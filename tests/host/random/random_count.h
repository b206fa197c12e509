// How many random networks a test takes, and how near two engines must be.
#pragma once

#include <cstdint>
#include <string>

#include "engine/float/float_engine.h"

namespace lockstep::test {

// LOCKSTEP_RANDOM_GRAPHS, or `usual`.
uint32_t RandomGraphCount(uint32_t usual);

// The first element that differs by more than 1e-4 of the range of `expected`; empty if there is none. Tensors whose
// values are all nearly the same count with a range of 1e-3, and 8 * 2^-23 of the largest magnitude, or of 1 where that
// is smaller, is always allowed.
std::string DifferenceOf(const engine::FloatTensor& values, const engine::FloatTensor& expected);

}  // namespace lockstep::test
