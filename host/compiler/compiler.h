// From an ONNX network and pictures to a joint model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/build_config.h"

namespace lockstep::compiler {

// Hears of the stages as they begin, and how far the calibration is.
struct BuildListener {
  std::function<void(const std::string& stage)> stage;
  std::function<void(int done, int total)> advance;
};

inline constexpr int kStages = 10;

struct BuildResult {
  std::filesystem::path joint_model;
  std::filesystem::path config;
  std::filesystem::path report;
  std::filesystem::path optimized_onnx;
  std::filesystem::path calibration;  // empty for a network of which only weights or features are quantised
  nlohmann::ordered_json summary;     // what the report file holds
  std::string warnings;               // headed blocks of what makes the model doubtful; empty: nothing does
  std::vector<std::string> misses;    // outputs below require_cosine or require_sqnr, one line each
};

// Writes NAME.joint, NAME.config.json, NAME.report.json, frontend/optimized.onnx and quant/calibration.json into the
// output folder, all of them or none. Throws UnsupportedModel with every blocker at once, BadInput for files that
// cannot be read or written, UsageError for settings that do not fit the network.
BuildResult Build(const BuildConfig& config, const BuildListener& listener);

}  // namespace lockstep::compiler
