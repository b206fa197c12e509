// The runtime, natively, against the reference engine: every layer of a joint model, byte by byte.
#pragma once

#include <cstdint>
#include <vector>

namespace lockstep::test {

// Inputs are random bytes. Reports the first byte that differs to GoogleTest.
void ExpectEqualLayers(const std::vector<uint8_t>& file, uint32_t seed, int threads);

}  // namespace lockstep::test
