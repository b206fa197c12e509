// The few pieces of JSON that the runtime writes: strings and numbers, as text.
#pragma once

#include <cstdint>
#include <string>

#include "lockstep/runtime.h"

namespace lockstep {

// In quotes, with what JSON demands escaped; bytes beyond ASCII are passed on as they are.
std::string JsonString(const char* text);

// The shortest decimal number that reads back as the same float.
std::string JsonNumber(float value);

// [1,80,80,64]
std::string JsonShape(const TensorInfo& tensor);

}  // namespace lockstep
