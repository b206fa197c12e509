// lockstep compare: two dumps.
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/command.h"
#include "dump/compare_dumps.h"
#include "dump/dump.h"
#include "dump/render_comparison.h"

namespace lockstep::cli {
namespace {

struct Flags {
  std::string first;
  std::string second;
  dump::CompareOptions options;
  std::string json;
};

int Compare(const Flags& flags) {
  std::vector<std::filesystem::path> inputs = dump::FilesOfDump(flags.first);
  for (const std::filesystem::path& file : dump::FilesOfDump(flags.second)) inputs.push_back(file);
  CheckOutputs({flags.json}, std::move(inputs));
  const dump::DumpComparison comparison = dump::CompareDumps(flags.first, flags.second, flags.options);
  Print(dump::ToText(comparison, ColourWanted()), dump::ToJson(comparison), flags.json);
  return comparison.verdict == dump::Verdict::kDiffers ? kCheckFailed : kGood;
}

}  // namespace

void AddCompare(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("compare", "compare two dumps layer by layer (status 1: they differ)");
  auto flags = std::make_shared<Flags>();
  command->add_option("first", flags->first, "the dump that is taken for true")->required();
  command->add_option("second", flags->second, "the dump that is judged")->required();
  command
      ->add_option("--atol", flags->options.tolerance.atol,
                   "absolute difference of real values that is tolerated (default 0)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--rtol", flags->options.tolerance.rtol, "and this share of the first value (default 0)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--min-cosine", flags->options.min_cosine, "layers below differ; 0 to 1")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--json", flags->json, "the table as JSON (- for stdout)");
  command->footer("example:\n  lockstep compare dump_of_pc dump_of_board");
  command->callback([flags, &status] { status = Compare(*flags); });
}

}  // namespace lockstep::cli
