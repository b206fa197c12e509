#include "crosscheck/crosscheck.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "dump/dump.h"
#include "engine/float/float_engine.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/error.h"
#include "input/model_input.h"
#include "run/source_network.h"

namespace lockstep::crosscheck {
namespace {

namespace fs = std::filesystem;

// One input on the way through the engines and boards. Folders below `work`.
struct Round {
  const input::DataItem* item = nullptr;
  fs::path work;
  std::vector<std::vector<uint8_t>> inputs;
  std::vector<fs::path> input_files;
  fs::path reference;                       // its dump
  dump::Manifest manifest;                  // of that dump
  std::vector<std::string> output_digests;  // md5 of the reference engine's outputs
};

// What one board made of a round.
struct BoardRound {
  fs::path folder;  // of its dumps
  double seconds = 0.0;
  std::vector<dump::LayerResult> layers;
  std::map<std::pair<int, int>, dump::DumpLayer> fetched;  // layers whose bytes lie in `folder`, by DumpLayer::Place
  std::vector<BuildResult> builds;
  std::exception_ptr error;
};

Round RunReference(engine::JointModel& joint, const input::DataItem& item, const fs::path& work) {
  Round round;
  round.item = &item;
  round.work = work;
  round.inputs = input::JointInputs(joint.model(), item);
  for (size_t i = 0; i < round.inputs.size(); ++i) {
    const std::string number = round.inputs.size() == 1 ? "" : "_" + std::to_string(i);
    round.input_files.push_back(work / (item.stem + number + ".bin"));  // run_joint names its outputs after it
    files::WriteFile(round.input_files.back(), round.inputs[i].data(), round.inputs[i].size());
  }
  round.reference = work / "reference";
  dump::DumpWriter dump(round.reference, dump::DescribeModel(joint.model(), "reference", "host"), {});
  const auto outputs = joint.engine().Run(round.inputs, [&](int index, int output_index, const joint::Layer& layer,
                                                            const joint::Tensor& output, const uint8_t* data) {
    dump.Add(dump::DescribeLayer(index, output_index, layer, output), data, output.bytes());
  });
  dump.Finish();
  for (const auto& output : outputs) round.output_digests.push_back(dump::Md5Hex(output.data(), output.size()));
  round.manifest = dump::ReadManifest(round.reference);
  return round;
}

// An extended regular expression that matches exactly these names; empty (all layers) where it would get too long.
std::string ExactNames(const std::vector<dump::LayerResult>& layers) {
  constexpr size_t kMostCharacters = 16384;
  std::string names;
  for (const dump::LayerResult& layer : layers) {
    if (layer.md5_equal) continue;
    names += names.empty() ? "" : "|";
    for (const char c : layer.name) {
      if (std::string("\\^$.|?*+()[]{}").find(c) != std::string::npos) names += '\\';
      names += c;
    }
  }
  return names.size() > kMostCharacters ? "" : "^(" + names + ")$";
}

dump::Manifest CheckedManifest(const boards::Board& board, const fs::path& folder, const Round& round) {
  if (!fs::exists(folder / "manifest.json")) {
    throw BoardError(board.name() + ": the board's program ended well but wrote no dump; give it a run_joint_debug");
  }
  dump::Manifest manifest;
  try {
    manifest = dump::ReadManifest(folder);
  } catch (const BadInput& error) {
    throw BoardError(board.name() + ": the board's dump cannot be read: " + error.what());
  }
  if (manifest.model_digest != round.manifest.model_digest) {
    throw BoardError(board.name() + ": the board ran the model " + manifest.model_digest + ", not " +
                     round.manifest.model_digest + "; give it the same file");
  }
  return manifest;
}

std::vector<dump::LayerResult> CompareDigests(const boards::Board& board, const Round& round,
                                              const dump::Manifest& manifest) {
  std::map<std::pair<int, int>, const dump::DumpLayer*> by_place;
  for (const dump::DumpLayer& layer : manifest.layers) by_place[layer.Place()] = &layer;
  std::vector<dump::LayerResult> results;
  for (const dump::DumpLayer& reference : round.manifest.layers) {
    const auto found = by_place.find(reference.Place());
    if (found == by_place.end() || found->second->name != reference.name) {
      throw BoardError(board.name() + ": the board's dump has no layer " + std::to_string(reference.index) + " (" +
                       reference.name + "); its run_joint is of another version, build it again");
    }
    results.push_back(dump::ResultOf(reference, found->second->md5 == reference.md5));
  }
  return results;
}

// Fetches the bytes of the layers that differ and compares them, in bounded memory: one layer at a time. `sent` are the
// digests of the board's first run.
void CompareBytes(boards::Board& board, const Round& round, const CrosscheckOptions& options,
                  const dump::Manifest& sent, BoardRound& result) {
  const auto differs = [](const dump::LayerResult& layer) { return !layer.md5_equal; };
  if (std::none_of(result.layers.begin(), result.layers.end(), differs)) return;
  boards::BoardJob job;
  job.model = options.model;
  job.inputs = round.input_files;
  job.dump_folder = result.folder;
  job.layers = ExactNames(result.layers);
  board.Run(job);
  const dump::Manifest manifest = CheckedManifest(board, result.folder, round);
  for (const dump::DumpLayer& layer : manifest.layers) result.fetched[layer.Place()] = layer;
  std::map<std::pair<int, int>, std::string> sent_digests;
  for (const dump::DumpLayer& layer : sent.layers) sent_digests[layer.Place()] = layer.md5;
  for (size_t i = 0; i < result.layers.size(); ++i) {
    dump::LayerResult& layer = result.layers[i];
    const auto fetched = result.fetched.find(layer.Place());
    if (layer.md5_equal || fetched == result.fetched.end()) continue;
    const dump::DumpLayer& reference = round.manifest.layers[i];
    const auto actual = dump::ReadDumpLayer(result.folder, fetched->second);
    const auto expected = dump::ReadDumpLayer(round.reference, reference);
    if (actual.size() != expected.size()) {
      throw BoardError(board.name() + ": layer " + layer.name + " has another size than in the reference engine");
    }
    const bool is_float = layer.dtype == "f32";
    layer.difference =
        dump::CompareElements(reference, expected, actual, is_float ? options.float_tolerance : dump::Tolerance{});
    layer.repeatable = fetched->second.md5 == sent_digests.at(layer.Place());
    layer.within_tolerance = is_float && layer.repeatable && layer.difference->beyond == 0;
  }
}

std::vector<fs::path> FilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> OutputDigests(const fs::path& folder) {
  std::vector<std::string> digests;
  for (const fs::path& file : FilesIn(folder)) {
    const auto bytes = files::ReadFile(file);
    digests.push_back(dump::Md5Hex(bytes.data(), bytes.size()));
  }
  std::sort(digests.begin(), digests.end());
  return digests;
}

void CompareBuilds(boards::Board& board, const Round& round, const CrosscheckOptions& options, BoardRound& result) {
  std::vector<std::string> expected = round.output_digests;
  std::sort(expected.begin(), expected.end());
  for (const char* build : {"release", "debug", "profile", "nmem"}) {
    boards::BoardJob job;
    job.model = options.model;
    job.inputs = round.input_files;
    job.build = build;
    job.output_folder = result.folder.string() + "_" + build;
    board.Run(job);
    result.builds.push_back({build, OutputDigests(job.output_folder) == expected});
  }
}

// "qemu:mipsel" as a folder: "qemu_mipsel".
std::string FolderName(std::string board) {
  std::replace(board.begin(), board.end(), ':', '_');
  return board;
}

fs::path OutputsOf(const BoardRound& round) { return round.folder.string() + "_outputs"; }

void RunBoard(boards::Board& board, const Round& round, const CrosscheckOptions& options, BoardRound& result) {
  const auto start = std::chrono::steady_clock::now();
  try {
    boards::BoardJob job;
    job.model = options.model;
    job.inputs = round.input_files;
    job.dump_folder = result.folder;
    job.digests_only = true;
    if (!options.output_folder.empty()) job.output_folder = OutputsOf(result);
    board.Run(job);
    const dump::Manifest sent = CheckedManifest(board, result.folder, round);
    result.layers = CompareDigests(board, round, sent);
    CompareBytes(board, round, options, sent, result);
    if (options.all_builds) CompareBuilds(board, round, options, result);
  } catch (...) {
    result.error = std::current_exception();
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// From the round's temporary folder to where the user wants them.
void KeepOutputs(const boards::Board& board, const BoardRound& round, const fs::path& folder,
                 files::OutputFiles& files) {
  for (const fs::path& file : FilesIn(OutputsOf(round))) {
    const auto bytes = files::ReadFile(file);
    files.Add(folder / FolderName(board.name()) / file.filename(), bytes.data(), bytes.size());
  }
}

// Two boards at once; the first error, in the order of the boards, is thrown when all have ended.
std::vector<BoardRound> RunBoards(const std::vector<std::unique_ptr<boards::Board>>& boards, const Round& round,
                                  const CrosscheckOptions& options) {
  std::vector<BoardRound> results(boards.size());
  for (size_t i = 0; i < boards.size(); ++i) results[i].folder = round.work / ("board_" + std::to_string(i));
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < boards.size(); i = next++) RunBoard(*boards[i], round, options, results[i]);
  };
  constexpr size_t kAtOnce = 2;
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::min(kAtOnce, boards.size()); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  for (const BoardRound& result : results) {
    if (result.error) std::rethrow_exception(result.error);
  }
  return results;
}

// `expected` in ONNX order.
analyze::Metrics MeasureAccuracy(const dump::DumpLayer& layer, const float* expected,
                                 const std::vector<uint8_t>& bytes) {
  const std::vector<float> values = dump::RealValues(layer, bytes);
  return analyze::Compare(expected, values.data(), values.size(), layer.scale);
}

// The float network of the model, if there is one, with an engine that shows the tensors that layers write.
class FloatSide {
 public:
  FloatSide(const fs::path& onnx, const joint::Model& model, int threads)
      : graph_(run::LoadNetwork(onnx, {}, input::InputShapesOf(model))) {
    engine::FloatEngineOptions options;
    options.threads = threads;
    for (const joint::Layer* layer : *model.layers()) {
      const auto index = static_cast<flatbuffers::uoffset_t>(layer->outputs()->Get(0));
      const std::string name = model.tensors()->Get(index)->name()->str();
      if (graph_.Find(name) != graph::kNoTensor) options.observed.insert(name);
    }
    engine_ = std::make_unique<engine::FloatEngine>(graph_, options);
  }

