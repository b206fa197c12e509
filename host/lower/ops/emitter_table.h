// Which emitter lowers which ONNX operator.
#pragma once

#include <string_view>
#include <vector>

#include "lower/lower_context.h"

namespace lockstep::lower {

using Emitter = void (*)(LowerContext& context);

// Null for an operator that no layer does.
Emitter FindEmitter(std::string_view op);
Emitter FindFloatEmitter(std::string_view op);

// The operators that have one, in the order of the alphabet.
std::vector<std::string_view> LoweredOperators();

}  // namespace lockstep::lower
