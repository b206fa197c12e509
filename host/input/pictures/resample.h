// Scaling of pictures as different programs do it.
#pragma once

#include <opencv2/core.hpp>

#include "input/pictures/picture_decoder.h"

namespace lockstep::input {

// An 8-bit picture of any channels.
cv::Mat Resample(const cv::Mat& picture, const cv::Size& size, Interpolation interpolation);

}  // namespace lockstep::input
