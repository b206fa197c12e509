// layers.json: what lies in a folder of extracted layers.
#pragma once

#include <string>

#include "extract/extract.h"

namespace lockstep::extract {

inline constexpr const char* kLayerList = "layers.json";

std::string LayerListText(const ExtractResult& result, const std::string& model);

}  // namespace lockstep::extract
