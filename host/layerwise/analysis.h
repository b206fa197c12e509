// `analyze`: every layer of a joint model beside the float network it was made from, on several pictures.
//
// Two ways of looking: *end to end*, where a layer gets what the layers before it made, and *per layer*, where it gets
// the float network's values. Two kinds of arithmetic: *integer*, the joint model's own in the runtime's kernels, and
// *reference*, the network in floats with the roundings of the integer layers.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "input/data_list.h"
#include "input/input_info.h"
#include "layerwise/outliers.h"
#include "layerwise/picture_run.h"
#include "layerwise/rows.h"

namespace lockstep::layerwise {

struct Finding {
  std::string what;
  std::string todo;
  int layer = -1;  // of the model, where it is of one alone
};

struct Analysis {
  std::string model;
  std::vector<std::string> pictures;
  std::vector<Row> rows;                                      // in the order of execution
  std::vector<std::vector<RowMetrics>> by_row;                // by row and picture
  std::map<std::string, std::vector<OutputMetrics>> outputs;  // by part and picture
  std::map<std::string, InputAgreement> inputs;               // by name, where the float network has inputs of its own
  std::vector<Outliers> outliers;
  std::vector<Finding> findings;  // empty: nothing stands out
};

struct AnalyzeOptions {
  std::vector<input::DataItem> items;  // at least one
  // What the float network takes, if that is not what the model's bytes stand for; by the graph's inputs.
  std::optional<std::vector<input::InputInfo>> truth;
  int threads = 0;  // 0: all cores; pictures are computed side by side
};

// `graph` is the network behind the optimiser, `file` the joint model, which was checked. Throws BadInput for pictures
// that cannot be read. The same for any number of threads.
Analysis Analyze(const graph::Graph& graph, const std::vector<uint8_t>& file, const AnalyzeOptions& options,
                 const std::function<void(int done, int total)>& progress);

}  // namespace lockstep::layerwise
