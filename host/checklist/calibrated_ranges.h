// Whether a picture is like those that a joint model was calibrated with: how much of its values leaves the ranges.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "graph/graph.h"

namespace lockstep::checklist {

class CalibratedRanges {
 public:
  // Of the first quantised tensors of a joint model.
  explicit CalibratedRanges(const std::filesystem::path& joint_model);

  std::set<std::string> Names() const;
  // Adds up what a float engine shows of these tensors.
  void Add(const std::string& name, const graph::Shape& shape, const float* data);
  // The share of elements outside since the last call; negative if nothing was shown.
  double TakeShare();

 private:
  std::map<std::string, std::pair<float, float>> ranges_;
  double outside_ = 0.0;
  double all_ = 0.0;
};

}  // namespace lockstep::checklist
