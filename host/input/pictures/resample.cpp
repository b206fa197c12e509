#include "input/pictures/resample.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace lockstep::input {
namespace {

// Output pixel x comes from x * scale + offset.
cv::Mat ResampleLinearly(const cv::Mat& picture, const cv::Size& size, double scale_x, double scale_y) {
  const cv::Matx23d from(scale_x, 0, 0, 0, scale_y, 0);
  cv::Mat scaled;
  cv::warpAffine(picture, scaled, from, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  return scaled;
}

// Which input pixels an output pixel is made of: a triangle as wide as two pixels of the coarser picture.
struct Taps {
  int begin = 0;
  std::vector<double> weights;
};

std::vector<Taps> TriangleTaps(int from, int to) {
  std::vector<Taps> all(static_cast<size_t>(to));
  const double scale = static_cast<double>(from) / to;
  const double reach = std::max(scale, 1.0);
  for (int x = 0; x < to; ++x) {
    Taps& taps = all[static_cast<size_t>(x)];
    const double centre = (x + 0.5) * scale;
    taps.begin = std::max(static_cast<int>(centre - reach + 0.5), 0);
    const int end = std::min(static_cast<int>(centre + reach + 0.5), from);
    double sum = 0.0;
    for (int i = taps.begin; i < end; ++i) {
      taps.weights.push_back(std::max(1.0 - std::abs((i + 0.5 - centre) / reach), 0.0));
      sum += taps.weights.back();
    }
    for (double& weight : taps.weights) weight /= sum;
  }
  return all;
}

// Along the rows.
cv::Mat ResampleRows(const cv::Mat& picture, int width) {
  const std::vector<Taps> all = TriangleTaps(picture.cols, width);
  const int channels = picture.channels();
  cv::Mat scaled(picture.rows, width, picture.type());
  for (int y = 0; y < picture.rows; ++y) {
    const auto* in = picture.ptr<uint8_t>(y);
    auto* out = scaled.ptr<uint8_t>(y);
    for (const Taps& taps : all) {
      for (int c = 0; c < channels; ++c) {
        const uint8_t* pixel = in + taps.begin * channels + c;
        double sum = 0.0;
        for (const double weight : taps.weights) {
          sum += weight * *pixel;
          pixel += channels;
        }
        *out++ = cv::saturate_cast<uint8_t>(sum);
      }
    }
  }
  return scaled;
}

// Rounded in between, as PIL does.
cv::Mat ResampleByTriangle(const cv::Mat& picture, const cv::Size& size) {
  cv::Mat turned;
  cv::transpose(ResampleRows(picture, size.width), turned);
  cv::Mat scaled;
  cv::transpose(ResampleRows(turned, size.height), scaled);
  return scaled;
}

}  // namespace

cv::Mat Resample(const cv::Mat& picture, const cv::Size& size, Interpolation interpolation) {
  const auto with = [&](int flag) {
    cv::Mat scaled;
    cv::resize(picture, scaled, size, 0, 0, flag);
    return scaled;
  };
  const auto ratio = [](int from, int to) { return static_cast<double>(from) / std::max(to, 1); };
  switch (interpolation) {
    case Interpolation::kLinear:
      break;
    case Interpolation::kNearest:
      return with(cv::INTER_NEAREST);
    case Interpolation::kCubic:
      return with(cv::INTER_CUBIC);
    case Interpolation::kArea:
      return with(cv::INTER_AREA);
    case Interpolation::kLanczos:
      return with(cv::INTER_LANCZOS4);
    case Interpolation::kTriangle:
      return ResampleByTriangle(picture, size);
    case Interpolation::kLinearCorners:
      return ResampleLinearly(picture, size, ratio(picture.cols - 1, size.width - 1),
                              ratio(picture.rows - 1, size.height - 1));
    case Interpolation::kLinearUncentred:
      return ResampleLinearly(picture, size, ratio(picture.cols, size.width), ratio(picture.rows, size.height));
  }
  return with(cv::INTER_LINEAR);
}

}  // namespace lockstep::input
