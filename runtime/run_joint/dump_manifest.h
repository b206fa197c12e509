// What --inject needs of a dump's manifest, whichever program wrote it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lockstep/status.h"

namespace lockstep {

struct DumpManifest {
  std::string model_digest;
  std::vector<std::string> layers;  // the md5 of each layer's output; empty where the manifest has none
};

Result<DumpManifest> ReadManifest(const std::string& path, int32_t layer_count);

}  // namespace lockstep
