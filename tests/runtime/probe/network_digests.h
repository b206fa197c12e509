// The networks that every build on every target has to run to the reference engine's bytes, and how their layers'
// bytes become one digest.
#pragma once

#include <cstdint>

#include "support/joint_models.h"

namespace lockstep::test {

inline constexpr uint64_t kRandomNetworks = 12;  // of the seeds 1 and up; 0 stands for the small network

// The next one stands for the network of views.
inline joint::ModelT NetworkOf(uint64_t seed) {
  if (seed == kRandomNetworks + 1) return ViewNetwork();
  return seed == 0 ? SmallNetwork() : RandomNetwork(seed);
}

struct NetworkDigest {
  uint64_t seed;
  const char* digest;  // the md5 of the md5s of all layers' outputs, with SeededBytes(1) as the inputs
};

}  // namespace lockstep::test
