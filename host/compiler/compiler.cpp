#include "compiler/compiler.h"

#include <algorithm>
#include <future>
#include <utility>

#include "compiler/blockers.h"
#include "compiler/build_report.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "import/onnx_import.h"
#include "input/picture_source.h"
#include "input/pictures.h"
#include "lockstep/md5.h"
#include "lower/lower.h"
#include "optimize/optimize.h"
#include "report/json_text.h"

namespace lockstep::compiler {
namespace {

namespace fs = std::filesystem;

graph::Graph Import(const BuildConfig& config) {
  importer::ImportOptions options;
  options.input_shapes = config.input_shape;
  options.input_nodes = config.input_nodes;
  options.output_nodes = config.output_nodes;
  graph::Graph graph = importer::ImportOnnx(config.input, options);
  graph.name = config.name;
  return graph;
}

struct Calibration {
  std::vector<input::PictureRef> chosen;
  std::string skipped;  // what was left out of the folder
};

Calibration ChoosePictures(const BuildConfig& config) {
  Calibration calibration;
  constexpr int kFramesPerVideo = 32;
  const auto pictures = input::ListPictures(config.calibration, kFramesPerVideo, &calibration.skipped);
  calibration.chosen = input::SamplePictures(pictures, config.count, config.seed);
  return calibration;
}

// What is missing is found before the first stage, not after minutes of work.
Calibration CheckPaths(const BuildConfig& config, const BuildResult& result) {
  files::RequireFile(config.input);
  Calibration calibration = ChoosePictures(config);
  files::RefuseToReplace({config.input}, {result.joint_model, result.optimized_onnx});
  files::RequireWritableFolder(config.output_dir);
  return calibration;
}

input::PictureSource OpenCalibration(const BuildConfig& config, const graph::Graph& graph,
                                     std::vector<input::PictureRef> pictures) {
  const graph::Tensor& input = graph.tensor(graph.inputs[0]);
  const input::PictureSize size = input::CheckPreprocess(config.input, input.name, input.shape, config.preprocess);
  return {std::move(pictures), input.name, config.preprocess, size, config.skip_bad_images};
}

quantize::QuantizedGraph Quantize(const BuildConfig& config, const graph::Graph& graph, input::PictureSource& pictures,
                                  const BuildListener& listener) {
  quantize::QuantizeOptions options;
  options.observer = config.observer;
  options.weight_range = config.weight_range;
  options.bias_correction = config.bias_correction;
  options.tail_bits = config.tail_bits;
  options.floats = config.floats;
  options.threads = config.threads;
  options.preprocess[graph.tensor(graph.inputs[0]).name] = config.preprocess;
  return quantize::Quantize(graph, options, pictures, listener.advance);
}

// Where the calibration did not have all the pictures that were wanted.
std::vector<std::string> CalibrationNotes(const BuildConfig& config, const Calibration& calibration,
                                          const std::vector<std::string>& skipped) {
  const size_t chosen = calibration.chosen.size();
  std::vector<std::string> notes;
  if (!calibration.skipped.empty()) notes.push_back(calibration.skipped);
  if (std::string doubt = input::MeanAndStdDoubt(config.preprocess); !doubt.empty()) notes.push_back(std::move(doubt));
  if (static_cast<size_t>(config.count) > chosen) {
    notes.push_back("count is " + std::to_string(config.count) + ", but " + config.calibration + " has only " +
                    std::to_string(chosen) + " pictures and video frames; all of them were taken");
  }
  if (skipped.empty()) return notes;
  constexpr size_t kNamed = 3;
  std::string note = std::to_string(skipped.size()) + " of " + std::to_string(chosen) +
                     " calibration pictures could not be read and were skipped: ";
  for (size_t i = 0; i < std::min(kNamed, skipped.size()); ++i) note += (i == 0 ? "" : ", ") + skipped[i];
  if (skipped.size() > kNamed) note += " and " + std::to_string(skipped.size() - kNamed) + " more";
  notes.push_back(note);
  return notes;
}

std::string FileDigest(const std::string& path) {
  const std::vector<uint8_t> bytes = files::ReadFile(path);
  return ToText(Md5Of(bytes.data(), bytes.size())).data();
}

std::vector<uint8_t> Lower(const quantize::QuantizedGraph& quantized, const BuildConfig& config) {
  lower::LowerOptions options;
  options.name = config.name;
  return lower::Lower(quantized, options);
}

}  // namespace

BuildResult Build(const BuildConfig& config, const BuildListener& listener) {
  BuildReport report(config, listener);
  files::OutputFiles files;
  BuildResult result;
  const fs::path folder = config.output_dir;
  result.joint_model = folder / (config.name + ".joint");
  result.config = folder / (config.name + ".config.json");
  result.report = folder / (config.name + ".report.json");
  result.optimized_onnx = folder / "frontend" / "optimized.onnx";
  const Calibration calibration = CheckPaths(config, result);

  report.Stage("import " + config.input);
  std::future<std::string> digest = std::async(std::launch::async, FileDigest, config.input);
  graph::Graph graph = Import(config);

  report.Stage("optimise");
  report.Passes(optimize::Optimize(graph));
  RequireSupported(graph, config.input);
  input::PictureSource pictures = OpenCalibration(config, graph, calibration.chosen);

  report.Stage("export frontend/optimized.onnx");
  const std::string source_digest = digest.get();
  files.Add(result.optimized_onnx, importer::SerializeOnnx(graph, source_digest));

  report.Stage("calibrate and quantise");
  quantize::QuantizedGraph quantized = Quantize(config, graph, pictures, listener);
  report.Pictures(calibration.chosen.size(), pictures.skipped().size());
  report.Notes(CalibrationNotes(config, calibration, pictures.skipped()));
  report.Notes(quantized.notes);

  report.Stage("lower");
  quantized.source_digest = source_digest;
  const std::vector<uint8_t> model = Lower(quantized, config);
  report.Model(model);

  report.Stage("write " + result.joint_model.string());
  files.Add(result.joint_model, model.data(), model.size());
  files.Add(result.config, report::JsonText(config.merged, 2));
  result.summary = report.Finish();
  files.Add(result.report, report::JsonText(result.summary, 2));
  files.Commit();
  return result;
}

}  // namespace lockstep::compiler
