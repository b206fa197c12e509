// Writes the layers of a joint model for the nodes of a quantised graph, in their order.
#pragma once

#include "lower/layout.h"
#include "lower/model_draft.h"
#include "quantize/quantized_graph.h"

namespace lockstep::lower {

// Inputs, layers, outputs. Throws UnsupportedModel naming every node that cannot be lowered and why.
void LowerGraph(const quantize::QuantizedGraph& quantized, const Layout& layout, ModelDraft& draft);

}  // namespace lockstep::lower
