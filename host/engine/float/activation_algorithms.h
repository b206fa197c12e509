// Activations in terms of oneDNN's elementwise functions.
#pragma once

#include <dnnl.hpp>
#include <vector>

#include "engine/float/plan.h"
#include "graph/graph.h"

namespace lockstep::engine {

struct Eltwise {
  dnnl::algorithm algorithm;
  float alpha;
  float beta;
};

// Applied one after the other; empty for kNone.
std::vector<Eltwise> AlgorithmsOf(const graph::Activation& activation);

void Append(dnnl::post_ops& operations, const graph::Activation& activation);

// The activation as steps of their own; returns `input` for kNone.
ValueId ApplyActivation(Plan& plan, ValueId input, const graph::Activation& activation);

}  // namespace lockstep::engine
