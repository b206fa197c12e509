// What `build` said: its notes, its judgement, and which values got more bits.
#include "page/result.h"
#include "report/table.h"

namespace lockstep::page {
namespace {

struct Output {
  double cosine = 2.0;  // above 1: none
  const Json* json = nullptr;
};

// The one with the lowest cosine, also of the parts of an output.
Output WorstOf(const Json& tensors) {
  Output worst;
  for (const Json& tensor : tensors) {
    const double cosine = NumberAt(tensor, {"cosine"});
    if (cosine < worst.cosine) worst = {cosine, &tensor};
  }
  return worst;
}

// A whole output can be close though a part of it is not: analyze, which looks at parts, says so.
std::string PartText(const Output& whole) {
  if (whole.json == nullptr) return "";
  const Output part = WorstOf(ListAt(*whole.json, "parts"));
  if (part.json == nullptr || part.cosine >= whole.cosine) return "";
  return "; that is of all its values, of which the largest weigh most: its part " + TextAt(*part.json, "name") +
         " alone has " + report::FixedNumber(part.cosine, 5) + " and " +
         report::FixedNumber(NumberAt(*part.json, {"sqnr_db"}), 1) + " dB";
}

void AddJudgement(const Json& judgement, PageData& page) {
  const Json& findings = ListAt(judgement, "findings");
  const std::string verdict = judgement.at("verdict").get<std::string>();
  const size_t pictures = ListAt(judgement, "pictures").size();
  const std::string on = " on " + std::to_string(pictures) + (pictures == 1 ? " picture" : " pictures");
  Json outputs = Json::array();
  for (const Json& tensor : ListAt(judgement, "tensors")) {
    if (tensor.value("output", false)) outputs.push_back(tensor);
  }
  const Output worst = WorstOf(outputs);
  std::string text = verdict == "good"  ? "the outputs are close to the float network's" + on
                     : verdict == "bad" ? TextAt(findings.at(0), "what")
                                        : "the model was not judged";
  if (worst.json != nullptr) text += ", the lowest cosine is " + report::FixedNumber(worst.cosine, 5) + PartText(worst);
  page.verdicts.push_back({verdict == "good"  ? Mood::kGood
                           : verdict == "bad" ? Mood::kBad
                                              : Mood::kDoubtful,
                           text, "build"});
  const LayerNames names(page);
  for (const Json& finding : findings) page.findings.push_back({TextAt(finding, "what"), TextAt(finding, "do")});
}

void AddRaises(const Json& precision, PageData& page) {
  if (!precision.value("kept", false)) return;
  const LayerNames names(page);
  Measure measure{"build.share", "saved error",
                  "build",       "error",
                  "%",           "share of the outputs' error that 8 bits would cost here: why the layer got more"};
  measure.shown = false;
  Measure& shares = page.Add(std::move(measure));
  for (const Json& raise : ListAt(precision, "raised")) {
    const int layer = names.OfNode(raise.at("node").get<std::string>());
    if (layer < 0) continue;
    double& value = shares.values[static_cast<size_t>(layer)];
    const double share = 100.0 * NumberAt(raise, {"share_of_error"});
    value = value > 0.0 ? value + share : share;
    page.layers[static_cast<size_t>(layer)].facts.emplace_back(
        "given more bits", std::to_string(raise.at("bits").get<int>()) + " for the " + TextAt(raise, "what"));
  }
}

}  // namespace

void AddBuild(const Result& result, PageData& page) {
  const Json& json = result.json;
  if (json.contains("model") && TextAt(json.at("model"), "digest") != page.digest) {
    page.notes.push_back(result.source + " is of another build than the model; what it says is left out");
    return;
  }
  if (json.contains("judgement")) AddJudgement(json.at("judgement"), page);
  if (json.contains("precision")) AddRaises(json.at("precision"), page);
  for (const Json& note : ListAt(json, "notes")) page.notes.push_back(note.get<std::string>());
  page.facts.emplace_back("network", TextAt(json, "input"));
  const double seconds = NumberAt(json, {"seconds"});
  if (seconds >= 0.0) page.facts.emplace_back("built in", report::FixedNumber(seconds, 1) + " s");
}

}  // namespace lockstep::page
