// One thread of the calibration: runs pictures through a float engine of its own and remembers what it saw of them.
//
// An engine of one thread computes the same values whatever the number of threads of the calibration is.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "quantize/calibrate.h"
#include "quantize/calibration_source.h"
#include "quantize/observers/histogram_counter.h"
#include "quantize/visible_values.h"

namespace lockstep::quantize {

// What of one picture has to be put together in the order of the pictures.
struct PictureFindings {
  std::map<graph::TensorId, Range> extremes;
  std::map<graph::TensorId, std::vector<double>> channel_means;
  std::map<graph::TensorId, std::vector<Range>> channel_extremes;
};

using HistogramCounters = std::map<graph::TensorId, HistogramCounter>;  // by tensor

class CalibrationWorker {
 public:
  // The observation must outlive this; `counters` get what all its pictures have together.
  CalibrationWorker(const Observation& observation, HistogramCounters& counters);

  // Throws BadInput naming tensor, node and picture if a value is not finite.
  PictureFindings Run(const CalibrationInput& input);

 private:
  struct Observed {
    graph::TensorId id = graph::kNoTensor;
    bool statistics = false;
    bool channel_means = false;
    bool channel_extremes = false;
    int channel_block = 1;  // see FloatEngine::ChannelBlock
    std::optional<Visible> visible;
  };

  void Observe(const std::string& name, const graph::Shape& shape, const float* data, const CalibrationInput& input,
               PictureFindings& findings);

  const graph::Graph& graph_;
  engine::FloatEngine engine_;
  std::map<std::string, Observed> observed_;
  HistogramCounters& counters_;
};

}  // namespace lockstep::quantize
