#include "compiler/build_config.h"

#include <filesystem>
#include <utility>

#include "files/output_file.h"
#include "graph/error.h"
#include "input/preprocess.h"
#include "report/json_text.h"
#include "settings/choices.h"

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

// `json` with its relative paths below `folder`.
Json WithPathsIn(const fs::path& folder, Json json) {
  for (const settings::Setting& setting : settings::Table()) {
    if (setting.kind != settings::Kind::kPath || !json.contains(setting.key)) continue;
    Json& path = json.at(setting.key);
    if (path.is_string() && !path.get<std::string>().empty()) {
      path = (folder / path.get<std::string>()).lexically_normal().string();
    }
  }
  return json;
}

}  // namespace

BuildConfig ParseConfig(const Json& json, const std::string& source) {
  Json given = json;
  const bool unnamed = given.is_object() && (!given.contains("name") || given.at("name") == "");
  if (unnamed && given.contains("input") && given.at("input").is_string()) {
    given["name"] = fs::path(given.at("input").get<std::string>()).stem().string();
  }
  BuildConfig config;
  config.merged = settings::Resolve(settings::kBuild, given, source);
  const Json& merged = config.merged;
  Take(merged, "input", config.input);
  Take(merged, "output_dir", config.output_dir);
  Take(merged, "name", config.name);
  config.input_shape = InputShapesOf(merged);
  Take(merged, "input_nodes", config.input_nodes);
  Take(merged, "output_nodes", config.output_nodes);
  Take(merged, "calibration", config.calibration);
  Take(merged, "count", config.count);
  Take(merged, "seed", config.seed);
  Take(merged, "skip_bad_images", config.skip_bad_images);
  config.preprocess = PreprocessOf(merged, source);
  TakeNamed(merged, "observer", settings::Observers(), config.observer.kind);
  Take(merged, "percentile", config.observer.percentile);
  TakeNamed(merged, "weight_range", settings::WeightRanges(), config.weight_range);
  Take(merged, "bias_correction", config.bias_correction);
  Take(merged, "tail_bits", config.tail_bits);
  Take(merged, "float_nodes", config.floats.nodes);
  Take(merged, "float_ops", config.floats.operators);
  Take(merged, "float_all", config.floats.all);
  Take(merged, "float_subgraphs", config.floats.subgraphs);
  Take(merged, "quantized_nodes", config.floats.quantized_nodes);
  Take(merged, "quantized_ops", config.floats.quantized_operators);
  Take(merged, "threads", config.threads);
  return config;
}

InputPreprocess PreprocessOf(const Json& resolved, const std::string& source) {
  InputPreprocess preprocess;
  TakeNamed(resolved, "color", settings::kColors, preprocess.color);
  TakeNamed(resolved, "resize", settings::kResizes, preprocess.resize);
  Take(resolved, "mean", preprocess.mean);
  Take(resolved, "std", preprocess.std);
  Take(resolved, "pad_value", preprocess.pad_value);
  for (const auto& [key, problem] : input::MeanAndStdProblems(preprocess)) {
    throw UsageError(source + ": " + std::string(key).append(" ").append(problem));
  }
  return preprocess;
}

std::map<std::string, graph::Shape> InputShapesOf(const Json& resolved) {
  std::map<std::string, graph::Shape> shapes;
  Take(resolved, "input_shape", shapes);
  return shapes;
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
