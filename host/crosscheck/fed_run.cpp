#include "crosscheck/fed_run.h"

#include <algorithm>
#include <utility>

#include "crosscheck/board_dump.h"
#include "crosscheck/inject_pack.h"

namespace lockstep::crosscheck {

namespace fs = std::filesystem;

FedRun::FedRun(boards::Board& board, const Round& source, const LayerLinks& links, const CrosscheckOptions& options,
               fs::path folder)
    : board_(board), source_(source), links_(links), options_(options), folder_(std::move(folder)) {
  constexpr uint64_t kLargestPack = uint64_t{1} << 28;  // of boards that are this PC: it lies in the temporary folder
  room_ = std::min(board.DumpRoom(), kLargestPack);
}

std::vector<LayerGroup> FedRun::Groups(const std::vector<dump::DumpLayer>& layers, const std::set<int>& chosen,
                                       bool outputs) const {
  std::map<std::pair<int, int>, uint64_t> bytes;
  for (const dump::DumpLayer& layer : layers) bytes[layer.Place()] = layer.bytes;
  std::vector<LayerPiece> pieces;
  for (const dump::DumpLayer& layer : layers) {
    if (chosen.count(layer.index) == 0) continue;
    LayerPiece piece = {layer.index, layer.name, outputs ? layer.bytes : 0};
    const bool first_output = layer.output <= 0;
    for (const LayerSource& source : links_.Sources(layer.index)) {
      if (first_output && source.layer >= 0) piece.bytes += bytes.at(links_.PlaceOf(source));
    }
    pieces.push_back(std::move(piece));
  }
  return GroupsOf(pieces, room_);
}

boards::BoardJob FedRun::JobOf(const LayerGroup& group) const {
  boards::BoardJob job;
  job.model = options_.model;
  job.inputs = source_.input_files;
  job.layers = group.expression;
  job.dump_folder = folder_;
  return job;
}

dump::Manifest FedRun::Run(const LayerGroup& group, bool digests_only) {
  boards::BoardJob job = JobOf(group);
  job.digests_only = digests_only;
  job.inject_folder = folder_.string() + "_inject";
  WriteInjectPack(source_, links_, group.layers, job.inject_folder);
  board_.Run(job);
  std::error_code ignored;
  fs::remove_all(job.inject_folder, ignored);
  return ReadBoardDump(board_, job.dump_folder, source_);
}

}  // namespace lockstep::crosscheck
