// What the calibration pictures show of a network: looked up among earlier calibrations, else observed and kept.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "calibration/calibration_cache.h"
#include "compiler/build_config.h"
#include "compiler/front.h"
#include "quantize/quantize.h"

namespace lockstep::compiler {

class PictureObservation {
 public:
  // Plans and looks it up. All of the arguments must outlive this. Throws what quantize::PlanObservation does.
  PictureObservation(const BuildConfig& config, const graph::Graph& graph, const quantize::QuantizeOptions& options,
                     const Calibration& calibration);

  bool from_cache() const { return from_cache_; }

  // Its results, with what is said of the pictures. Runs them where the cache had nothing; `progress` may be null.
  // Throws BadInput if a picture is bad or a value not finite.
  const calibration::CacheEntry& Run(const quantize::Progress& progress);

  // On the cache itself, one line each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  const BuildConfig& config_;
  const quantize::QuantizeOptions& options_;
  const Calibration& calibration_;
  quantize::Observation observation_;
  calibration::CalibrationCache cache_;
  std::string key_;
  std::optional<calibration::CacheEntry> entry_;
  bool from_cache_ = false;
  std::vector<std::string> notes_;
};

}  // namespace lockstep::compiler
