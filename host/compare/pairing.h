// Which tensor of one folder is which of the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/limits.h"
#include "compare/tensor_folder.h"

namespace lockstep::compare {

struct TensorPair {
  StoredTensor first;
  StoredTensor second;
  std::string name;    // for the table; empty: that of the side that a manifest describes, or of the second
  LimitChange change;  // of a map file
};

struct Pairing {
  std::vector<TensorPair> pairs;
  std::vector<dump::DumpLayer> only_first;
  std::vector<dump::DumpLayer> only_second;
  bool complete = true;  // false: a tensor is missing where it should be
};

// Dumps of one joint model are matched by layer, others by tensor name: a joint model can have several layers that
// write one tensor in other forms, and each of them is compared. A layer may be missing where the other dump was
// restricted on purpose, and where the float engine shows what a joint model computes within a layer. Raw files are
// matched by what their name was made of, see NameKey: beside a dump the name of a dump's file, of a tensor, of a layer
// or of an ONNX node, and either side may have more than the other; beside raw files all must be there. Throws
// UsageError where two files of a folder have the same claim.
Pairing PairTensors(const TensorFolder& first, const TensorFolder& second);

// Only letters and digits count: programs write '_' or '-' for what a file's name cannot hold, and drop it at the ends.
std::string NameKey(const std::string& name);

}  // namespace lockstep::compare
