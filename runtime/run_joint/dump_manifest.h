// What --inject needs of a dump's manifest, whichever program wrote it.
#pragma once

#include <cstdint>

#include "base/list.h"
#include "base/string.h"
#include "lockstep/runtime.h"

namespace lockstep {

struct DumpedTensor {
  bool listed = false;
  String md5;           // empty: not known
  uint64_t offset = 0;  // in the packed file
};

struct DumpManifest {
  String model_digest;
  List<String> input_md5;  // of the network's inputs; none where the manifest has none
  // The one file, beside the manifest, that has all tensors; empty: each has a file of its own.
  String packed;
  List<DumpedTensor> tensors;  // by tensor of the model, those that layers make
};

Result<DumpManifest> ReadManifest(const String& path, const Model& model);

}  // namespace lockstep
