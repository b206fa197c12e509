// What a comparison found out about a layer, and what follows from all layers together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyze/metrics.h"
#include "dump/compare_elements.h"
#include "dump/dump.h"

namespace lockstep::dump {

enum class Verdict { kExact, kWithinTolerance, kDiffers };  // from good to bad

const char* VerdictName(Verdict verdict);  // "exact", "within_tolerance", "differs"

struct LayerResult {
  int index = 0;
  int output = -1;  // as DumpLayer::output
  std::string name;
  std::string op;
  std::string tensor;
  std::string dtype;
  std::vector<int64_t> shape;  // physical order
  bool md5_equal = true;
  bool within_tolerance = true;                 // true wherever md5_equal
  bool repeatable = true;                       // false: two runs of the board disagree about the layer
  std::optional<analyze::Metrics> accuracy;     // float engine to what the board computed, if there is a network
  std::optional<ElementComparison> difference;  // only if md5 differ and both sides' bytes are there
  // The layer by itself, fed with the PC's inputs, where it was run so.
  std::optional<bool> alone_md5_equal;
  std::optional<bool> alone_within_tolerance;
  std::optional<ElementComparison> alone_difference;
  // The layer by itself, fed with the float network's values, where it was run so: beside the PC, beside the float
  // network.
  std::optional<bool> single_md5_equal;
  std::optional<analyze::Metrics> single_accuracy;

  std::pair<int, int> Place() const { return {index, output}; }
};

// The layer as a dump describes it. What differs is still to be found out.
LayerResult ResultOf(const DumpLayer& layer, bool md5_equal);

// The worst of them; kExact without any.
Verdict JudgeLayers(const std::vector<LayerResult>& layers);

}  // namespace lockstep::dump
