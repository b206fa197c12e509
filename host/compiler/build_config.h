// The configuration of a build: a view of the settings (settings/setting.h) that act in it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "import/onnx_import.h"
#include "input/data_list.h"
#include "input/input_info.h"
#include "judge/render.h"
#include "quantize/corrections/bias_correction.h"
#include "quantize/corrections/error_compensation.h"
#include "quantize/quantize.h"
#include "settings/setting.h"

namespace lockstep::compiler {

// Each member is the setting of its name; what it means stands in the table.
struct BuildConfig {
  std::string input;
  std::string output_dir;
  std::string name;
  importer::ImportOptions import;  // input_shape, input_value, input_nodes, output_nodes
  input::DataSources calibration;
  std::string from_calibration;
  std::string export_qdq;
  std::map<std::string, quantize::OutputForm> outputs;  // output_format and output_order, by name
  int count = 0;
  uint64_t seed = 0;
  bool skip_bad_images = false;
  bool no_cache = false;
  std::string cache_folder;     // empty: calibration::DefaultCacheFolder
  input::InputSettings inputs;  // input_type, color, resize, mean, std, pad_value
  quantize::RangeOptions observer;
  quantize::WeightRangeKind weight_range = quantize::WeightRangeKind::kMse;
  bool weights_per_tensor = false;      // weight_scales
  bool activations_per_tensor = false;  // activation_scales
  quantize::BiasCorrection bias_correction = quantize::BiasCorrection::kWeights;
  bool equalization = false;  // cross_layer_equalization
  bool smooth_quant = false;
  std::optional<double> smooth_alpha;  // searched without
  bool adaptive_rounding = false;
  quantize::CompensationRequests compensation;                 // error_compensation
  quantize::QuantizeOnly only = quantize::QuantizeOnly::kAll;  // quantize_only
  int tail_bits = 16;
  bool rescue = true;               // tensors that would lose their levels get more bits: not with precision int8
  quantize::PolicySettings policy;  // precision, activation_bits, .., layer_configs, float_.., quantized_..
  judge::Required required;         // require_cosine, require_sqnr
  int threads = 0;

  // Every setting that has an effect, defaults included: parsing it again gives the same build.
  settings::Json merged;
};

// Throws UsageError for what settings::Resolve refuses, and for a mean or std that does not fit the colour. `source` is
// what the message calls the configuration.
BuildConfig ParseConfig(const settings::Json& json, const std::string& source);

// What settings::Resolve gave of inputs: input_type, color, resize, mean, std and pad_value.
input::InputSettings InputSettingsOf(const settings::Json& resolved, const std::string& source);

// What it gave for data or calibration.
input::DataSources SourcesOf(const settings::Json& value);

// What it gave of how to import: input_shape, input_value, input_nodes and output_nodes.
importer::ImportOptions ImportOptionsOf(const settings::Json& resolved);

// The object in a file. Relative paths in it are relative to the file's folder and come back absolute. Throws BadInput
// if it cannot be read, UsageError if it is no JSON object.
settings::Json ReadConfigFile(const std::string& path);

// `flags` replace the file's keys. Relative paths in them are relative to the working folder.
settings::Json MergeConfig(settings::Json file, const settings::Json& flags);

}  // namespace lockstep::compiler
