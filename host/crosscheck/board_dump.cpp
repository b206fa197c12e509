#include "crosscheck/board_dump.h"

#include "graph/error.h"

namespace lockstep::crosscheck {

namespace fs = std::filesystem;

dump::Manifest ReadBoardDump(const boards::Board& board, const fs::path& folder, const Round& round) {
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

const dump::DumpLayer& LayerOf(const boards::Board& board, const dump::Manifest& manifest,
                               const dump::DumpLayer& reference) {
  for (const dump::DumpLayer& layer : manifest.layers) {
    if (layer.Place() == reference.Place() && layer.name == reference.name && layer.bytes == reference.bytes) {
      return layer;
    }
  }
  throw BoardError(board.name() + ": the board's dump has no layer " + std::to_string(reference.index) + " (" +
                   reference.name + ") of " + std::to_string(reference.bytes) +
                   " bytes; its run_joint is of another version, build it again");
}

}  // namespace lockstep::crosscheck
