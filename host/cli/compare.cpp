// lockstep compare: the tensors of two folders.
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/command.h"
#include "compare/compare_folders.h"
#include "compare/render.h"
#include "graph/error.h"

namespace lockstep::cli {
namespace {

struct Flags {
  std::vector<std::string> folders;
  std::string expected;  // --gt
  std::string limits;
  std::vector<std::string> changes;
  std::string first_order;
  std::string second_order;
  compare::CompareOptions options;
  std::string json;
};

compare::AxisOrder OrderOf(const std::string& name, const char* flag) {
  return name.empty() ? compare::AxisOrder::kUnknown : compare::AxisOrderFromName(name, flag);
}

int Compare(Flags& flags) {
  compare::CompareOptions& options = flags.options;
  options.outputs = !flags.expected.empty();
  if (options.outputs) flags.folders.insert(flags.folders.begin(), flags.expected);
  if (flags.folders.size() != 2) {
    throw UsageError("two folders are compared, name both; with --gt EXPECTED one more");
  }
  options.first_order = OrderOf(flags.first_order, "--layout-first");
  options.second_order = OrderOf(flags.second_order, "--layout-second");
  if (!flags.limits.empty()) options.changes = compare::ReadLimitFile(flags.limits);
  for (const std::string& text : flags.changes) {
    auto [name, change] = compare::ParseLimitChange(text);
    options.changes[name] = change;
  }
  if (!options.dtype.empty() && !dump::IsDType(options.dtype)) {
    throw UsageError("--dtype is " + options.dtype + "; it must be one of u8 u16 s8 s16 s32 s64 f32 bool");
  }
  std::vector<std::filesystem::path> inputs = {flags.limits, options.map};
  for (const std::string& folder : flags.folders) {
    for (std::filesystem::path& file : compare::FilesOfFolder(folder)) inputs.push_back(std::move(file));
  }
  CheckOutputs({flags.json}, std::move(inputs));
  const compare::FolderComparison comparison =
      compare::CompareFolders(flags.folders[0], flags.folders[1], flags.options);
  Print(compare::ToText(comparison, ColourWanted()), compare::ToJson(comparison), flags.json);
  return comparison.verdict == dump::Verdict::kDiffers ? kCheckFailed : kGood;
}

}  // namespace

void AddCompare(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("compare", "compare the tensors of two folders, dumps or raw files (status 1: they differ)");
  auto flags = std::make_shared<Flags>();
  command
      ->add_option(
          "folders", flags->folders,
          "the folder that is taken for true, and the one that is judged: dumps, or .bin and .npy files of any "
          "program, matched by name")
      ->required()
      ->expected(1, 2);
  command->add_option("--gt", flags->expected,
                      "a folder of expected outputs, or with a folder for each input; one more folder is judged by it");
  command->add_option("--map", flags->options.map, "JSON: what is what, and what raw files hold (docs/comparing.md)");
  command
      ->add_option("--atol", flags->options.limits.tolerance.atol,
                   "absolute difference of real values that is tolerated (default 0)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--rtol", flags->options.limits.tolerance.rtol, "and this share of the first value (default 0)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--min-cosine", flags->options.limits.min_cosine, "layers below differ; 0 to 1")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--layer", flags->changes,
                      "NAME:atol=NUMBER, with rtol= and min_cosine= behind commas: other limits for one; repeatable");
  command->add_option("--limits", flags->limits, "the same as JSON: {\"NAME\": {\"atol\": 0.1}}");
  command->add_option("--layout-first", flags->first_order,
                      "NCHW or NHWC: the order of the first folder's raw files (default: what fits)");
  command->add_option("--layout-second", flags->second_order, "the same of the second folder");
  command->add_option("--dtype", flags->options.dtype,
                      "the type of .bin files that nothing else says: f32, u8, .. (with --gt f32)");
  command->add_option("--threads", flags->options.threads, "0: one for each processor (default)")
      ->check(CLI::Range(0, 1024));
  command->add_option("--json", flags->json, "the table as JSON (- for stdout)");
  command->footer(
      "examples:\n  lockstep compare dump_of_pc dump_of_board\n"
      "  lockstep compare outputs_of_framework dump_of_board --min-cosine 0.98 --layer /head/Concat:min_cosine=0.95\n"
      "  lockstep compare --gt expected outputs_of_board --atol 1e-5");
  command->callback([flags, &status] { status = Compare(*flags); });
}

}  // namespace lockstep::cli
