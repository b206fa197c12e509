// The picture of a check as the model takes it, and as it would be with one thing changed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checklist/float_network.h"

namespace lockstep::checklist {

struct Variation {
  std::string name;
  std::vector<float> values;  // as the network takes them, one entry of the batch
};

// The first is the model's own.
std::vector<Variation> VariationsOf(const PictureInput& input);

}  // namespace lockstep::checklist
