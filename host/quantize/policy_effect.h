// That every setting does something.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "quantize/policy_outcome.h"
#include "quantize/quantize.h"

namespace lockstep::quantize {

// Throws UsageError for a statement that others decide everywhere, or without which everything would be the same, with
// the reason. What says the same twice is no error, nor is what says of the whole network what holds anyway.
void RequireEffect(const graph::Graph& graph, const std::vector<Statement>& statements, const Unsaid& unsaid);

// Throws UsageError for a member of `unsaid` that is not its default and without which everything would be the same,
// whatever is said of parts of the network: with statements about all of it and about floats.
void RequireWholeEffect(const graph::Graph& graph, const std::vector<Statement>& statements, const Unsaid& unsaid);

// The same of a build's options.
void RequireWholeEffect(const graph::Graph& graph, const QuantizeOptions& options);
Unsaid UnsaidOf(const graph::Graph& graph, const QuantizeOptions& options);

}  // namespace lockstep::quantize
