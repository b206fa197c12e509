#include "compiler/compiler.h"

#include <algorithm>
#include <future>
#include <utility>

#include "compiler/blockers.h"
#include "compiler/build_report.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "import/onnx_export.h"
#include "import/onnx_import.h"
#include "input/data_list.h"
#include "input/input_info.h"
#include "input/input_source.h"
#include "input/preprocess.h"
#include "lockstep/md5.h"
#include "lower/lower.h"
#include "optimize/optimize.h"
#include "quantize/policy.h"
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

// What is missing is found before the first stage, not after minutes of work.
void CheckPaths(const BuildConfig& config, const BuildResult& result) {
  files::RequireFile(config.input);
  for (const input::DataSource& source : config.calibration) {
    if (!fs::exists(source.path)) throw BadInput(source.path + ": no such picture or folder; check the path");
  }
  files::RefuseToReplace({config.input}, {result.joint_model, result.optimized_onnx});
  files::RequireWritableFolder(config.output_dir);
}

// What goes into the network, and the runs that the calibration takes of it.
struct Calibration {
  std::map<std::string, quantize::InputPreprocess> inputs;
  std::vector<input::InputInfo> infos;
  std::vector<input::DataItem> chosen;
  std::vector<std::string> notes;
};

Calibration ChooseCalibration(const BuildConfig& config, const graph::Graph& graph) {
  Calibration calibration;
  calibration.inputs = input::ChooseInputs(config.input, graph, config.inputs);
  calibration.infos = input::InputsOf(graph, calibration.inputs);
  constexpr int kFramesPerVideo = 32;
  input::DataList data = input::ListData(config.calibration, calibration.infos, "calibration", kFramesPerVideo);
  calibration.chosen = input::SampleItems(data.items, config.count, config.seed);
  calibration.notes = input::InputNotes(graph, config.inputs, calibration.inputs);
  calibration.notes.insert(calibration.notes.end(), data.notes.begin(), data.notes.end());
  for (const auto& [name, preprocess] : calibration.inputs) {
    if (preprocess.type != quantize::InputPreprocess::Type::kPicture) continue;
    if (graph.tensor(graph.Find(name)).onnx_type == graph::kOnnxUint8) continue;
    const std::string doubt = input::MeanAndStdDoubt(preprocess);
    if (doubt.empty()) continue;
    calibration.notes.push_back(doubt);
    break;
  }
  return calibration;
}

// A raw output is one that would else be converted to floats.
void RequireQuantizedOutputs(const BuildConfig& config, const graph::Graph& graph) {
  const quantize::FloatNodes floats = quantize::ResolveFloatNodes(graph, config.floats);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const graph::TensorId id : graph.nodes[i].outputs) {
      if (id == graph::kNoTensor) continue;
      const graph::Tensor& tensor = graph.tensor(id);
      const auto form = config.outputs.find(tensor.name);
      const bool integers = tensor.type != graph::ElementType::kFloat;
      if (form == config.outputs.end() || !form->second.raw || !(integers || quantize::IsFloat(floats, i))) continue;
      throw UsageError("--output-format: output " + graph::Quoted(tensor.name) +
                       (integers ? " holds integers" : " is computed in floats") +
                       " and is delivered as it is; leave the setting out");
    }
  }
}

// That every output of which a form was said is there and has it.
void RequireOutputs(const BuildConfig& config, const graph::Graph& graph) {
  std::vector<std::string> names;
  for (const graph::TensorId output : graph.outputs) names.push_back(graph.tensor(output).name);
  for (const auto& [name, form] : config.outputs) {
    if (std::count(names.begin(), names.end(), name) != 0) continue;
    const std::string setting = form.raw ? "--output-format" : "--output-order";
    throw UsageError(setting + ": " + config.input + " has no output " + graph::Quoted(name) + " (it has " +
                     graph::Listed(names) + ")" + graph::DidYouMean(name, names));
  }
  RequireQuantizedOutputs(config, graph);
}

quantize::QuantizedGraph Quantize(const BuildConfig& config, const graph::Graph& graph, const Calibration& calibration,
                                  input::InputSource& source, const BuildListener& listener) {
  quantize::QuantizeOptions options;
  options.observer = config.observer;
  options.weight_range = config.weight_range;
  options.bias_correction = config.bias_correction;
  options.tail_bits = config.tail_bits;
  options.floats = config.floats;
  options.threads = config.threads;
  options.preprocess = calibration.inputs;
  options.outputs = config.outputs;
  return quantize::Quantize(graph, options, source, listener.advance);
}

// Where the calibration did not have all the pictures that were wanted.
std::vector<std::string> CalibrationNotes(const BuildConfig& config, const Calibration& calibration,
                                          const std::vector<std::string>& skipped) {
  const size_t chosen = calibration.chosen.size();
  std::vector<std::string> notes = calibration.notes;
  if (static_cast<size_t>(config.count) > chosen) {
    notes.push_back("count is " + std::to_string(config.count) + ", but " + config.calibration.front().path +
                    " has only " + std::to_string(chosen) + " pictures and video frames; all of them were taken");
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
  CheckPaths(config, result);

  report.Stage("import " + config.input);
  std::future<std::string> digest = std::async(std::launch::async, FileDigest, config.input);
  graph::Graph graph = Import(config);

  report.Stage("optimise");
  report.Passes(optimize::Optimize(graph));
  RequireSupported(graph, config.input);
  RequireOutputs(config, graph);
  const Calibration calibration = ChooseCalibration(config, graph);
  input::InputSource source(calibration.infos, calibration.chosen, config.skip_bad_images);

  report.Stage("export frontend/optimized.onnx");
  const std::string source_digest = digest.get();
  files.Add(result.optimized_onnx, importer::SerializeOnnx(graph, source_digest));

  report.Stage("calibrate and quantise");
  quantize::QuantizedGraph quantized = Quantize(config, graph, calibration, source, listener);
  report.Pictures(calibration.chosen.size(), source.skipped().size());
  report.Notes(CalibrationNotes(config, calibration, source.skipped()));
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
