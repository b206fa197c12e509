// `tune`: the cheapest mix of precision that meets a target.
//
// Candidates are every node's output (16 bits), the value in front of its table (12) and its weights (16); where the
// settings give all fewer than 8 bits, 8 are tried too. A few runs rank them, by what each rounding alone costs in
// floats; others decide, by the integer model itself.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/build_config.h"
#include "tune/cost.h"
#include "tune/search.h"
#include "tune/subgraphs.h"
#include "tune/target.h"

namespace lockstep::tune {

struct TuneOptions {
  Target target;
  int ranking_runs = 2;
  int deciding_runs = 8;
  int most_checks = 60;
};

struct Raised {
  std::string node;
  std::string op;
  std::string tensor;  // the node's first output
  sensitivity::Part part = sensitivity::Part::kOutput;
  int bits = 0;
  double error = 0.0;  // share of the outputs' energy, summed over their parts, that the rounding alone made
};

struct TuneResult {
  SearchResult search;
  Cost cost_before;  // of the network as the settings have it
  Cost cost;         // of the mix
  std::vector<Raised> raised;
  std::vector<Subgraph> subgraphs;
  std::vector<std::string> ranked_on;  // labels of runs
  std::vector<std::string> decided_on;
  bool held_back = false;  // the calibration used neither
  settings::Json config;   // of a build: the settings that were given, and what was raised
};

struct TuneListener {
  std::function<void(const std::string& stage)> stage;
  std::function<void(int done, int total)> advance;
};
inline constexpr int kTuneStages = 4;

// `given` are the settings that `config` was made of. Its precision must be auto or tuned: UsageError.
TuneResult Tune(const compiler::BuildConfig& config, const settings::Json& given, const TuneOptions& options,
                const TuneListener& listener);

}  // namespace lockstep::tune
