// What boards make of one input: digests first, bytes only where they differ.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "boards/board.h"
#include "crosscheck/crosscheck.h"
#include "crosscheck/layer_links.h"
#include "crosscheck/round.h"
#include "files/output_file.h"

namespace lockstep::crosscheck {

// Two boards at once; the first error, in the order of the boards, is thrown when all have ended.
std::vector<BoardRound> RunBoards(const std::vector<std::unique_ptr<boards::Board>>& boards, const Round& round,
                                  const LayerLinks& links, const CrosscheckOptions& options);

// From the round's temporary folder to where the user wants them.
void KeepOutputs(const boards::Board& board, const BoardRound& round, const std::filesystem::path& folder,
                 files::OutputFiles& files);

}  // namespace lockstep::crosscheck
