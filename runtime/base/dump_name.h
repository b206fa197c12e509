// File names of a dump: 0012_Conv_45_shape_1_80_80_64.bin.
#pragma once

#include "base/string.h"
#include "lockstep/runtime.h"

namespace lockstep {

// A name as files have it: its first 128 characters, everything outside [A-Za-z0-9_-] as '_'. What else stands in a
// file's name finds room within the 255 characters that file systems allow.
String PlainName(const char* name);
// "0012_Conv_45": the number of the layer and its plain name.
String DumpStem(const Model& model, int32_t layer);
// The same of one of its outputs: "0012_TopK_45_output1" where the layer has several.
String DumpOutputStem(const Model& model, int32_t layer, int32_t output);
// "_shape_1_80_80_64.bin"
String DumpShape(const TensorInfo& tensor);

}  // namespace lockstep
