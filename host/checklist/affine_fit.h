// An array as a picture's pixels times a factor plus an offset, channel by channel: whatever mean and std were applied,
// the fit is good if the pixels are the right ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "checklist/placements.h"

namespace lockstep::checklist {

// A picture that was placed: H,W,C.
struct PlacedPixels {
  std::vector<uint8_t> bytes;
  size_t height = 0;
  size_t width = 0;
  size_t channels = 0;
  input::Placement placement;
};

struct ArrayLayout {
  bool channels_last = false;
  bool swapped = false;  // its first channel is the picture's last one
};

struct ChannelFit {
  double factor = 0.0;
  double offset = 0.0;

  double At(double pixel) const { return factor * pixel + offset; }
};

struct Fit {
  ArrayLayout layout;
  std::vector<ChannelFit> channels;  // of the picture's channels
  double residual = 0.0;             // what is left, in grey levels: the root of the mean square
};

// Borders are left out. A channel of one colour tells nothing; if all are, there is no fit.
std::optional<Fit> FitPixels(const PlacedPixels& pixels, const std::vector<float>& values, ArrayLayout layout);

// The largest distance of the array from a fit, in the array's units, borders included.
double LargestDistance(const PlacedPixels& pixels, const std::vector<float>& values, const Fit& fit);

// The border's value in grey levels as the fit has it, if there is a border and it is of one value; the largest
// deviation from it is `spread`.
struct BorderValue {
  double level = 0.0;
  double spread = 0.0;
};
std::optional<BorderValue> BorderOf(const PlacedPixels& pixels, const std::vector<float>& values, const Fit& fit);

}  // namespace lockstep::checklist
