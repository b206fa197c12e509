// A dump that a board wrote: whatever it says is checked before it is used.
#pragma once

#include <filesystem>

#include "boards/board.h"
#include "crosscheck/round.h"
#include "dump/dump.h"

namespace lockstep::crosscheck {

// Throws BoardError that names the board if there is no dump, it cannot be read, or it is of another model.
dump::Manifest ReadBoardDump(const boards::Board& board, const std::filesystem::path& folder, const Round& round);

// The board's entry for a layer of the reference's dump. Throws BoardError if it is missing or another one.
const dump::DumpLayer& LayerOf(const boards::Board& board, const dump::Manifest& manifest,
                               const dump::DumpLayer& reference);

}  // namespace lockstep::crosscheck
