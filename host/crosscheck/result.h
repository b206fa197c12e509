// What a comparison found out, layer by layer, and its verdict.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyze/metrics.h"
#include "crosscheck/dump.h"
#include "crosscheck/values.h"

namespace lockstep::crosscheck {

enum class Verdict { kExact, kWithinTolerance, kDiffers };  // from good to bad

const char* VerdictName(Verdict verdict);  // "exact", "within_tolerance", "differs"

struct LayerResult {
  int index = 0;
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
};

// The layer as a dump describes it. What differs is still to be found out.
LayerResult ResultOf(const DumpLayer& layer, bool md5_equal);

// The worst of them; kExact without any.
Verdict JudgeLayers(const std::vector<LayerResult>& layers);

// The outputs of one of the four builds against the reference engine's.
struct BuildResult {
  std::string build;
  bool outputs_equal = true;
};

struct BoardResult {
  std::string name;
  double seconds = 0.0;
  std::vector<LayerResult> layers;
  std::vector<BuildResult> builds;
};

struct FirstDifference {
  std::string board;
  std::string input;  // the picture or file that was fed
  LayerResult layer;
};

struct CrosscheckResult {
  std::string model;
  std::string model_digest;
  std::vector<std::string> inputs;
  Verdict verdict = Verdict::kExact;
  std::vector<BoardResult> boards;
  std::optional<FirstDifference> first_difference;
};

}  // namespace lockstep::crosscheck
