// Channels that are far smaller than their tensor: its levels are wide for them.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "layerwise/picture_run.h"
#include "layerwise/rows.h"

namespace lockstep::layerwise {

inline constexpr std::array<int, 4> kLevels = {3, 4, 5, 6};

// level = log2(largest |value| of the tensor / largest |value| of the channel): bits that the channel does not use.
struct Outliers {
  std::string tensor;
  std::string node;  // that makes it, or whose weights these are
  std::string op;
  bool weights = false;
  size_t channels = 0;                          // of weights the output channels
  double dead = 0.0;                            // share of the channels that are 0 everywhere; they have no level
  std::array<double, kLevels.size()> shares{};  // of the channels at that level or above
  std::string hint;                             // empty: few enough
};

// `quantized` has the float network's graph and weights. Of its activations over all pictures, in the order of
// execution, and of its weights.
std::vector<Outliers> FindOutliers(const std::vector<Row>& rows, const std::vector<std::vector<RowMetrics>>& by_row,
                                   const quantize::QuantizedGraph& quantized);

// Fills in the numbers.
void CountLevels(const std::vector<double>& peaks, Outliers& outliers);

}  // namespace lockstep::layerwise
