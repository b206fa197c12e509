// Elements of F32 tensors.
#pragma once

#include <vector>

#include "engine/reference/layer_run.h"

namespace lockstep::engine {

bool IsFloat(const joint::Tensor& tensor);

std::vector<float> ReadFloats(const Operand& operand);
// The bits as they are.
void CopyFloats(const std::vector<float>& values, const Result& result);
// Every NaN becomes the one that contract f1 stores.
void WriteFloats(const std::vector<float>& values, const Result& result);

}  // namespace lockstep::engine
