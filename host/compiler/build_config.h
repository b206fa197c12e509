// The configuration of a build: a JSON object whose keys are the long flags of `lockstep build` with '_' for '-'.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/quantize.h"

namespace lockstep::compiler {

struct BuildConfig {
  std::string input;       // the ONNX file
  std::string output_dir;  // gets NAME.joint and what belongs to it
  std::string name;        // default: the ONNX file's name without its ending
  std::map<std::string, graph::Shape> input_shape;
  std::vector<std::string> input_nodes;
  std::vector<std::string> output_nodes;
  std::string target_device = "any";

  std::string calibration;  // a folder of pictures and videos, or one of them
  int count = 0;            // pictures taken from it; 0: all
  uint64_t seed = 0;        // which ones
  bool skip_bad_images = false;
  quantize::InputPreprocess preprocess;  // keys color, resize, mean, std, pad_value

  quantize::RangeOptions observer;  // keys observer, percentile
  quantize::WeightRangeKind weight_range = quantize::WeightRangeKind::kMse;
  bool bias_correction = true;
  int tail_bits = 16;
  int threads = 0;  // 0: all cores; does not change the result
};

// Throws UsageError for unknown keys (with the nearest name), values of the wrong kind or out of range, missing keys
// and settings that have no effect. `source` is what the message calls the configuration.
BuildConfig ParseConfig(const nlohmann::ordered_json& json, const std::string& source);

// The keys color, resize, mean, std and pad_value alone.
quantize::InputPreprocess ParsePreprocess(const nlohmann::ordered_json& json, const std::string& source);

// Every key that has an effect, defaults included: parsing it again gives the same build.
nlohmann::ordered_json ToJson(const BuildConfig& config);

// The object in a file. Relative paths in it are relative to the file's folder and come back absolute. Throws BadInput
// if it cannot be read, UsageError if it is no JSON object.
nlohmann::ordered_json ReadConfigFile(const std::string& path);

// `flags` replace the file's keys. Relative paths in them are relative to the working folder.
nlohmann::ordered_json MergeConfig(nlohmann::ordered_json file, const nlohmann::ordered_json& flags);

// "NAME:1x3x640x640" into the value that `input_shape` takes; UsageError otherwise.
std::pair<std::string, graph::Shape> ParseInputShape(const std::string& text);

// Names that `target_device` takes.
std::vector<std::string> TargetDevices();

}  // namespace lockstep::compiler
