#include "profile/operator_sums.h"

#include <algorithm>

namespace lockstep::profile {

std::map<std::string, OperatorSum> SumByOperator(const Profile& profile, Measure measure) {
  std::map<std::string, OperatorSum> sums;
  for (const LayerProfile& layer : profile.layers) {
    OperatorSum& sum = sums[layer.op];
    ++sum.layers;
    sum.macs += layer.macs;
    sum.cost += CostOf(layer, measure);
  }
  return sums;
}

std::vector<std::pair<std::string, OperatorSum>> CostliestFirst(const std::map<std::string, OperatorSum>& sums) {
  std::vector<std::pair<std::string, OperatorSum>> list(sums.begin(), sums.end());
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& a, const auto& b) { return a.second.cost > b.second.cost; });
  return list;
}

}  // namespace lockstep::profile
