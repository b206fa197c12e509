// What a crosscheck found out, board by board, and its verdict.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "dump/layer_result.h"

namespace lockstep::crosscheck {

// The outputs of one of the four builds against the reference engine's.
struct BuildResult {
  std::string build;
  bool outputs_equal = true;
};

// Why a layer differs, from mild to bad.
enum class Cause {
  kInputs,       // it was given wrong inputs
  kRounding,     // floats within tolerance of the PC's, which the contract does not allow
  kState,        // right alone, wrong in the whole network though it read the right bytes
  kOverwritten,  // what it reads was right when it was written
  kKernel,       // given the PC's inputs it gives other bytes
};

struct LayerCause {
  int index = 0;
  std::string name;
  std::string op;
  Cause cause = Cause::kInputs;
  std::string tensor;                 // that was overwritten
  std::vector<std::string> suspects;  // layers in between whose outputs lie over it by the memory plan
};

struct MeanOfMetrics {
  size_t count = 0;
  double cosine = 0.0;
  size_t finite = 0;  // of the SQNRs: those without an error have none
  double sqnr_db = 0.0;

  void Add(const analyze::Metrics& metrics);
};

// A layer with several inputs.
struct LayerOverInputs {
  size_t differing = 0;     // inputs
  std::string worst_input;  // with most elements beyond tolerance, then that differ, then the lowest cosine
  MeanOfMetrics mean;
  std::tuple<int64_t, int64_t, double> badness;  // of the worst input
};

// How far the reference engine is from the float network.
struct SimulatedLayer {
  std::optional<analyze::Metrics> worst;  // none without a float network, or where it has no such tensor
  MeanOfMetrics mean;
};

struct BoardResult {
  std::string name;
  double seconds = 0.0;
  std::vector<dump::LayerResult> layers;     // the worst of all inputs
  std::vector<LayerOverInputs> over_inputs;  // by layer
  std::vector<LayerCause> causes;            // in the order of execution
  std::string isolated_error;  // why layers could not be tested by themselves; empty: they were, or need not be
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
  std::vector<SimulatedLayer> simulator;         // by layer; empty without a float network
  std::vector<SimulatedLayer> simulator_single;  // each layer fed with the float network's values; empty: not wanted
  std::optional<FirstDifference> first_difference;
};

}  // namespace lockstep::crosscheck
