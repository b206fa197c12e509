// Row plans of models that are made by code.
#pragma once

#include <utility>
#include <vector>

#include "joint_generated.h"

namespace lockstep::test {

// Groups of layers, first and count; every tensor outside them has a place of its own.
void SetRowPlan(joint::ModelT& model, const std::vector<std::pair<int, int>>& groups);

}  // namespace lockstep::test
