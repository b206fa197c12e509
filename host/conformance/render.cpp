#include "conformance/render.h"

#include <algorithm>
#include <array>
#include <map>

#include "report/table.h"

namespace lockstep::conformance {
namespace {

size_t CountOf(const std::vector<Result>& results, Outcome outcome) {
  return static_cast<size_t>(
      std::count_if(results.begin(), results.end(), [&](const Result& result) { return result.outcome == outcome; }));
}

}  // namespace

std::string OperatorTable(const std::vector<Result>& results, bool colour) {
  std::map<std::string, std::vector<Result>> by_operator;
  for (const Result& result : results) by_operator[result.op].push_back(result);
  report::Table table({{"operator"},
                       {"passed", report::Align::kRight},
                       {"failed", report::Align::kRight},
                       {"refused", report::Align::kRight}});
  for (const auto& [op, of_one] : by_operator) {
    std::vector<report::Cell> cells{op};
    for (const Outcome outcome : {Outcome::kPassed, Outcome::kFailed, Outcome::kRefused}) {
      const size_t count = CountOf(of_one, outcome);
      const bool bad = outcome != Outcome::kPassed && count != 0;
      cells.emplace_back(std::to_string(count), bad ? report::Mood::kBad : report::Mood::kNeutral);
    }
    table.AddRow(std::move(cells));
  }
  return table.ToText(colour);
}

std::string ReasonList(const std::vector<Result>& results) {
  std::string text;
  for (const Result& result : results) {
    if (result.outcome == Outcome::kPassed) continue;
    text += result.name + ": " + (result.outcome == Outcome::kFailed ? "failed: " : "refused: ") + result.reason + "\n";
  }
  return text;
}

std::string Totals(const std::vector<Result>& results) {
  return std::to_string(CountOf(results, Outcome::kPassed)) + " passed, " +
         std::to_string(CountOf(results, Outcome::kFailed)) + " failed, " +
         std::to_string(CountOf(results, Outcome::kRefused)) + " refused";
}

}  // namespace lockstep::conformance
