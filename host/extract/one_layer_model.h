// A joint model of one layer of another.
#pragma once

#include <cstdint>
#include <vector>

#include "joint_generated.h"

namespace lockstep::extract {

struct OneLayerModel {
  joint::ModelT model;
  std::vector<int32_t> inputs;  // tensors of the whole model, by position among this one's inputs
  std::vector<int32_t> outputs;
};

// The layer with its constants, fed and read from outside: what it read of other layers is an input of the network.
// Of constants alone the first one is. Every tensor has memory of its own, unless the operator itself lays one within
// another. A tensor that no caller may fill as it is, because it has fewer bits than its type, gets a Lookup in front
// that changes nothing. Throws UnsupportedModel for a layer that reads a type which no network takes.
OneLayerModel MakeOneLayerModel(const joint::ModelT& whole, int layer);

}  // namespace lockstep::extract
