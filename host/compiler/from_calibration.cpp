#include "compiler/from_calibration.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "calibration/entry_keys.h"
#include "calibration/held_corrections.h"
#include "calibration/read_decisions.h"
#include "graph/error.h"
#include "quantize/corrections/bias_correction.h"
#include "report/json_text.h"

namespace lockstep::compiler {
namespace {

using settings::Json;

constexpr char kFrom[] = "from_calibration";
constexpr char kPictures[] = "calibration";
// Which pictures, and what is done with them.
constexpr std::array<const char*, 5> kOfPictures = {"count", "seed", "skip_bad_images", "no_cache", "cache_folder"};
constexpr std::array<const char*, 2> kOfJudgement = {"require_cosine", "require_sqnr"};
// What may be said anew.
constexpr std::array<const char*, 7> kFree = {kFrom, kPictures, "input", "output_dir", "name", "export_qdq", "threads"};

template <typename Keys>
bool IsIn(const Keys& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

[[noreturn]] void Fail(const std::string& source, const std::string& key, const std::string& what) {
  throw UsageError(source + ": " + key + " " + what);
}

// Weights that were rounded by what pictures show are in no file; smoothing and shifted biases are in those with the
// section `corrections`.
bool IsHeld(const std::string& key, const Json& value, bool has_corrections) {
  if (key == "adaptive_rounding") return value != Json(true);
  if (has_corrections) return true;
  if (key == "smooth_quant") return value != Json(true);
  return key != "bias_correction" || (value != Json("features") && value != Json("both"));
}

void RequireHeld(const Json& settings, bool has_corrections, const std::string& source, const std::string& way_out) {
  for (const auto& [key, value] : settings.items()) {
    if (IsHeld(key, value, has_corrections)) continue;
    Fail(source, key,
         report::JsonText(value) + " makes what the calibration file does not hold; calibrate again, or " + way_out);
  }
}

void CheckGiven(const Json& given, const Json& made_with, const std::string& source) {
  for (const auto& [key, value] : given.items()) {
    if (IsIn(kFree, key) || IsIn(kOfPictures, key) || IsIn(kOfJudgement, key)) continue;
    if (made_with.contains(key) && made_with.at(key) == value) continue;
    Fail(source, key,
         "cannot be changed with from_calibration: the calibration was made with " +
             (made_with.contains(key) ? report::JsonText(made_with.at(key)) : std::string("none")) +
             "; change the calibration file (`lockstep edit`), or leave from_calibration out and calibrate again");
  }
}

}  // namespace

Json WithCalibrationFile(const Json& given, const std::string& source) {
  if (!given.is_object() || !given.contains(kFrom) || !given.at(kFrom).is_string()) return given;
  const std::string path = given.at(kFrom).get<std::string>();
  const calibration::Json file = calibration::ReadCalibrationFile(path);
  Json made_with = file.at("build");
  const bool has_corrections = file.contains(calibration::key::kCorrections);
  RequireHeld(made_with, has_corrections, path, "make the file without it");
  RequireHeld(given, has_corrections, source, "leave it out");
  CheckGiven(given, made_with, source);
  const bool pictures = given.contains(kPictures);
  for (const char* key : kOfPictures) {
    if (!pictures) made_with.erase(key);
  }
  for (const char* key : kOfJudgement) made_with.erase(key);
  made_with.erase(kPictures);
  made_with.erase(kFrom);
  made_with.erase("export_qdq");
  made_with.update(given);
  return made_with;
}

bool HoldsCorrections(const BuildConfig& config) {
  return config.smooth_quant || quantize::CorrectsFeatures(config.bias_correction);
}

quantize::QuantizedGraph QuantizeFromFile(const BuildConfig& config, const graph::Graph& graph,
                                          const quantize::QuantizeOptions& options, const std::string& digest,
                                          const calibration::Json& file) {
  calibration::RequireNetwork(file, config.from_calibration, config.input, digest);
  quantize::QuantizedGraph quantized =
      quantize::Decide(graph, options, calibration::ReadDecisions(file, config.from_calibration, graph, options));
  quantize::ShiftBiasesBy(quantized, calibration::HeldIn(file, config.from_calibration).bias_shifts,
                          config.from_calibration);
  return quantized;
}

}  // namespace lockstep::compiler
