// How much of every part of its outputs a joint model keeps.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "networks.h"

namespace lockstep::testing {

inline constexpr double kEnoughDecibels = 20.0;

using Pixels = std::vector<uint8_t>;  // N,H,W,C

// Blotches of different brightness.
Pixels Picture(uint32_t seed);
std::map<std::string, engine::FloatTensor> InputOf(const Pixels& pixels);

// The least SQNR, over the outputs and the places along the network's axis, on a picture that no calibration has.
double LeastDecibels(const LevelsNetwork& network, const std::vector<uint8_t>& joint_model);

}  // namespace lockstep::testing
