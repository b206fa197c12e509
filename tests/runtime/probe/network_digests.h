// The networks that every build on every target has to run to the reference engine's bytes, and how their layers'
// bytes become one digest.
#pragma once

#include <cstdint>

namespace lockstep::test {

inline constexpr uint64_t kRandomNetworks = 12;  // of the seeds 1 and up; seed 0 stands for the small network

struct NetworkDigest {
  uint64_t seed;
  const char* digest;  // the md5 of the md5s of all layers' outputs, with SeededBytes(1) as the inputs
};

}  // namespace lockstep::test
