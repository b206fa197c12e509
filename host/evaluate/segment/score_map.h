// The output of a segmentation as classes at places of the network's input.
#pragma once

#include <string>

#include "evaluate/task.h"

namespace lockstep::evaluate {

class ScoreMap {
 public:
  // Throws UsageError if no output is a map.
  explicit ScoreMap(const NetworkInterface& network);

  int classes() const { return classes_; }  // 0: any, the output holds class numbers or probabilities
  size_t output() const { return output_; }

  // At a place of the network's input, in pixels.
  int ClassAt(const run::OutputTensor& output, double x, double y) const;

 private:
  double Interpolated(const std::vector<float>& values, int channel, double column, double row) const;

  size_t output_ = 0;
  int classes_ = 0;
  int height_ = 0;
  int width_ = 0;
  bool channels_last_ = false;
  input::PictureSize input_;
};

}  // namespace lockstep::evaluate
