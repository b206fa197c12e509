// Compares two dumps, whoever wrote them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dump/layer_result.h"

namespace lockstep::dump {

struct CompareOptions {
  Tolerance tolerance;
  double min_cosine = 0.0;  // 0: not asked for
};

struct DumpComparison {
  std::string first;  // folders
  std::string second;
  Verdict verdict = Verdict::kExact;
  std::vector<LayerResult> layers;  // `accuracy` compares the values of the second dump with those of the first
  std::vector<DumpLayer> only_first;
  std::vector<DumpLayer> only_second;
  bool complete = true;  // false: a layer is missing where it should be; then the verdict is kDiffers
};

// Dumps of one joint model are matched by layer, others by tensor name; then only values are compared. A joint model
// can have several layers that write one tensor in other forms: each of them is compared. A layer may be missing where
// the other dump was restricted on purpose, and where the float engine shows what a joint model computes within a
// layer. Throws BadInput if nothing can be compared.
DumpComparison CompareDumps(const std::filesystem::path& first, const std::filesystem::path& second,
                            const CompareOptions& options);

}  // namespace lockstep::dump
