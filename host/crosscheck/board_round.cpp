#include "crosscheck/board_round.h"

#include <algorithm>
#include <chrono>

#include "crosscheck/board_dump.h"
#include "crosscheck/isolated_pass.h"
#include "crosscheck/layer_groups.h"
#include "crosscheck/single_pass.h"
#include "files/digest.h"
#include "graph/error.h"

namespace lockstep::crosscheck {
namespace {

namespace fs = std::filesystem;

// The layers that differ.
std::vector<LayerPiece> PiecesOf(const std::vector<dump::LayerResult>& results, const dump::Manifest& reference) {
  std::vector<LayerPiece> pieces;
  for (size_t i = 0; i < results.size(); ++i) {
    if (!results[i].md5_equal) pieces.push_back({results[i].index, results[i].name, reference.layers[i].bytes});
  }
  return pieces;
}

std::vector<dump::LayerResult> CompareDigests(const boards::Board& board, const Round& round,
                                              const dump::Manifest& manifest) {
  std::vector<dump::LayerResult> results;
  for (const dump::DumpLayer& reference : round.manifest.layers) {
    results.push_back(dump::ResultOf(reference, LayerOf(board, manifest, reference).md5 == reference.md5));
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
  const std::vector<LayerGroup> groups = GroupsOf(PiecesOf(result.layers, round.manifest), board.DumpRoom());
  for (size_t i = 0; i < groups.size(); ++i) {
    job.dump_folder = result.folder / std::to_string(i);
    job.layers = groups[i].expression;
    board.Run(job);
    for (dump::DumpLayer& layer : ReadBoardDump(board, job.dump_folder, round).layers) {
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

size_t CountFiles(const fs::path& folder) {
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) count += entry.is_regular_file() ? 1 : 0;
  return count;
}

bool HasSizeOf(const fs::path& file, const dump::OutputDigest& output) {
  std::error_code error;
  return fs::is_regular_file(fs::symlink_status(file, error)) && fs::file_size(file, error) == output.bytes && !error;
}

// Of what a board sends only the model's outputs are kept: these must be there.
void RequireOutputs(const boards::Board& board, const Round& round, const fs::path& folder) {
  for (const dump::OutputDigest& output : round.outputs) {
    if (HasSizeOf(folder / output.file, output)) continue;
    throw BoardError(board.name() + ": the board's program ended well but wrote no " + output.file + " of " +
                     std::to_string(output.bytes) + " bytes; its run_joint is of another version, build it again");
  }
}

// Whether the folder holds the reference engine's outputs, each under its own name, and nothing else.
bool HoldsOutputs(const fs::path& folder, const std::vector<dump::OutputDigest>& outputs) {
  if (CountFiles(folder) != outputs.size()) return false;
  return std::all_of(outputs.begin(), outputs.end(), [&](const dump::OutputDigest& output) {
    if (!HasSizeOf(folder / output.file, output)) return false;
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
  std::replace(board.begin(), board.end(), ',', '_');
  return board;
}

fs::path OutputsOf(const BoardRound& round) { return round.folder.string() + "_outputs"; }

}  // namespace

void RunBoard(boards::Board& board, const Round& round, const LayerLinks& links, const CrosscheckOptions& options,
              BoardRound& result) {
  const auto start = std::chrono::steady_clock::now();
  result.board = board.name();
  try {
    boards::BoardJob job;
    job.model = options.model;
    job.inputs = round.input_files;
    job.dump_folder = result.folder;
    job.digests_only = true;
    if (!options.output_folder.empty()) {
      job.output_folder = OutputsOf(result);
      fs::remove_all(job.output_folder);  // of a board that left this round to the others
    }
    board.Run(job);
    if (!options.output_folder.empty()) RequireOutputs(board, round, job.output_folder);
    const dump::Manifest sent = ReadBoardDump(board, result.folder, round);
    result.layers = CompareDigests(board, round, sent);
    CompareBytes(board, round, options, sent, result);
    RunIsolated(board, round, links, options, result);
    RunSingle(board, round, links, options, result);
    if (options.all_builds) CompareBuilds(board, round, options, result);
  } catch (...) {
    result.error = std::current_exception();
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void KeepOutputs(const std::string& board, const Round& round, const BoardRound& result, const fs::path& folder,
                 files::OutputFiles& files) {
  for (const dump::OutputDigest& output : round.outputs) {
    files.AddCopy(folder / FolderName(board) / output.file, OutputsOf(result) / output.file);
  }
}

}  // namespace lockstep::crosscheck
