#include "checklist/affine_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockstep::checklist {
namespace {

// The array's element of a pixel's channel.
class Elements {
 public:
  Elements(const PlacedPixels& pixels, const std::vector<float>& values, ArrayLayout layout)
      : values_(values.data()), layout_(layout), channels_(pixels.channels), plane_(pixels.height * pixels.width) {}

  double At(size_t pixel, size_t channel) const {
    const size_t c = layout_.swapped ? channels_ - 1 - channel : channel;
    return static_cast<double>(layout_.channels_last ? values_[pixel * channels_ + c] : values_[c * plane_ + pixel]);
  }

 private:
  const float* values_;
  ArrayLayout layout_;
  size_t channels_;
  size_t plane_;
};

bool InPicture(const input::Placement& placement, size_t height, size_t width, size_t y, size_t x) {
  const auto margin = [](int size) { return static_cast<size_t>(std::max(size, 0)); };
  return y >= margin(placement.top) && y < height - margin(placement.bottom) && x >= margin(placement.left) &&
         x < width - margin(placement.right);
}

// Calls visit(pixel, whether the picture is there).
template <typename Visit>
void ForEachPixel(const PlacedPixels& pixels, const Visit& visit) {
  for (size_t y = 0, at = 0; y < pixels.height; ++y) {
    for (size_t x = 0; x < pixels.width; ++x, ++at) {
      visit(at, InPicture(pixels.placement, pixels.height, pixels.width, y, x));
    }
  }
}

}  // namespace

std::optional<Fit> FitPixels(const PlacedPixels& pixels, const std::vector<float>& values, ArrayLayout layout) {
  const Elements elements(pixels, values, layout);
  Fit fit;
  fit.layout = layout;
  double squares = 0.0;
  size_t told = 0;  // channels that tell something
  for (size_t c = 0; c < pixels.channels; ++c) {
    double count = 0.0, sum_x = 0.0, sum_y = 0.0, xx = 0.0, xy = 0.0, yy = 0.0;
    ForEachPixel(pixels, [&](size_t pixel, bool picture) {
      if (!picture) return;
      const double x = pixels.bytes[pixel * pixels.channels + c];
      const double y = elements.At(pixel, c);
      count += 1.0;
      sum_x += x;
      sum_y += y;
      xx += x * x;
      xy += x * y;
      yy += y * y;
    });
    const double var_x = xx - sum_x * sum_x / count;
    const double var_y = yy - sum_y * sum_y / count;
    const double cov = xy - sum_x * sum_y / count;
    ChannelFit& channel = fit.channels.emplace_back();
    if (!(var_x > 0.0) || !std::isfinite(var_y)) {
      channel.factor = std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    ++told;
    channel.factor = cov / var_x;
    channel.offset = (sum_y - channel.factor * sum_x) / count;
    const double left = std::max(var_y - cov * channel.factor, 0.0) / count;
    squares +=
        channel.factor == 0.0 ? std::numeric_limits<double>::infinity() : left / (channel.factor * channel.factor);
  }
  if (told == 0) return std::nullopt;
  // What a channel of one colour would have told is taken from another.
  const auto known = std::find_if(fit.channels.begin(), fit.channels.end(),
                                  [](const ChannelFit& channel) { return !std::isnan(channel.factor); });
  for (size_t c = 0; c < fit.channels.size(); ++c) {
    if (std::isnan(fit.channels[c].factor)) fit.channels[c] = *known;
  }
  fit.residual = std::sqrt(squares / static_cast<double>(told));
  return fit;
}

double LargestDistance(const PlacedPixels& pixels, const std::vector<float>& values, const Fit& fit) {
  const Elements elements(pixels, values, fit.layout);
  double largest = 0.0;
  ForEachPixel(pixels, [&](size_t pixel, bool /*picture*/) {
    for (size_t c = 0; c < pixels.channels; ++c) {
      const double distance =
          std::abs(elements.At(pixel, c) - fit.channels[c].At(pixels.bytes[pixel * pixels.channels + c]));
      largest = std::isnan(distance) ? std::numeric_limits<double>::infinity() : std::max(largest, distance);
    }
  });
  return largest;
}

std::optional<BorderValue> BorderOf(const PlacedPixels& pixels, const std::vector<float>& values, const Fit& fit) {
  const Elements elements(pixels, values, fit.layout);
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -lowest;
  ForEachPixel(pixels, [&](size_t pixel, bool picture) {
    if (picture) return;
    for (size_t c = 0; c < pixels.channels; ++c) {
      const double level = (elements.At(pixel, c) - fit.channels[c].offset) / fit.channels[c].factor;
      lowest = std::min(lowest, level);
      highest = std::max(highest, level);
    }
  });
  if (!(lowest <= highest)) return std::nullopt;
  return BorderValue{(lowest + highest) / 2.0, highest - lowest};
}

}  // namespace lockstep::checklist
