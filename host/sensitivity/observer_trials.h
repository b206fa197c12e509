// Which observer gives each group of tensors the range by which the network's outputs are best: one group at a time is
// rounded, everything else stays float. The error of a tensor itself says little of that: what clips the largest values
// may lessen it and cost the outputs most.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "quantize/observers/range_choice.h"
#include "quantize/quantized_graph.h"
#include "sensitivity/sensitivity.h"

namespace lockstep::sensitivity {

struct RangeTrial {
  std::vector<quantize::ObserverKind> observers;  // that choose it, or nearly it
  quantize::TensorFormat params;                  // by the first of them
  // analyze::ErrorShare of the outputs, the mean of all passes that it was in; 0 where nothing was measured.
  double error = 0.0;
};

struct ObserverTrials {
  std::vector<graph::TensorId> tensors;  // that have one scale
  std::vector<RangeTrial> ranges;        // at least one
  size_t best = 0;                       // of `ranges`
};

using Formats = std::map<graph::TensorId, quantize::TensorFormat>;

// The ranges of each group that differ. `by_observer`: the network's formats if it decides of all groups; of ranges
// that are nearly equal the first stands for all.
std::vector<ObserverTrials> DistinctRanges(const std::vector<std::vector<graph::TensorId>>& groups,
                                           const std::vector<std::pair<quantize::ObserverKind, Formats>>& by_observer);

using Pictures = std::function<std::unique_ptr<quantize::CalibrationSource>()>;  // the same at each call

// Measures the ranges of every group that has several, pass after pass of other pictures, and sets its best: the first
// of equals, and of a group that no node writes. What costs more than twice the least is not in the next pass. The same
// for any number of threads.
void MeasureObservers(const quantize::QuantizedGraph& quantized, const std::vector<Pictures>& passes, int threads,
                      const Progress& progress, std::vector<ObserverTrials>& groups);

}  // namespace lockstep::sensitivity
