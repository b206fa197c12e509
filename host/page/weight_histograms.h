// How the weights of every layer use their levels.
#pragma once

#include <cstdint>
#include <vector>

#include "page/page_data.h"

namespace lockstep::page {

// `file` is a joint model that was checked. Of integer weights, in levels.
void AddWeightHistograms(const std::vector<uint8_t>& file, PageData& page);

}  // namespace lockstep::page
