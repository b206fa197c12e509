// The runs that decide whether something is better: such that it was not made from, as far as there are any.
#pragma once

#include <vector>

#include "compiler/front.h"
#include "input/data_list.h"

namespace lockstep::compiler {

struct JudgingRuns {
  std::vector<input::DataItem> items;
  bool held_back = false;  // what is judged was not made from them
};

// `count` runs, evenly spread, that the calibration did not use; if there are none that can be read, some that it used.
JudgingRuns ChooseJudgingRuns(const Calibration& calibration, int count);

// For a correction that is kept where it helps.
struct CorrectionRuns {
  std::vector<input::DataItem> fitted;  // what it is made from
  JudgingRuns judging;
};

// Made from what the calibration used and judged with others; without others made from every second run of the
// calibration and judged with the rest. With `skip_bad` some of the calibration's may be damaged.
CorrectionRuns ChooseCorrectionRuns(const Calibration& calibration, bool skip_bad, int judging);

// `count` of the items, evenly spread, without those that cannot be read.
std::vector<input::DataItem> ReadableItems(const Calibration& calibration, const std::vector<input::DataItem>& items,
                                           int count);

}  // namespace lockstep::compiler
