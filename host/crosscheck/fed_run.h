// Layers of a board fed with tensors of the PC, in groups that it has room for.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "boards/board.h"
#include "crosscheck/crosscheck.h"
#include "crosscheck/layer_groups.h"
#include "crosscheck/layer_links.h"
#include "crosscheck/round.h"

namespace lockstep::crosscheck {

class FedRun {
 public:
  // `source`: the round whose dump is fed; its folder may lack tensors, which are then what the board's own layers
  // made. The board's dumps go to `folder`, one after the other. All outlive this.
  FedRun(boards::Board& board, const Round& source, const LayerLinks& links, const CrosscheckOptions& options,
         std::filesystem::path folder);

  // What the layers read, and with `outputs` what they give as well, in pieces that fit: `layers` describe all layers
  // of the model.
  std::vector<LayerGroup> Groups(const std::vector<dump::DumpLayer>& layers, const std::set<int>& chosen,
                                 bool outputs) const;

  boards::BoardJob JobOf(const LayerGroup& group) const;
  // The board's dump of a group.
  dump::Manifest Run(const LayerGroup& group, bool digests_only);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  boards::Board& board_;
  const Round& source_;
  const LayerLinks& links_;
  const CrosscheckOptions& options_;
  std::filesystem::path folder_;
  uint64_t room_;
};

}  // namespace lockstep::crosscheck
