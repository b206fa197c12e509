// Why layers differ: a wrong kernel is told apart from a wrong input that it was given.
#pragma once

#include <string>
#include <vector>

#include "crosscheck/layer_links.h"
#include "crosscheck/result.h"

namespace lockstep::crosscheck {

// What a layer read in the whole network that was not what its maker had written, though that was right.
struct OverwrittenInput {
  int layer = 0;  // the reader
  LayerSource source;
};

// Of every layer that differs in the whole network or by itself, in the order of execution. `layers` has both results.
std::vector<LayerCause> FindCauses(const std::vector<dump::LayerResult>& layers, const LayerLinks& links,
                                   const std::vector<OverwrittenInput>& overwritten);

// The layers of which `layers` does not tell why they differ: they differ in the whole network, are right by
// themselves, and what they read was right when it was written.
std::vector<int> Unexplained(const std::vector<dump::LayerResult>& layers, const LayerLinks& links);

// Of several inputs: the worst cause of each layer.
void MergeCauses(std::vector<LayerCause>& total, const std::vector<LayerCause>& round);

// A line for each kind of cause that a board has, the worst first, with what to look at.
std::string CauseLines(const BoardResult& board);

const char* CauseName(Cause cause);   // "wrong_kernel"
const char* CauseWords(Cause cause);  // "wrong kernel"

}  // namespace lockstep::crosscheck
