// The ways in which programs bring a picture to a network's size.
#pragma once

#include <string>
#include <vector>

#include "input/pictures/picture_decoder.h"
#include "input/pictures/preprocess.h"

namespace lockstep::checklist {

struct NamedPlacement {
  std::string name;  // "letterbox", "stretch", "crop of the centre", ..
  input::Placement placement;
  bool as_model = false;
};

// Of a picture of this size; the model's own is the first. Those that place it as an earlier one does are left out.
std::vector<NamedPlacement> PlacementsOf(int height, int width, input::PictureSize size,
                                         const quantize::InputPreprocess& preprocess);

// The same moved by a row or a column, or with another rounding of its size; for a picture with borders alone.
std::vector<NamedPlacement> Neighbours(const NamedPlacement& placement, input::PictureSize size);

// Scaled otherwise.
std::vector<NamedPlacement> OtherInterpolations(const NamedPlacement& placement);

}  // namespace lockstep::checklist
