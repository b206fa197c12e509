// Compares two dumps, whoever wrote them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "crosscheck/result.h"

namespace lockstep::crosscheck {

struct CompareOptions {
  Tolerance tolerance;
  double min_cosine = 0.0;  // 0: not asked for
};

struct DumpComparison {
  std::string first;  // folders
  std::string second;
  Verdict verdict = Verdict::kExact;
  std::vector<LayerResult> layers;      // `accuracy` compares the values of the second dump with those of the first
  std::vector<std::string> only_first;  // tensors
  std::vector<std::string> only_second;
};

// Dumps of one joint model are matched by layer; if one is a float dump, by tensor name, and only values are compared.
// Layers that only one of them has do not change the verdict (a dump may be filtered); they are listed.
// Throws BadInput if nothing can be compared.
DumpComparison CompareDumps(const std::filesystem::path& first, const std::filesystem::path& second,
                            const CompareOptions& options);

}  // namespace lockstep::crosscheck
