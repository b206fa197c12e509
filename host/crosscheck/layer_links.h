// Which layer's outputs a layer reads, and what lies over what in the arena.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "joint_generated.h"

namespace lockstep::crosscheck {

// What a layer reads beside constants.
struct LayerSource {
  int32_t tensor = -1;
  int layer = -1;  // that makes it; -1: an input of the network
  int output = 0;  // position among that layer's outputs, or the network's inputs
};

class LayerLinks {
 public:
  explicit LayerLinks(const joint::Model& model);

  const std::vector<LayerSource>& Sources(int layer) const { return sources_[static_cast<size_t>(layer)]; }
  std::string NameOf(const LayerSource& source) const;
  // The entry of a source in a dump.
  std::pair<int, int> PlaceOf(const LayerSource& source) const;
  // Layers between the one that makes a source and its reader whose outputs lie over it by the memory plan; one tensor
  // that is a part of the other's memory lies over it too.
  std::vector<int> WrittenOver(const LayerSource& source, int reader) const;

 private:
  const joint::Model& model_;
  std::vector<std::vector<LayerSource>> sources_;  // by layer
};

}  // namespace lockstep::crosscheck
