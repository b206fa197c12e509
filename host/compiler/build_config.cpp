#include "compiler/build_config.h"

#include <filesystem>
#include <utility>

#include "compiler/from_calibration.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "input/pictures/preprocess.h"
#include "report/json_text.h"
#include "settings/choices.h"
#include "settings/policy_rules.h"

namespace lockstep::compiler {
namespace {

namespace fs = std::filesystem;
using quantize::InputPreprocess;
using settings::Json;

// What was resolved has every setting that acts; `value` stays as it is for the others.
template <typename Value>
void Take(const Json& resolved, const char* key, Value& value) {
  if (resolved.contains(key)) value = resolved.at(key).get<Value>();
}

template <typename Table, typename Value>
void TakeNamed(const Json& resolved, const char* key, const Table& table, Value& value) {
  value = settings::ValueOf(table, resolved.at(key).get<std::string>());
}

void MakeAbsolute(const fs::path& folder, Json& path) {
  if (!path.is_string() || path.get<std::string>().empty()) return;
  path = (folder / path.get<std::string>()).lexically_normal().string();
}

// `json` with its relative paths below `folder`.
Json WithPathsIn(const fs::path& folder, Json json) {
  for (const settings::Setting& setting : settings::Table()) {
    const bool holds_paths = setting.kind == settings::Kind::kPath || setting.kind == settings::Kind::kNamedPaths;
    if (!holds_paths || !json.contains(setting.key)) continue;
    Json& value = json.at(setting.key);
    if (value.is_object()) {
      for (auto& [name, path] : value.items()) MakeAbsolute(folder, path);
    } else {
      MakeAbsolute(folder, value);
    }
  }
  return json;
}

std::map<std::string, quantize::OutputForm> OutputsOf(const Json& resolved) {
  std::map<std::string, quantize::OutputForm> outputs;
  const auto take = [&](const char* key, const auto& table, bool quantize::OutputForm::*member) {
    if (!resolved.contains(key)) return;
    for (const auto& [name, choice] : resolved.at(key).items()) {
      outputs[name].*member = settings::ValueOf(table, choice.template get<std::string>());
    }
  };
  take("output_format", settings::kOutputFormats, &quantize::OutputForm::raw);
  take("output_order", settings::kOutputOrders, &quantize::OutputForm::physical);
  return outputs;
}

quantize::CompensationRequests CompensationOf(const Json& resolved) {
  quantize::CompensationRequests requests;
  if (!resolved.contains("error_compensation")) return requests;
  for (const auto& [scope, part] : resolved.at("error_compensation").items()) {
    requests.push_back(
        {quantize::Scope::Parse(scope), settings::ValueOf(settings::kCompensatedParts, part.get<std::string>())});
  }
  return requests;
}

void RefuseBitsOfFloats(const Json& merged, const std::string& source) {
  if (merged.at("precision") != "float") return;
  for (const char* key : {"activation_bits", "weight_bits", "table_input_bits"}) {
    if (!merged.contains(key) || (merged.at(key).is_object() && !merged.at(key).contains("DEFAULT"))) continue;
    throw UsageError(source + ": precision float and " + key +
                     " of the whole network contradict each other; leave one out");
  }
}

}  // namespace

BuildConfig ParseConfig(const Json& json, const std::string& source) {
  Json given = WithCalibrationFile(json, source);
  const bool unnamed = given.is_object() && (!given.contains("name") || given.at("name") == Json(""));
  if (unnamed && given.contains("input") && given.at("input").is_string()) {
    given["name"] = fs::path(given.at("input").get<std::string>()).stem().string();
  }
  BuildConfig config;
  config.merged = settings::Resolve(settings::kBuild, given, source);
  const Json& merged = config.merged;
  RefuseBitsOfFloats(merged, source);
  Take(merged, "input", config.input);
  Take(merged, "output_dir", config.output_dir);
  Take(merged, "name", config.name);
  config.import = ImportOptionsOf(merged);
  if (merged.contains("calibration")) config.calibration = SourcesOf(merged.at("calibration"));
  Take(merged, "from_calibration", config.from_calibration);
  Take(merged, "export_qdq", config.export_qdq);
  config.outputs = OutputsOf(merged);
  Take(merged, "count", config.count);
  Take(merged, "seed", config.seed);
  Take(merged, "skip_bad_images", config.skip_bad_images);
  Take(merged, "no_cache", config.no_cache);
  Take(merged, "cache_folder", config.cache_folder);
  config.inputs = InputSettingsOf(merged, source);
  TakeNamed(merged, "observer", settings::Observers(), config.observer.kind);
  Take(merged, "percentile", config.observer.percentile);
  TakeNamed(merged, "activation_range", settings::kActivationRanges, config.observer.symmetric);
  TakeNamed(merged, "weight_range", settings::WeightRanges(), config.weight_range);
  TakeNamed(merged, "activation_scales", settings::kScales, config.activations_per_tensor);
  TakeNamed(merged, "weight_scales", settings::kScales, config.weights_per_tensor);
  TakeNamed(merged, "bias_correction", settings::kBiasCorrections, config.bias_correction);
  Take(merged, "cross_layer_equalization", config.equalization);
  Take(merged, "smooth_quant", config.smooth_quant);
  if (merged.contains("smooth_alpha")) config.smooth_alpha = merged.at("smooth_alpha").get<double>();
  Take(merged, "adaptive_rounding", config.adaptive_rounding);
  config.compensation = CompensationOf(merged);
  Take(merged, "tail_bits", config.tail_bits);
  config.policy = settings::PolicyOf(merged);
  config.rescue = merged.at("precision") != "int8";
  TakeNamed(merged, "quantize_only", settings::kQuantizeOnly, config.only);
  Take(merged, "threads", config.threads);
  if (merged.contains("require_cosine")) config.required.cosine = merged.at("require_cosine").get<double>();
  if (merged.contains("require_sqnr")) config.required.sqnr_db = merged.at("require_sqnr").get<double>();
  return config;
}

input::InputSettings InputSettingsOf(const Json& resolved, const std::string& source) {
  input::InputSettings inputs;
  InputPreprocess& preprocess = inputs.picture;
  TakeNamed(resolved, "color", settings::kColors, preprocess.color);
  TakeNamed(resolved, "resize", settings::kResizes, preprocess.resize);
  Take(resolved, "mean", preprocess.mean);
  Take(resolved, "std", preprocess.std);
  Take(resolved, "pad_value", preprocess.pad_value);
  for (const auto& [key, problem] : input::MeanAndStdProblems(preprocess)) {
    throw UsageError(source + ": " + std::string(key).append(" ").append(problem));
  }
  inputs.mean_given = resolved.contains("mean");
  inputs.std_given = resolved.contains("std");
  if (resolved.contains("input_type")) {
    for (const auto& [name, type] : resolved.at("input_type").items()) {
      inputs.types[name] = settings::ValueOf(settings::kInputTypes, type.get<std::string>());
    }
  }
  return inputs;
}

input::DataSources SourcesOf(const Json& value) {
  if (value.is_string()) return {{"", value.get<std::string>()}};
  input::DataSources sources;
  for (const auto& [name, path] : value.items()) sources.push_back({name, path.get<std::string>()});
  return sources;
}

importer::ImportOptions ImportOptionsOf(const Json& resolved) {
  importer::ImportOptions options;
  Take(resolved, "input_shape", options.input_shapes);
  Take(resolved, "input_value", options.input_values);
  Take(resolved, "input_nodes", options.input_nodes);
  Take(resolved, "output_nodes", options.output_nodes);
  return options;
}

Json ReadConfigFile(const std::string& path) {
  Json json = report::ParseJson(files::ReadFile(path), path);
  if (!json.is_object()) throw UsageError(path + ": a configuration is a JSON object");
  return WithPathsIn(fs::absolute(path).parent_path(), std::move(json));
}

Json MergeConfig(Json file, const Json& flags) {
  for (const auto& [key, value] : flags.items()) file[key] = value;
  return WithPathsIn(fs::current_path(), std::move(file));
}

}  // namespace lockstep::compiler
