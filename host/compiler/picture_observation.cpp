#include "compiler/picture_observation.h"

#include <filesystem>
#include <map>
#include <sstream>
#include <utility>

#include "compiler/calibration_watch.h"
#include "compiler/program_digest.h"
#include "import/onnx_export.h"
#include "import/source_digest.h"
#include "input/input_source.h"
#include "lockstep/md5.h"
#include "quantize/policy_effect.h"

namespace lockstep::compiler {
namespace {

std::string DigestOf(const std::string& text) { return ToText(Md5Of(text.data(), text.size())).data(); }

// Of what cannot be read, that.
std::string DigestOfFile(const std::string& path) { return importer::FileDigest(path).value_or("unreadable"); }

void Describe(const input::InputInfo& info, std::ostream& text) {
  const quantize::InputPreprocess& preprocess = info.preprocess;
  text << "input " << info.name << " " << input::Describe(info) << " " << static_cast<int>(preprocess.type) << " "
       << static_cast<int>(preprocess.color) << " " << static_cast<int>(preprocess.resize) << " "
       << static_cast<int>(preprocess.pad_value) << " " << info.normalised << info.takes_floats;
  for (const float mean : preprocess.mean) text << " m" << mean;
  for (const float std : preprocess.std) text << " s" << std;
  text << "\n";
}

void Describe(const input::DataItem& item, std::map<std::string, std::string>& digests, std::ostream& text) {
  const auto digest = [&](const std::string& path) {
    const auto [found, is_new] = digests.emplace(path, "");
    if (is_new) found->second = DigestOfFile(path);
    return found->second;
  };
  text << "set " << item.label;
  for (const input::DataPart& part : item.parts) {
    for (const input::PictureRef& picture : part.pictures) {
      text << " " << digest(picture.path) << " " << picture.frame << " " << static_cast<int>(picture.variant);
    }
    if (part.pictures.empty()) text << " " << digest(part.file);
    text << ";";
  }
  text << "\n";
}

// All that the result depends on: the program, as another build of it may compute other values, the network, what is
// looked at, how pictures are fed, the pictures.
std::string KeyOf(const quantize::Observation& observation, const Calibration& calibration, bool skip_bad) {
  std::ostringstream text;
  text.precision(9);
  text << ProgramDigest() << " " << DigestOf(importer::SerializeOnnx(observation.graph)) << " " << skip_bad << "\n";
  for (const auto* tensors : {&observation.statistics, &observation.channel_means, &observation.channel_extremes}) {
    for (const graph::TensorId id : *tensors) text << observation.graph.tensor(id).name << "\n";
    text << "\n";
  }
  for (const input::InputInfo& info : calibration.infos) Describe(info, text);
  std::map<std::string, std::string> digests;
  for (const input::DataItem& item : calibration.chosen) Describe(item, digests, text);
  return DigestOf(text.str());
}

std::filesystem::path FolderOf(const BuildConfig& config) {
  if (config.no_cache) return {};
  return config.cache_folder.empty() ? calibration::DefaultCacheFolder() : std::filesystem::path(config.cache_folder);
}

}  // namespace

PictureObservation::PictureObservation(const BuildConfig& config, const graph::Graph& graph,
                                       const quantize::QuantizeOptions& options, const Calibration& calibration)
    : config_(config),
      options_(options),
      calibration_(calibration),
      observation_(quantize::PlanObservation(graph, options)),
      cache_(FolderOf(config)) {
  quantize::RequireWholeEffect(graph, options);
  if (config.no_cache) return;
  key_ = KeyOf(observation_, calibration_, config_.skip_bad_images);
  std::string problem;
  entry_ = cache_.Find(key_, observation_.graph, problem);
  from_cache_ = entry_.has_value();
  if (!problem.empty()) notes_.push_back("the calibration was made again, for a kept one cannot be read: " + problem);
}

const calibration::CacheEntry& PictureObservation::Run(const quantize::Progress& progress) {
  if (entry_) return *entry_;
  input::InputSource source(calibration_.infos, calibration_.chosen, config_.skip_bad_images);
  CalibrationWatch watch(source, calibration_.infos);
  calibration::CacheEntry entry;
  entry.calibration = quantize::Observe(observation_, watch, options_.threads, progress);
  entry.skipped = source.skipped();
  entry.doubts = watch.Doubts();
  entry_ = std::move(entry);
  if (config_.no_cache) return *entry_;
  const std::string problem = cache_.Keep(key_, *entry_, observation_.graph);
  if (!problem.empty()) notes_.push_back("the calibration was not kept for later builds: " + problem);
  return *entry_;
}

}  // namespace lockstep::compiler
