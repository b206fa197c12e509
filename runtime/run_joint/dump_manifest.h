// What --inject needs of a dump's manifest, whichever program wrote it.
#pragma once

#include <cstdint>

#include "core/list.h"
#include "core/string.h"
#include "lockstep/status.h"

namespace lockstep {

struct DumpManifest {
  String model_digest;
  List<String> layers;  // the md5 of each layer's output; empty where the manifest has none
};

Result<DumpManifest> ReadManifest(const String& path, int32_t layer_count);

}  // namespace lockstep
