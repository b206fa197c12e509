// One board's rounds put together, layer by layer: the worst, the mean, and the input that is worst.
#pragma once

#include <string>

#include "crosscheck/round.h"

namespace lockstep::crosscheck {

void AddRound(BoardResult& total, BoardRound&& round, const std::string& input);

// The same of the reference engine.
void AddSimulated(std::vector<SimulatedLayer>& total, const std::vector<std::optional<analyze::Metrics>>& round);

}  // namespace lockstep::crosscheck
