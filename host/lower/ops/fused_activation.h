// The function fused into a node, or the node that is a function: limits of the output where that is enough, else a
// table.
#pragma once

#include "lower/lower_context.h"

namespace lockstep::lower {

// What a layer gives before the table of its activation, if it needs one.
struct Activated {
  bool clamped = true;  // no table: the limits do it all
  AffineParams params;  // of the value before the table, or of the output
  int32_t low = 0, high = 0;
};

// Of the node's own activation.
Activated ActivatedOutput(const LowerContext& context);

// The table from `before` to the node's output, in the output's width.
std::vector<uint8_t> ActivationTable(const LowerContext& context, const graph::Activation& function,
                                     const AffineParams& before);

// A Lookup behind `x`; `suffix` is appended to its name.
Value ApplyTable(LowerContext& context, const graph::Activation& function, const Value& x, const char* suffix);

}  // namespace lockstep::lower
