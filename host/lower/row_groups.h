// Which layers can run together a few rows at a time, see RowGroup in schema/joint.fbs.
//
// A network with depthwise convolutions is widest between the 1x1 convolution in front of one and the one behind it.
// Run row by row, these tensors need no memory but for the rows that the next layer reads.
#pragma once

#include <cstddef>
#include <vector>

#include "joint_generated.h"
#include "lower/views.h"

namespace lockstep::lower {

struct RowChain {
  size_t first = 0;  // layer
  size_t layers = 0;
};

// Every chain of a 1x1 convolution, a depthwise one and a 1x1 convolution, one of these perhaps missing, of integers
// and of one image, whose inner tensors no one else reads. In the order of the layers; no layer is in two.
std::vector<RowChain> FindRowChains(const joint::ModelT& model, const Views& views);

}  // namespace lockstep::lower
