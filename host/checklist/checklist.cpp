#include "checklist/checklist.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "checklist/check_input.h"
#include "checklist/check_post.h"
#include "checklist/check_pre.h"
#include "checklist/framework_outputs.h"
#include "graph/error.h"
#include "graph/short_number.h"
#include "report/json_text.h"

namespace lockstep::checklist {
namespace {

constexpr double kLeastCosine = 0.98;

Stage NoData(const char* name, const std::string& needs) {
  Stage stage;
  stage.name = name;
  stage.verdict = needs;
  return stage;
}

Stage Quantisation(const BoardFacts& facts) {
  Stage stage;
  stage.name = "quantisation";
  const dump::LayerResult* first = nullptr;
  const dump::LayerResult* worst = nullptr;
  size_t low = 0;
  for (const dump::LayerResult& layer : facts.layers) {
    if (!layer.accuracy) continue;
    const auto below = [&](const dump::LayerResult& one) { return !(one.accuracy->cosine >= kLeastCosine); };
    if (worst == nullptr || !(layer.accuracy->cosine >= worst->accuracy->cosine)) worst = &layer;
    if (!below(layer)) continue;
    ++low;
    if (first == nullptr) first = &layer;
  }
  if (worst == nullptr) {
    stage.verdict = "needs the float network: --onnx NET";
    return stage;
  }
  const auto named = [](const dump::LayerResult& layer) {
    return std::to_string(layer.index) + " " + layer.name + " (" + layer.op + ", cosine " +
           graph::ShortNumber(layer.accuracy->cosine, 5) + ")";
  };
  stage.standing = first == nullptr ? Standing::kGood : Standing::kBad;
  stage.verdict = first == nullptr ? "every layer has a cosine of at least " + graph::ShortNumber(kLeastCosine) +
                                         " to the float network, the lowest is " + named(*worst)
                                   : "the first layer under " + graph::ShortNumber(kLeastCosine) + " is " +
                                         named(*first) + ", " + std::to_string(low) + " are in all, the lowest is " +
                                         named(*worst) + "; `lockstep analyze` says why and what to do";
  return stage;
}

Stage BoardAgainstPc(const BoardFacts& facts) {
  Stage stage;
  stage.name = "board against PC";
  stage.standing = facts.verdict == dump::Verdict::kDiffers ? Standing::kBad : Standing::kGood;
  stage.verdict = facts.text;
  return stage;
}

Stage PostProcessing(const ChecklistOptions& options, const std::optional<PictureInput>& input) {
  if (options.post.empty() || options.expected_post.empty()) {
    return NoData(kPostStage,
                  "needs the result of the own post-processing (--post FILE) and the expected one "
                  "(--expected-post FILE), as .npy");
  }
  PostOptions post;
  post.result = options.post;
  post.expected = options.expected_post;
  if (input) post.geometry = GeometryOf(*input);
  return CheckPost(post);
}

}  // namespace

bool ChecklistOptions::asked() const {
  return wanted || !expected_output.empty() || !input_array.empty() || !framework_outputs.empty() || !post.empty() ||
         !expected_post.empty();
}

std::vector<Stage> RunChecklist(const ChecklistOptions& options, const BoardFacts& facts) {
  ModelAndData given;
  given.model = facts.model;
  given.onnx = facts.onnx;
  given.data = facts.data;
  given.runner.threads = facts.threads;
  std::optional<PictureInput> input;
  std::string why_not;
  try {
    input = FindPictureInput(given);
  } catch (const UsageError& error) {
    why_not = error.what();
  }
  std::vector<Stage> stages;
  stages.push_back(input ? CheckInput(given, *input, options.expected_output) : NoData(kInputStage, why_not));
  if (!input || options.input_array.empty()) {
    stages.push_back(NoData(kPreStage, input
                                           ? "needs what the original program feeds the network with for this picture "
                                             "(--input-array FILE.npy)"
                                           : why_not));
  } else {
    stages.push_back(CheckPre(input->info(), input->path(), options.input_array));
  }
  if (!input || options.framework_outputs.empty()) {
    stages.push_back(
        NoData(kFrameworkStage, input ? "needs tensors that the original framework computed for this picture, "
                                        "a .npy each, named as in ONNX (--framework-outputs DIR)"
                                      : why_not));
  } else {
    stages.push_back(CheckFramework(given, *input, options.framework_outputs, options.input_array));
  }
  stages.push_back(Quantisation(facts));
  stages.push_back(BoardAgainstPc(facts));
  stages.push_back(PostProcessing(options, input));
  return stages;
}

std::string SummaryOf(const std::vector<Stage>& stages) {
  const auto bad =
      std::find_if(stages.begin(), stages.end(), [](const Stage& stage) { return stage.standing == Standing::kBad; });
  std::string unknown;
  for (const Stage& stage : stages) {
    if (stage.standing != Standing::kGood && stage.standing != Standing::kBad) {
      unknown += (unknown.empty() ? "" : ", ") + stage.name;
    }
  }
  std::string text = bad == stages.end() ? "no stage is bad" : "the first stage that is bad: " + bad->name;
  if (!unknown.empty()) text += "; nothing certain is known of: " + unknown;
  return text;
}

std::string WithChecklist(const std::string& json, const std::vector<Stage>& stages) {
  nlohmann::ordered_json all = nlohmann::ordered_json::parse(json);
  all["checklist"] = nlohmann::ordered_json::parse(ToJson(stages));
  all["checklist"]["summary"] = SummaryOf(stages);
  return report::JsonText(all, 1);
}

}  // namespace lockstep::checklist
