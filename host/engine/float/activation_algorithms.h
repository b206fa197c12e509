// Activations in terms of oneDNN's elementwise functions.
#pragma once

#include <dnnl.hpp>
#include <vector>

#include "engine/float/plan.h"
#include "graph/graph.h"

namespace lockstep::engine {

// Whether oneDNN computes it.
bool IsPrimitive(const graph::Activation& activation);

// Of a primitive.
void Append(dnnl::post_ops& operations, const graph::Activation& activation);

// The activation as steps of their own; returns `input` for kNone.
ValueId ApplyActivation(Plan& plan, ValueId input, const graph::Activation& activation);

}  // namespace lockstep::engine
