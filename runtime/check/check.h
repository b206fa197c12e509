// The checks of a joint model at load. After them the executor and the kernels trust every field.
//
// A model is untrusted: neither its size nor its content may cause a crash, a hang or a giant allocation. So the work
// of checking is bounded by the size of the file, and what the model asks of a run by LoadOptions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "check/report.h"
#include "joint_generated.h"
#include "lockstep/runtime.h"
#include "ops/common/elements.h"

namespace lockstep::check {

// What the checks of one model share.
struct ModelCheck {
  Report& report;
  const uint8_t* file;
  size_t size;
  const LoadOptions& options;
  const joint::Model& model;
  uint64_t budget;    // array elements that checking may still look at
  uint64_t work = 0;  // of one run, so far
};

// Format version and the flatbuffer's structure: what must hold before fields can be read.
Verdict CheckFile(Report& report, const uint8_t* file, size_t size, const LoadOptions& options);
// What must hold before fields mean anything.
Verdict CheckContract(const ModelCheck& check);
// Every string is text of bounded length, which all later messages rely on.
Verdict CheckNames(ModelCheck& check);
Verdict CheckTensors(ModelCheck& check);
// Names, tensor indices and options of every layer. Needs checked tensors.
Verdict CheckLayers(ModelCheck& check);
// Inputs, outputs, operator list, sums and test vectors. Needs checked tensors and layers.
Verdict CheckInterface(ModelCheck& check);
// Every tensor is written before it is read, and no two tensors alive at once overlap. Needs all of the above.
Verdict CheckMemory(ModelCheck& check);

// False when the model demands more checking than a file of its size can justify.
inline bool Spend(ModelCheck& check, uint64_t elements) {
  if (elements > check.budget) return false;
  check.budget -= elements;
  return true;
}

// Whether every one of the values, elements of the U8 or U16 tensor's type, is below 2^bits. Looks at them only if the
// tensor has fewer bits than its type.
bool FitBits(ModelCheck& check, const joint::Tensor& tensor, const flatbuffers::Vector<uint8_t>& values);
// A U8 or U16 tensor with as many bits as the type has.
bool HasAllBits(const joint::Tensor& tensor);

int64_t Elements(const joint::Tensor& tensor);
const int32_t* Shape(const joint::Tensor& tensor);
int32_t Rank(const joint::Tensor& tensor);

}  // namespace lockstep::check
