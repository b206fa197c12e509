// What a network says of the pictures that it was trained with: the means and variances in its first
// BatchNormalization.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checklist/float_network.h"

namespace lockstep::checklist {

class BatchNormEvidence {
 public:
  // Nothing if the file has no BatchNormalization, or one without numbers of its own: exporters fold it into weights.
  static std::optional<BatchNormEvidence> Of(const std::filesystem::path& onnx, const FloatNetwork& network);

  // How far this picture's means and variances are from those of training, in deviations: the root of the mean square
  // over channels. About 1 is what one picture has; gross faults of mean and std give much more.
  double DistanceOf(const std::vector<float>& picture) const;

  const std::string& node() const { return node_; }

 private:
  std::string node_;
  graph::Graph front_;  // up to what the node reads
  Tensors inputs_;
  std::string picture_name_;
  std::vector<float> means_;
  std::vector<float> variances_;
};

}  // namespace lockstep::checklist
