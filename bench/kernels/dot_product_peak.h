// The most vpdpbusd multiply-accumulates that this core does in a second: a loop over registers alone.
#pragma once

#include <cstdint>

namespace lockstep::bench {

// Runs `rounds` rounds and returns the multiply-accumulates done. Only for a CPU with Isa::kAvx512Vnni.
int64_t RunDotProducts(int64_t rounds);

}  // namespace lockstep::bench
