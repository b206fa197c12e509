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

// What goes wrong is kept in `result.error`. `result.folder` is given.
void RunBoard(boards::Board& board, const Round& round, const LayerLinks& links, const CrosscheckOptions& options,
              BoardRound& result);

// From the round's temporary folder to where the user wants them.
void KeepOutputs(const std::string& board, const BoardRound& round, const std::filesystem::path& folder,
                 files::OutputFiles& files);

}  // namespace lockstep::crosscheck
