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

// What goes wrong is kept in `result.error`. `result.folder` is given. Where outputs are wanted the board must have
// sent all of the model's.
void RunBoard(boards::Board& board, const Round& round, const LayerLinks& links, const CrosscheckOptions& options,
              BoardRound& result);

// The model's outputs, and nothing else that the board may have sent, from the round's temporary folder to where the
// user wants them.
void KeepOutputs(const std::string& board, const Round& round, const BoardRound& result,
                 const std::filesystem::path& folder, files::OutputFiles& files);

}  // namespace lockstep::crosscheck
