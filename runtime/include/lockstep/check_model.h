// Whether bytes are a joint model that can be trusted: the one check that the runtime makes at load and the host's
// tools make before they look at a model.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lockstep/runtime.h"
#include "lockstep/status.h"

namespace lockstep {

namespace joint {
enum class Options : uint8_t;
}

// data: the whole file, at a multiple of 8 bytes. After Ok every field of joint::GetModel(data) can be trusted:
// indices, lengths, shapes, ranges, the order of layers and their places in memory. An error names the field and what
// to do; its code says whether the model is damaged (kCorruptModel) or newer than this code (kUnsupported).
Status CheckModel(const uint8_t* data, size_t size, const LoadOptions& options = {});

// Which tensors of an operator's layers may have strides: so many of the first inputs, and the outputs or not.
struct StridedTensors {
  int32_t inputs;
  bool outputs;
};
StridedTensors StridedTensorsOf(joint::Options op);

}  // namespace lockstep
