// What the values of a layer look like: a histogram of the float network's beside the levels that were chosen, and
// where the joint model's are away from them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layerwise/rows.h"
#include "page/page_data.h"

namespace lockstep::page {

// `expected` is the float network's values in ONNX order, of one picture.
Histogram ValueHistogram(const layerwise::Row& row, const std::vector<float>& expected);

// Rows and columns of the maps of a model with as many layers: many have smaller ones, so that the page stays small.
inline int MostCells(size_t layers) { return layers > 300 ? 16 : 32; }

// `bytes` is what the joint model wrote. Means over all axes but the last two, in at most `most_cells` rows and
// columns.
HeatMap DifferenceMap(const dump::DumpLayer& layer, const std::vector<float>& expected,
                      const std::vector<uint8_t>& bytes, int most_cells, const std::string& title);

}  // namespace lockstep::page
