// What a crosscheck found out, board by board, and its verdict.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dump/layer_result.h"

namespace lockstep::crosscheck {

// The outputs of one of the four builds against the reference engine's.
struct BuildResult {
  std::string build;
  bool outputs_equal = true;
};

struct BoardResult {
  std::string name;
  double seconds = 0.0;
  std::vector<dump::LayerResult> layers;
  std::vector<BuildResult> builds;
};

struct FirstDifference {
  std::string board;
  std::string input;  // the picture or file that was fed
  dump::LayerResult layer;
};

struct CrosscheckResult {
  std::string model;
  std::string model_digest;
  std::vector<std::string> inputs;
  std::vector<std::string> notes;  // what the user should know, one line each
  dump::Verdict verdict = dump::Verdict::kExact;
  std::vector<BoardResult> boards;
  std::optional<FirstDifference> first_difference;
};

}  // namespace lockstep::crosscheck
