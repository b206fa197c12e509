// Row plans of models that are made by code.
#pragma once

#include <utility>
#include <vector>

#include "joint_generated.h"

namespace lockstep::test {

// Groups of layers, first and count; every tensor outside them has a place of its own.
void SetRowPlan(joint::ModelT& model, const std::vector<std::pair<int, int>>& groups);

// Two blocks of three layers each, both groups; what the second one makes is added to its input.
joint::ModelT GroupedNetwork();

}  // namespace lockstep::test
