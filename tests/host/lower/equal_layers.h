// The runtime, natively, against the reference engine: every layer of a joint model, byte by byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::test {

// Inputs are random bytes. The first byte that differs, in words; empty if none does.
std::string DifferentLayer(const std::vector<uint8_t>& file, uint32_t seed, int threads);

// Reports it to GoogleTest.
void ExpectEqualLayers(const std::vector<uint8_t>& file, uint32_t seed, int threads);

}  // namespace lockstep::test
