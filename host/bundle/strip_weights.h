// A joint model with the same structure, shapes and scales whose weights are random: it computes nonsense, and computes
// it on every board as the original would, so a fault of a kernel shows and the network does not.
#pragma once

#include <cstdint>
#include <vector>

#include "joint_generated.h"

namespace lockstep::bundle {

// Every constant, what sums start from, and tables by channel become random within the range that they had; what
// follows from the weights is computed again. Digests of the source and test vectors are left out. Throws Error if the
// result is no valid model.
std::vector<uint8_t> StripWeights(const joint::Model& model, uint64_t seed);

}  // namespace lockstep::bundle