  void Measure(const joint::Model& model, const Round& round, std::vector<BoardRound>& boards) {
    std::multimap<std::string, size_t> by_tensor;
    for (size_t i = 0; i < round.manifest.layers.size(); ++i) by_tensor.emplace(round.manifest.layers[i].tensor, i);
    engine_->Run(input::FloatInputsOf(model, round.inputs, graph_),
                 [&](const std::string& name, const graph::Shape& shape, const float* data) {
                   const auto [begin, end] = by_tensor.equal_range(name);
                   for (auto layer = begin; layer != end; ++layer) {
                     MeasureLayer(round, layer->second, graph::ElementCount(shape), data, boards);
                   }
                 });
  }

 private:
  static void MeasureLayer(const Round& round, size_t position, int64_t elements, const float* data,
                           std::vector<BoardRound>& boards) {
    const dump::DumpLayer& reference = round.manifest.layers[position];
    if (reference.Elements() != elements) return;
    const analyze::Metrics exact = MeasureAccuracy(reference, data, dump::ReadDumpLayer(round.reference, reference));
    for (BoardRound& board : boards) {
      const auto fetched = board.fetched.find(reference.Place());
      const bool own_bytes = fetched != board.fetched.end() && !fetched->second.file.empty();
      board.layers[position].accuracy =
          own_bytes ? MeasureAccuracy(reference, data, dump::ReadDumpLayer(board.folder, fetched->second)) : exact;
    }
  }

