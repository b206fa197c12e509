// The PC's tensors for some layers in one file, as `run_joint --inject` takes them.
#pragma once

#include <filesystem>
#include <set>

#include "crosscheck/layer_links.h"
#include "crosscheck/round.h"

namespace lockstep::crosscheck {

// Writes manifest.json and tensors.bin into `folder`, which is made: what these layers read of other layers, as the
// round's reference dump has it.
void WriteInjectPack(const Round& round, const LayerLinks& links, const std::vector<int>& layers,
                     const std::filesystem::path& folder);

}  // namespace lockstep::crosscheck
