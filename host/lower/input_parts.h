// A node whose input is read in two 8-bit parts (quantize/corrections/error_compensation.h).
#pragma once

#include "lower/lower_context.h"
#include "lower/ops/emitter_table.h"
#include "quantize/quantized_graph.h"

namespace lockstep::lower {

// `emit` lowers the node by itself. With kHighAndLow the layers are NODE on the high part, NODE_split_low on the low
// part, and NODE_split_sum; where the weights were split too NODE_input_split_low and NODE_input_split_sum.
void EmitInputParts(LowerContext& context, Emitter emit, quantize::InputParts parts);

}  // namespace lockstep::lower
