// Which numbers an element type holds.
#pragma once

#include <cstdint>
#include <string>

#include "graph/graph.h"

namespace lockstep::importer {

// Why a tensor of this kind, and of ONNX's type if that is known (not 0), does not hold `value`, as "holds integers
// from 0 to 255 (UINT8), not 300"; empty if it does. Of 64 bits all integers are held that a double counts one by one.
std::string WhyNotHeld(graph::ElementType kind, int64_t onnx_type, double value);

}  // namespace lockstep::importer
