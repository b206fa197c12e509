#include "compiler/judging_runs.h"

#include <algorithm>

#include "graph/error.h"
#include "input/model_input.h"

namespace lockstep::compiler {

std::vector<input::DataItem> ReadableItems(const Calibration& calibration, const std::vector<input::DataItem>& items,
                                           int count) {
  input::InputReader reader(calibration.infos);
  std::vector<input::DataItem> readable;
  for (const input::DataItem& item : input::SampleItems(items, std::min(count, static_cast<int>(items.size())), 0)) {
    try {
      reader.Read(item);
      readable.push_back(item);
    } catch (const BadInput&) {
      continue;  // whether a damaged file ends the build is the calibration's decision
    }
  }
  return readable;
}

JudgingRuns ChooseJudgingRuns(const Calibration& calibration, int count) {
  JudgingRuns runs{ReadableItems(calibration, calibration.others, count), true};
  if (runs.items.empty()) runs = {ReadableItems(calibration, calibration.chosen, count), false};
  return runs;
}

CorrectionRuns ChooseCorrectionRuns(const Calibration& calibration, bool skip_bad, int judging) {
  std::vector<input::DataItem> used = calibration.chosen;
  if (skip_bad) used = ReadableItems(calibration, used, static_cast<int>(used.size()));
  CorrectionRuns runs{used, ChooseJudgingRuns(calibration, judging)};
  if (runs.judging.held_back || used.size() < 2) return runs;
  runs.fitted.clear();
  std::vector<input::DataItem> rest;
  for (size_t i = 0; i < used.size(); ++i) (i % 2 == 0 ? runs.fitted : rest).push_back(used[i]);
  runs.judging = {ReadableItems(calibration, rest, judging), true};
  return runs;
}

}  // namespace lockstep::compiler
