// Outliers as a table and JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "layerwise/outliers.h"

namespace lockstep::layerwise {

// Those with a dead channel or one at level 3, most channels at level 4 first; `rows` of them, 0 for all.
std::string OutliersText(const std::vector<Outliers>& outliers, int rows, bool colour);
// A line for each tensor.
std::string OutliersCsv(const std::vector<Outliers>& outliers);
nlohmann::ordered_json OutliersJson(const std::vector<Outliers>& outliers);

}  // namespace lockstep::layerwise
