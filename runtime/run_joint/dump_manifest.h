// What --inject needs of a dump's manifest, whichever program wrote it.
#pragma once

#include <cstdint>

#include "base/list.h"
#include "base/string.h"
#include "lockstep/runtime.h"

namespace lockstep {

struct DumpManifest {
  String model_digest;
  List<String> input_md5;  // of the network's inputs; none where the manifest has none
  List<String> tensors;    // of each tensor that a layer makes: its md5; empty where the manifest has none
};

Result<DumpManifest> ReadManifest(const String& path, const Model& model);

}  // namespace lockstep
