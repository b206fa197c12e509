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

graph::Graph ImportNetwork(const BuildConfig& config);

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

}  // namespace lockstep::compiler
