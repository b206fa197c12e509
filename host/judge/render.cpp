#include "judge/render.h"

#include <algorithm>

#include "graph/counted.h"
#include "graph/quoted.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::judge {
namespace {

using nlohmann::ordered_json;
using report::JsonNumber;

constexpr size_t kMostFindings = 8;  // on the terminal; the report has all

ordered_json NumbersJson(const Numbers& numbers) {
  ordered_json json = {{"cosine", JsonNumber(numbers.metrics.cosine)},
                       {"sqnr_db", JsonNumber(numbers.metrics.sqnr_db)},
                       {"max_abs", JsonNumber(numbers.metrics.max_abs)},
                       {"low", JsonNumber(numbers.low)},
                       {"high", JsonNumber(numbers.high)},
                       {"constant", numbers.Constant()}};
  if (numbers.rounding_sqnr_db) {
    json["rounding_sqnr_db"] = JsonNumber(*numbers.rounding_sqnr_db);
    json["step"] = numbers.step;
    json["levels"] = numbers.levels;
    json["levels_used"] = numbers.levels_used;
    json["saturated"] = numbers.saturated;
  }
  return json;
}

}  // namespace

std::vector<std::string> Misses(const Judgement& judgement, const Required& required) {
  std::vector<std::string> misses;
  const auto check = [&](const Subject& subject, const char* setting, const char* what, double value,
                         const std::optional<double>& least) {
    if (!least || value >= *least) return;
    misses.push_back("output " + graph::Quoted(subject.tensor) + " has " + what + " " + report::ShortNumber(value, 6) +
                     ", below " + setting + " " + report::ShortNumber(*least, 6));
  };
  for (const Subject& subject : judgement.subjects) {
    if (!subject.output) continue;
    check(subject, "--require-cosine", "a cosine of", subject.whole.metrics.cosine, required.cosine);
    check(subject, "--require-sqnr", "an SQNR in dB of", subject.whole.metrics.sqnr_db, required.sqnr_db);
  }
  if (judgement.pictures.empty() && (required.cosine || required.sqnr_db)) {
    misses.emplace_back("no picture could be used to judge the model");
  }
  return misses;
}

ordered_json ToJson(const Judgement& judgement) {
  ordered_json json = {{"verdict", judgement.pictures.empty()   ? "not judged"
                                   : judgement.findings.empty() ? "good"
                                                                : "bad"},
                       {"pictures", judgement.pictures},
                       {"held_back", judgement.held_back},
                       {"unread", judgement.unread},
                       {"findings", ordered_json::array()},
                       {"tensors", ordered_json::array()}};
  for (const Finding& finding : judgement.findings) {
    json["findings"].push_back({{"what", finding.what}, {"do", finding.todo}, {"lost", finding.lost}});
  }
  for (const Subject& subject : judgement.subjects) {
    ordered_json row = {{"tensor", subject.tensor},
                        {"node", subject.node},
                        {"op", subject.op},
                        {"output", subject.output},
                        {"dtype", subject.dtype}};
    row.update(NumbersJson(subject.whole));
    for (const PartNumbers& part : subject.parts) {
      ordered_json cut = {{"name", part.name}, {"axis", part.axis}, {"begin", part.begin}, {"end", part.end}};
      cut.update(NumbersJson(part.numbers));
      row["parts"].push_back(std::move(cut));
    }
    json["tensors"].push_back(std::move(row));
  }
  return json;
}

std::string WarningText(const Judgement& judgement) {
  if (judgement.pictures.empty()) {
    return "WARNING: THE MODEL WAS NOT JUDGED\n  " +
           (judgement.unread.empty() ? std::string("there was no picture to judge it with")
                                     : judgement.unread.front()) +
           "\n";
  }
  if (judgement.findings.empty()) return "";
  const bool lost = std::any_of(judgement.findings.begin(), judgement.findings.end(),
                                [](const Finding& finding) { return finding.lost; });
  std::string text =
      lost ? "WARNING: THIS MODEL LOSES WHAT THE NETWORK COMPUTES\n" : "WARNING: THIS MODEL IS INACCURATE\n";
  text += "  compared with the float network on " + graph::Counted(judgement.pictures.size(), "picture") +
          (judgement.held_back ? " that the calibration did not use\n" : " of the calibration\n");
  for (size_t i = 0; i < std::min(kMostFindings, judgement.findings.size()); ++i) {
    text += "  * " + judgement.findings[i].what + "\n    do: " + judgement.findings[i].todo + "\n";
  }
  if (judgement.findings.size() > kMostFindings) {
    text += "  and " + std::to_string(judgement.findings.size() - kMostFindings) + " more in the report\n";
  }
  return text;
}

}  // namespace lockstep::judge
