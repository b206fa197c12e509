// What the values of a layer look like: a histogram of the float network's beside the levels that were chosen, and
// where the joint model's are away from them.
#pragma once

#include <cstdint>
#include <vector>

#include "layerwise/rows.h"
#include "page/page_data.h"

namespace lockstep::page {

// `expected` is the float network's values in ONNX order, of one picture.
Histogram ValueHistogram(const layerwise::Row& row, const std::vector<float>& expected);

// `bytes` is what the joint model wrote. Means over all axes but the last two, in at most `most_cells` rows and
// columns.
HeatMap DifferenceMap(const layerwise::Row& row, const std::vector<float>& expected, const std::vector<uint8_t>& bytes,
                      int most_cells);

}  // namespace lockstep::page
