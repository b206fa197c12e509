// Pictures whose pixels are classes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::evaluate {

inline constexpr uint8_t kNoLabel = 255;  // such pixels are not judged

struct LabelMap {
  int height = 0;
  int width = 0;
  std::vector<uint8_t> labels;  // row by row
};

// A PNG file of grey levels, or of colours from a palette: the position in the palette is the class. Throws BadInput
// that names the file for other pictures.
LabelMap ReadLabelMap(const std::string& path);

}  // namespace lockstep::evaluate
