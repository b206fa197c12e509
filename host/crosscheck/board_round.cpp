#include "crosscheck/board_round.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "files/digest.h"
#include "graph/error.h"

namespace lockstep::crosscheck {
namespace {

namespace fs = std::filesystem;

std::string Escaped(const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    if (std::string("\\^$.|?*+()[]{}").find(c) != std::string::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// Layers whose bytes are fetched in one run: an extended regular expression that matches exactly their names.
using Group = std::string;

// The layers that differ, in groups whose dumps take at most `room` bytes (one layer may take more) and whose names fit
// one argument.
std::vector<Group> GroupsOf(const std::vector<dump::LayerResult>& results, const dump::Manifest& reference,
                            uint64_t room) {
  constexpr size_t kMostCharacters = 16384;
  std::vector<Group> groups;
  uint64_t bytes = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].md5_equal) continue;
    const std::string name = Escaped(results[i].name);
    bytes += reference.layers[i].bytes;
    if (groups.empty() || bytes > room || groups.back().size() + name.size() > kMostCharacters) {
      groups.push_back("^(" + name);
      bytes = reference.layers[i].bytes;
    } else {
      groups.back() += "|" + name;
    }
  }
  for (Group& group : groups) group += ")$";
  return groups;
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
  const std::vector<Group> groups = GroupsOf(result.layers, round.manifest, board.DumpRoom());
  for (size_t i = 0; i < groups.size(); ++i) {
    job.dump_folder = result.folder / std::to_string(i);
    job.layers = groups[i];
    board.Run(job);
    for (dump::DumpLayer& layer : CheckedManifest(board, job.dump_folder, round).layers) {
      if (!layer.file.empty()) layer.file = (job.dump_folder / layer.file).lexically_relative(result.folder).string();
      result.fetched[layer.Place()] = std::move(layer);
    }
  }
  std::map<std::pair<int, int>, std::string> sent_digests;
  for (const dump::DumpLayer& layer : sent.layers) sent_digests[layer.Place()] = layer.md5;
  for (size_t i = 0; i < result.layers.size(); ++i) {
    dump::LayerResult& layer = result.layers[i];
    const auto fetched = result.fetched.find(layer.Place());
    if (layer.md5_equal || fetched == result.fetched.end()) continue;
    const dump::DumpLayer& reference = round.manifest.layers[i];
    if (fetched->second.bytes != reference.bytes) {
      throw BoardError(board.name() + ": layer " + layer.name + " has another size than in the reference engine");
    }
    const bool is_float = layer.dtype == "f32";
    layer.difference = dump::CompareFiles(round.reference, reference, result.folder, fetched->second,
                                          is_float ? options.float_tolerance : dump::Tolerance{});
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

// Whether the folder holds the reference engine's outputs, each under its own name, and nothing else.
bool HoldsOutputs(const fs::path& folder, const std::vector<dump::OutputDigest>& outputs) {
  if (FilesIn(folder).size() != outputs.size()) return false;
  return std::all_of(outputs.begin(), outputs.end(), [&](const dump::OutputDigest& output) {
    if (!fs::exists(folder / output.file)) return false;
    const auto bytes = files::ReadFile(folder / output.file);
    return files::Md5Hex(bytes.data(), bytes.size()) == output.md5;
  });
}

void CompareBuilds(boards::Board& board, const Round& round, const CrosscheckOptions& options, BoardRound& result) {
  for (const char* build : {"release", "debug", "profile", "nmem"}) {
    boards::BoardJob job;
    job.model = options.model;
    job.inputs = round.input_files;
    job.build = build;
    job.output_folder = result.folder.string() + "_" + build;
    board.Run(job);
    result.builds.push_back({build, HoldsOutputs(job.output_folder, round.outputs)});
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

}  // namespace

void KeepOutputs(const boards::Board& board, const BoardRound& round, const fs::path& folder,
                 files::OutputFiles& files) {
  for (const fs::path& file : FilesIn(OutputsOf(round))) {
    const auto bytes = files::ReadFile(file);
    files.Add(folder / FolderName(board.name()) / file.filename(), bytes.data(), bytes.size());
  }
}

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

}  // namespace lockstep::crosscheck
