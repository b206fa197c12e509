// Outputs that another program computed, a board far away or another framework: one file for each output of each
// picture.
#pragma once

#include <memory>

#include "evaluate/side.h"

namespace lockstep::evaluate {

// `options.outputs` holds VARIANT/NAME_OUTPUT.npy, float32 or int64 in ONNX order, or else VARIANT/NAME_OUTPUT.bin: of
// a joint model as run_joint writes it, of an ONNX network the same numbers as an .npy has. VARIANT/NAME is what
// SaveInputs called the input. Run throws BadInput that names the file which is missing or does not fit.
std::unique_ptr<Side> MakeGivenOutputs(const SideOptions& options);

}  // namespace lockstep::evaluate
