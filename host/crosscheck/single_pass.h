// Every layer by itself, fed with the float network's values in the levels in which it reads them: what the layer alone
// loses, on the PC and on a board.
#pragma once

#include "boards/board.h"
#include "crosscheck/accuracy.h"
#include "crosscheck/crosscheck.h"
#include "crosscheck/layer_links.h"
#include "crosscheck/round.h"
#include "engine/reference/joint_model.h"

namespace lockstep::crosscheck {

// The PC's side of it: what is fed, and what the reference engine makes of it.
void RunReferenceSingle(engine::JointModel& joint, FloatSide& floats, Round& round);

// A board's side; nothing where the round has no PC's side. Throws as the board does.
void RunSingle(boards::Board& board, const Round& round, const LayerLinks& links, const CrosscheckOptions& options,
               BoardRound& result);

}  // namespace lockstep::crosscheck
