// ONNX Runtime's C interface, as far as it is needed here. Its header is in no package of Debian and in none of npm;
// its table of functions only ever grows at the end, so that their places are fixed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep::bench::ort {

struct Base {
  const void* const* (*get_api)(uint32_t version);
  const char* (*version)();
};

constexpr uint32_t kVersion = 13;

// Every function but the last four gives an error, or nullptr.
using Error = void*;
enum Place {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetGraphOptimization = 23,
  kSetIntraOpThreads = 24,
  kSetInterOpThreads = 25,
  kInputCount = 30,
  kOutputCount = 31,
  kInputType = 33,
  kInputName = 36,
  kOutputName = 37,
  kCreateTensor = 49,
  kTensorData = 51,
  kTensorInfoOfType = 55,
  kDimensionCount = 61,
  kDimensions = 62,
  kElementCount = 64,
  kTensorInfo = 65,
  kCreateCpuMemory = 69,
  kDefaultAllocator = 78,
  kReleaseValue = 96,
};

constexpr int kWarnings = 2;
constexpr int kAllOptimizations = 99;
constexpr int kArena = 1;
constexpr int kFloat = 1;

}  // namespace lockstep::bench::ort
