// What the commands that quantise a network have in common: from the settings to a graph that can be calibrated.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/build_config.h"
#include "graph/graph.h"
#include "input/input_info.h"
#include "input/input_source.h"
#include "quantize/quantize.h"

namespace lockstep::compiler {

// A network that arrives quantised becomes a float network and what it says of its scales.
struct ImportedNetwork {
  graph::Graph graph;
  graph::GivenQuantization given;
};
ImportedNetwork ImportNetwork(const BuildConfig& config);

// That every output of which a form was said is there and has it. Throws UsageError.
void RequireOutputs(const BuildConfig& config, const graph::Graph& graph);

// What goes into the network, and the runs that the calibration takes of it.
struct Calibration {
  std::map<std::string, quantize::InputPreprocess> inputs;
  std::vector<input::InputInfo> infos;
  std::vector<input::DataItem> chosen;
  std::vector<input::DataItem> others;  // of the same data, not chosen
  std::vector<std::string> notes;
  std::vector<std::string> doubts;  // of mean and std, one line each
};
Calibration ChooseCalibration(const BuildConfig& config, const graph::Graph& graph);

// Where the calibration did not have all the pictures that were wanted.
std::vector<std::string> CalibrationNotes(const BuildConfig& config, const Calibration& calibration,
                                          const std::vector<std::string>& skipped);

quantize::QuantizeOptions QuantizeOptionsOf(const BuildConfig& config, const Calibration& calibration);

// Scales that the network gives hold as they are: no tensor gets more bits, no bias is corrected. Throws UsageError for
// settings that would change what they are the scales of.
void HoldGiven(const BuildConfig& config, const graph::GivenQuantization& given, quantize::QuantizeOptions& options);

}  // namespace lockstep::compiler
