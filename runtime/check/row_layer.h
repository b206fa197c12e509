// Layers that can run a few output rows at a time.
#pragma once

#include "joint_generated.h"
#include "joint_rows.h"

namespace lockstep {

// Whether a group may have the layer, of checked tensors and options, and how its window moves over its input's rows. A
// 1x1 convolution's window is that of one row.
bool RunsByRows(const joint::Model& model, const joint::Layer& layer, joint::RowWindow* window);

}  // namespace lockstep
