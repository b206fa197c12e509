// How far the channels of a tensor reach, from the extremes of each on every picture.
#pragma once

#include <vector>

#include "quantize/observers/tensor_statistics.h"

namespace lockstep::quantize {

class ChannelReach {
 public:
  static constexpr double kDeviations = 5.0;

  // Of the next picture, a range for each channel.
  void Observe(const std::vector<Range>& extremes);

  // The extremes of all pictures, and beyond them up to kDeviations standard deviations of a picture's extreme from
  // their mean: a channel is seen in fewer places than a tensor, and on another picture it is often larger than on
  // those of the calibration. After one picture, of whose spread nothing is known, twice its extremes.
  std::vector<Range> Ranges() const;

 private:
  struct Sums {
    double low = 0.0, low_square = 0.0;
    double high = 0.0, high_square = 0.0;
  };

  int pictures_ = 0;
  std::vector<Range> extremes_;
  std::vector<Sums> sums_;
};

}  // namespace lockstep::quantize
