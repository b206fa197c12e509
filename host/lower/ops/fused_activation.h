// The function fused into a node, or the node that is a function: limits of the output where that is enough, else a
// table.
#pragma once

#include "lower/lower_context.h"

namespace lockstep::lower {

// What a layer gives before the table of its activation, if it needs one.
struct Activated {
  bool clamped = true;  // no table: the limits do it all
  AffineParams params;  // of the value before the table, or of the output; of several scales the largest
  int32_t low = 0, high = 0;
  TensorFormat levels;    // the same with all scales
  bool separate = false;  // each channel has a table of its own, in a layer behind
};

// Of the node's own activation.
Activated ActivatedOutput(const LowerContext& context);

// The table from `before` to the node's output, in the output's width; one for each channel behind the other where
// `before` or the output has scales per channel.
std::vector<uint8_t> ActivationTable(const LowerContext& context, const graph::Activation& function,
                                     const TensorFormat& before);

// What a layer with a table of its own writes: the output, or what is in front of a separate table.
Value AddSum(LowerContext& context, const Activated& output);
// Makes that the node's output.
void DefineSum(LowerContext& context, const Activated& output, const Value& sum);

// A Lookup, or where channels have tables of their own a ChannelLookup, behind `x`; `suffix` is appended to its name.
Value ApplyTable(LowerContext& context, const graph::Activation& function, const Value& x, const char* suffix);

}  // namespace lockstep::lower
