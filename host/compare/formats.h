// What the bytes of two matched tensors are. A manifest says it all, a .npy its type and shape, a .bin nothing; what
// one side does not say follows from the other and from the size. Where the order of the axes stays open, every order
// that fits is to be tried.
#pragma once

#include <string>
#include <vector>

#include "compare/tensor_folder.h"
#include "graph/error.h"

namespace lockstep::compare {

struct FormatPair {
  dump::DumpLayer first;  // both have one ONNX shape
  dump::DumpLayer second;
  std::string order;  // "second in NHWC": what is assumed; empty where nothing is
};

// Two files that cannot be one tensor.
struct NotOneTensor : BadInput {
  using BadInput::BadInput;
};

// At least one, the likeliest first. A dtype stays empty where nothing says it: then the bytes alone can be compared.
// `dtype` is that of .bin files whose type nothing says ("": none). Throws NotOneTensor that names the files and the
// way out if their sizes or shapes do not fit.
std::vector<FormatPair> FormatsOf(const StoredTensor& first, const StoredTensor& second, const std::string& dtype);

// Whether the elements lie in memory in the same order, whatever the axes are called: an extent of 1 moves nothing.
bool SameOrder(const dump::DumpLayer& a, const dump::DumpLayer& b);

size_t ElementBytes(const std::string& dtype);  // "f64" too

}  // namespace lockstep::compare
