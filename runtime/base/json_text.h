// The few pieces of JSON that the runtime writes: strings and numbers, as text.
#pragma once

#include <cstdint>

#include "base/string.h"
#include "lockstep/runtime.h"

namespace lockstep {

// In quotes, with what JSON demands escaped; bytes beyond ASCII are passed on as they are.
String JsonString(const char* text);

// [1,80,80,64]
String JsonShape(const TensorInfo& tensor);

}  // namespace lockstep
