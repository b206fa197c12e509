// Sums over the layers of one operator.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "profile/profile.h"

namespace lockstep::profile {

struct OperatorSum {
  int layers = 0;
  uint64_t macs = 0;
  double cost = 0;
};

std::map<std::string, OperatorSum> SumByOperator(const Profile& profile, Measure measure);

// The costliest first.
std::vector<std::pair<std::string, OperatorSum>> CostliestFirst(const std::map<std::string, OperatorSum>& sums);

}  // namespace lockstep::profile
