#include "boards/board.h"

#include <algorithm>

#include "boards/board_file.h"
#include "boards/program_board.h"
#include "boards/targets.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"

namespace lockstep::boards {
namespace {

std::unique_ptr<Board> MakeOf(const BoardEntry& entry, const BoardOptions& options) {
  switch (entry.kind) {
    case BoardKind::kLocal:
      return MakeProgramBoard(entry.remote.name, kTargets[0], "", options);
    case BoardKind::kQemu:
      return MakeProgramBoard(entry.remote.name, *FindTarget(entry.remote.target), entry.cpu, options);
    case BoardKind::kSsh:
      return MakeRemoteBoard(entry.remote, MakeSshLink(entry.ssh), options);
    case BoardKind::kAdb:
      break;
  }
  return MakeRemoteBoard(entry.remote, MakeAdbLink(entry.serial, entry.server_port), options);
}

}  // namespace

std::vector<std::string> BoardNames() {
  std::vector<std::string> names;
  names.reserve(kTargetCount);
  for (const Target& target : kTargets) names.emplace_back(target.board);
  return names;
}

std::unique_ptr<Board> MakeBoard(const std::string& name, const BoardOptions& options) {
  for (const Target& target : kTargets) {
    if (name == target.board) return MakeProgramBoard(name, target, "", options);
  }
  if (const std::optional<BoardEntry> address = ReadAddress(name)) return MakeOf(*address, options);
  std::vector<std::string> known = BoardNames();
  const std::filesystem::path file = FindBoardFile(options.list);
  if (!file.empty()) {
    const std::map<std::string, BoardEntry> entries = ReadBoardFile(file);
    if (const auto found = entries.find(name); found != entries.end()) return MakeOf(found->second, options);
    for (const auto& [other, entry] : entries) known.push_back(other);
  }
  throw UsageError("the board " + graph::Quoted(name) + " is unknown" + graph::DidYouMean(name, known) +
                   "; a board over ssh is ssh:USER@HOST:PORT, or has a name in " +
                   (file.empty() ? "boards.json" : file.string()));
}

std::vector<std::unique_ptr<Board>> MakeBoards(const std::vector<std::string>& names, const BoardOptions& options) {
  std::vector<std::unique_ptr<Board>> boards;
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::find(names.begin(), name, *name) != name) {
      throw UsageError("--board names " + *name + " twice; name each board once");
    }
    boards.push_back(MakeBoard(*name, options));
  }
  if (!options.binary.empty() && boards.size() > 1) {
    throw UsageError("--board-binary is the program of one board, and --board names " + std::to_string(boards.size()) +
                     "; use --board-dir, or cross-check one after the other");
  }
  if (!options.binary.empty() && !options.folder.empty()) {
    throw UsageError("--board-dir has no effect with --board-binary; leave one of them out");
  }
  return boards;
}

}  // namespace lockstep::boards
