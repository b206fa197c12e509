// How float values lie in memory.
//
// The engine knows two layouts: plain (row major, ONNX order) and channel-blocked. A blocked tensor N,C,spatial.. with
// block b is stored as N,ceil(C/b),spatial..,b with zeros in the lanes beyond C: the layout oneDNN's convolutions like.
#pragma once

#include <dnnl.hpp>

#include "graph/graph.h"

namespace lockstep::engine {

inline constexpr int kPlain = 1;
inline constexpr int kOpaque = 0;  // a layout of oneDNN's own, for weights

// Whether a tensor of this shape can be stored with channel block `block`.
bool CanBlock(const graph::Shape& shape, int block);
// As CanBlock, and without unused lanes.
bool FillsBlocks(const graph::Shape& shape, int block);

// The description of a tensor in a layout; a scalar becomes one dimension of 1.
dnnl::memory::desc Describe(const graph::Shape& shape, int block);

// The block of a description: kPlain, a channel block, or kOpaque for everything else.
int BlockOf(const dnnl::memory::desc& desc);

// The array that is really in memory: `shape` itself if plain, else N,ceil(C/b),spatial..,b.
graph::Shape PhysicalShape(const graph::Shape& shape, int block);

// Row-major element strides.
std::vector<int64_t> Strides(const graph::Shape& shape);

// Whether everything before `axis` has extent 1, so that a range of `axis` is contiguous.
bool IsOutermost(const graph::Shape& physical, size_t axis);

int64_t NormalAxis(int64_t axis, size_t rank);  // negative axes count from the end

}  // namespace lockstep::engine
