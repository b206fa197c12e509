#include "cli/checklist_flags.h"

#include <vector>

#include "cli/command.h"

namespace lockstep::cli {

void AddChecklistFlags(CLI::App& command, checklist::ChecklistOptions& options) {
  command.add_flag(
      "--checklist", options.wanted,
      "where the board equals the PC, say for each stage from the picture to the result where it stands; the "
      "flags below ask for it too");
  command.add_option("--expected-output", options.expected_output,
                     "an output of the network for the picture that is known to be right (check-input)");
  command.add_option("--input-array", options.input_array,
                     "what the original program feeds the network with for the picture (check-pre)");
  command.add_option("--framework-outputs", options.framework_outputs,
                     "folder of tensors that the original framework computed, a .npy each, named as in ONNX");
  command.add_option("--post", options.post, "the result of the own post-processing (check-post)");
  command.add_option("--expected-post", options.expected_post, "and the expected one");
}

int PrintWithChecklist(const std::string& text, const std::string& json, const std::string& json_path,
                       files::OutputFiles& outputs, const checklist::ChecklistOptions& options,
                       const checklist::BoardFacts& facts) {
  const bool differs = facts.verdict == dump::Verdict::kDiffers;
  if (!options.asked() || differs) {
    Print(options.asked() ? text + "the checklist is for boards that equal the PC: first this difference must go\n"
                          : text,
          json, json_path, outputs);
    return differs ? kCheckFailed : kGood;
  }
  const std::vector<checklist::Stage> stages = checklist::RunChecklist(options, facts);
  Print(text + "\n" + checklist::ToText(stages, ColourWanted()) + "\n" + checklist::SummaryOf(stages) + "\n",
        checklist::WithChecklist(json, stages), json_path, outputs);
  return checklist::AnyBad(stages) ? kCheckFailed : kGood;
}

}  // namespace lockstep::cli