  graph::Graph graph_;
  std::unique_ptr<engine::FloatEngine> engine_;
};

// The worst of several inputs, layer by layer.
void Merge(BoardResult& total, BoardRound&& round) {
  total.seconds += round.seconds;
  for (const BuildResult& build : round.builds) {
    const auto same = [&](const BuildResult& other) { return other.build == build.build; };
    const auto found = std::find_if(total.builds.begin(), total.builds.end(), same);
    if (found == total.builds.end()) {
      total.builds.push_back(build);
    } else {
      found->outputs_equal = found->outputs_equal && build.outputs_equal;
    }
  }
  if (total.layers.empty()) {
    total.layers = std::move(round.layers);
    return;
  }
  for (size_t i = 0; i < total.layers.size(); ++i) {
    dump::LayerResult& worst = total.layers[i];
    dump::LayerResult& layer = round.layers[i];
    if (worst.md5_equal && !layer.md5_equal) worst.difference = layer.difference;
    worst.md5_equal = worst.md5_equal && layer.md5_equal;
    worst.within_tolerance = worst.within_tolerance && layer.within_tolerance;
    worst.repeatable = worst.repeatable && layer.repeatable;
    if (!worst.accuracy || !layer.accuracy) continue;
    worst.accuracy->cosine = std::min(worst.accuracy->cosine, layer.accuracy->cosine);
    worst.accuracy->sqnr_db = std::min(worst.accuracy->sqnr_db, layer.accuracy->sqnr_db);
    worst.accuracy->max_abs = std::max(worst.accuracy->max_abs, layer.accuracy->max_abs);
    worst.accuracy->max_steps = std::max(worst.accuracy->max_steps, layer.accuracy->max_steps);
  }
}

// The earliest layer that differs, of all boards; the first board that has it.
void NoteFirstDifference(const std::string& board, const std::string& input,
                         const std::vector<dump::LayerResult>& layers, CrosscheckResult& result) {
  for (const dump::LayerResult& layer : layers) {
    if (layer.md5_equal) continue;
    if (!result.first_difference || layer.Place() < result.first_difference->layer.Place()) {
      result.first_difference = FirstDifference{board, input, layer};
    }
    return;
  }
}

dump::Verdict Judge(const std::vector<BoardResult>& boards) {
  dump::Verdict verdict = dump::Verdict::kExact;
  for (const BoardResult& board : boards) {
    for (const BuildResult& build : board.builds) {
      if (!build.outputs_equal) return dump::Verdict::kDiffers;
    }
    verdict = std::max(verdict, dump::JudgeLayers(board.layers));
  }
  return verdict;
}

}  // namespace

int CountSteps(const CrosscheckOptions& options) {
  const bool accuracy = !options.onnx.empty() || fs::exists(run::OptimizedOnnxBeside(options.model));
  return static_cast<int>(input::ListData(options.data).size()) * (accuracy ? 3 : 2);
}

CrosscheckResult Crosscheck(const CrosscheckOptions& options, const std::vector<std::unique_ptr<boards::Board>>& boards,
                            const Announce& announce) {
  if (!options.output_folder.empty()) files::RequireWritableFolder(options.output_folder);
  files::RequireFile(options.model);
  engine::JointModel reference(options.model.string());
  const std::vector<input::DataItem> items = input::ListData(options.data);
  const fs::path onnx = options.onnx.empty() ? run::OptimizedOnnxBeside(options.model) : options.onnx;
  std::unique_ptr<FloatSide> float_side;
  if (!options.onnx.empty() || fs::exists(onnx)) {
    run::RequireNetworkOf(onnx, options.model, reference.model());
    float_side = std::make_unique<FloatSide>(onnx, reference.model(), options.threads);
  }

  CrosscheckResult result;
  result.model = options.model.string();
  result.model_digest = dump::DescribeModel(reference.model(), "reference", "host").model_digest;
  for (const auto& board : boards) {
    result.boards.emplace_back();
    result.boards.back().name = board->name();
  }
  std::string names;
  for (const auto& board : boards) names += (names.empty() ? "" : ", ") + board->name();
  files::OutputFiles kept;
  for (const input::DataItem& item : items) {
    const files::TemporaryFolder folder;
    result.inputs.push_back(item.label);
    announce("reference engine: " + item.label);
    const Round round = RunReference(reference, item, folder.path());
    announce(names + ": " + item.label);
    std::vector<BoardRound> rounds = RunBoards(boards, round, options);
    if (float_side) {
      announce("float engine: " + item.label);
      float_side->Measure(reference.model(), round, rounds);
    }
    for (size_t i = 0; i < rounds.size(); ++i) {
      if (!options.output_folder.empty()) KeepOutputs(*boards[i], rounds[i], options.output_folder, kept);
      NoteFirstDifference(boards[i]->name(), item.label, rounds[i].layers, result);
      Merge(result.boards[i], std::move(rounds[i]));
    }
  }
  kept.Commit();
  result.verdict = Judge(result.boards);
  return result;
}

}  // namespace lockstep::crosscheck
