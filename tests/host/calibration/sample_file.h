// A calibration file of one convolution, as build writes it.
#pragma once

#include "calibration/calibration_file.h"

namespace lockstep::calibration {

inline Json SampleFile() {
  const Json levels = {{"type", "U8"}, {"bits", 8}, {"range", {-1.0, 1.55}}, {"scale", 0.01}, {"zero_point", 100}};
  Json tensor = levels;
  tensor["calibrated"] = levels;
  tensor["calibrated"].update({{"seen", {-1.0, 1.5}}, {"observer", "minmax"}});
  const Json settings = {
      {"float", false}, {"weight_bits", 8}, {"weight_range", "mse"}, {"weight_scales", "per_channel"}};
  Json node = {{"op", "Conv"}, {"output", "y"}, {"calibrated", settings}};
  node.update(settings);
  return {{"version", 1},
          {"network", {{"file", "net.onnx"}, {"digest", "00"}}},
          {"calibration", {{"pictures", 2}, {"digest", "11"}}},
          {"build", Json::object()},
          {"tensors", {{"y", tensor}, {"z", {{"same_as", "y"}}}}},
          {"nodes", {{"conv", node}}},
          {"channel_means", Json::object()}};
}

}  // namespace lockstep::calibration
