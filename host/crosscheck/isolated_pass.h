// The second look at a board that differs: every layer that differs, or reads what differs, is fed with the PC's
// inputs.
#pragma once

#include "boards/board.h"
#include "crosscheck/crosscheck.h"
#include "crosscheck/layer_links.h"
#include "crosscheck/round.h"

namespace lockstep::crosscheck {

// Fills in what the layers of `result` give by themselves, and why they differ. The layers are run in groups whose
// inputs the board has room for; the whole network is run for each group. Nothing is done where no layer differs. What
// goes wrong with the board is noted in `result`: the verdict on the whole network stands without this.
void RunIsolated(boards::Board& board, const Round& round, const LayerLinks& links, const CrosscheckOptions& options,
                 BoardRound& result);

}  // namespace lockstep::crosscheck
