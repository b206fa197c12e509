// lockstep report: a joint model and what is known of it as one HTML file.
#include <memory>

#include "cli/command.h"
#include "cli/openmp.h"
#include "files/output_file.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "import/annotate.h"
#include "page/dump_part.h"
#include "page/model_explorer.h"
#include "page/notes.h"
#include "page/page.h"
#include "page/picture_part.h"
#include "run/source_network.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

using page::ResultKind;

// A flag that names the file of a result.
struct Given {
  const char* flag;
  const char* what;
  ResultKind kind;
  std::vector<std::string> files = {};
};

std::vector<Given> ResultFlags(bool second) {
  if (second) {
    return {{"--second-analysis", "what `analyze --json` wrote of the second model", ResultKind::kAnalysis},
            {"--second-crosscheck", "what `crosscheck --json` wrote of it", ResultKind::kCrosscheck},
            {"--second-profile", "its profile", ResultKind::kProfile}};
  }
  return {{"--analysis", "what `analyze --json` wrote", ResultKind::kAnalysis},
          {"--crosscheck", "what `crosscheck --json` wrote", ResultKind::kCrosscheck},
          {"--profile", "profiles: profile.csv of run_joint_profile, or JSON; several are those of several boards",
           ResultKind::kProfile},
          {"--memory", "what `memory --json` wrote", ResultKind::kMemory},
          {"--sensitivity", "what `sensitivity --json` wrote", ResultKind::kSensitivity},
          {"--tune", "what `tune --json` wrote", ResultKind::kTune}};
}

struct Flags {
  CLI::App* command = nullptr;
  std::string model;
  std::string second;
  std::vector<Given> results = ResultFlags(false);
  std::vector<Given> second_results = ResultFlags(true);
  page::PictureOptions pictures;
  std::vector<std::string> data;
  std::vector<std::string> dumps;
  std::string output;
  std::string model_explorer;
  std::string annotated_onnx;
  bool quiet = false;
};

// Profiles may be those of several boards.
void AddFiles(CLI::App& command, Given& given) {
  CLI::Option* option = command.add_option(given.flag, given.files, given.what);
  if (given.kind != ResultKind::kProfile) option->expected(1);
}

std::vector<page::Result> Read(const std::vector<Given>& given) {
  std::vector<page::Result> results;
  for (const Given& one : given) {
    for (const std::string& file : one.files) results.push_back(page::ReadResult(one.kind, file));
  }
  return results;
}

// Throws UsageError for flags that do nothing beside the others.
void RefuseUselessFlags(const Flags& flags) {
  RefuseStdout("--output", flags.output);
  RefuseStdout("--annotated-onnx", flags.annotated_onnx);
  if (flags.output.empty() && flags.model_explorer.empty() && flags.annotated_onnx.empty()) {
    throw UsageError("nothing is to be written; name the page with --output, or --model-explorer or --annotated-onnx");
  }
  if (flags.data.empty() && AnyGiven(*flags.command, {"--count", "--threads"})) {
    throw UsageError("--count and --threads are for --data; name pictures, or leave them out");
  }
  if (flags.data.empty() && flags.annotated_onnx.empty() && AnyGiven(*flags.command, {"--onnx"})) {
    throw UsageError("--onnx is for --data and --annotated-onnx; leave it out");
  }
  if (!flags.data.empty() && flags.output.empty()) {
    throw UsageError("what --data adds is shown on the page alone; name it with --output");
  }
  for (const Given& one : flags.second_results) {
    if (!one.files.empty() && flags.second.empty()) {
      throw UsageError(std::string(one.flag) + " is of a second model; name it with --second");
    }
  }
}

void Write(const Flags& flags, const page::PageData& data) {
  files::OutputFiles files;
  std::string said;
  if (!flags.output.empty()) {
    files.Add(flags.output, page::ToHtml(data));
    said += "wrote " + flags.output + "\n";
  }
  if (!flags.model_explorer.empty()) {
    const auto explorer = page::ModelExplorerFiles(data);
    for (const auto& [name, text] : explorer) files.Add(std::filesystem::path(flags.model_explorer) / name, text);
    said += "wrote " + graph::Counted(explorer.size(), "file") + " into " + flags.model_explorer + "\n";
  }
  if (!flags.annotated_onnx.empty()) {
    const std::filesystem::path network =
        flags.pictures.onnx.empty() ? run::OptimizedOnnxBeside(flags.model) : flags.pictures.onnx;
    files::RequireFile(network);
    const importer::AnnotatedOnnx annotated = importer::AnnotateOnnx(network.string(), page::NotesByNode(data));
    files.Add(flags.annotated_onnx, annotated.file);
    said += "wrote " + flags.annotated_onnx + ", " + std::to_string(annotated.annotated) + " of " +
            graph::Counted(static_cast<size_t>(annotated.nodes), "node") + " with figures\n";
  }
  files.Commit();
  std::fputs(said.c_str(), stdout);
}

int Report(const Flags& flags) {
  RefuseUselessFlags(flags);
  std::vector<std::filesystem::path> inputs{flags.model, flags.second, flags.pictures.onnx,
                                            run::OptimizedOnnxBeside(flags.model)};
  for (const auto* given : {&flags.results, &flags.second_results}) {
    for (const Given& one : *given) inputs.insert(inputs.end(), one.files.begin(), one.files.end());
  }
  page::PictureOptions pictures = flags.pictures;
  for (const std::string& one : flags.data) {
    const auto [name, path] = settings::ParseNamedPath(one);
    pictures.data.push_back({name, path});
  }
  if (!flags.model_explorer.empty()) files::RequireWritableFolder(flags.model_explorer);
  CheckOutputs({flags.output, flags.annotated_onnx}, inputs, pictures.data);
  page::PageData data =
      page::MakePage({"report", flags.model, Read(flags.results), flags.second, Read(flags.second_results)});
  if (!flags.dumps.empty()) page::AddDumps(flags.dumps.at(0), flags.dumps.at(1), data);
  if (!pictures.data.empty()) {
    PrepareOpenMp();
    report::Progress progress(stderr, 1, flags.quiet);
    progress.Step("run the model and its network");
    page::AddPictures(flags.model, pictures, data, [&](int done, int total) { progress.Advance(done, total); });
    progress.Finish();
  }
  Write(flags, data);
  for (const std::string& warning : data.warnings) std::printf("note: %s\n", warning.c_str());
  return kGood;
}

}  // namespace

void AddReport(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("report", "a joint model and what is known of it as a page in one HTML file");
  auto flags = std::make_shared<Flags>();
  flags->command = command;
  command->add_option("model", flags->model, "the joint model")->required();
  command->add_option("-o,--output", flags->output, "the page, such as yolov8n.html");
  for (Given& one : flags->results) AddFiles(*command, one);
  command->add_option("--data", flags->data,
                      "pictures, or other inputs, that the model and its network are run on: values and differences of "
                      "every layer on the first, boxes, masks or classes on all");
  command->add_option("--count", flags->pictures.count, "of them, evenly spread (default 3)")->check(CLI::Range(1, 20));
  command->add_option("--onnx", flags->pictures.onnx,
                      "the float network (default: frontend/optimized.onnx beside the model)");
  command->add_option("--threads", flags->pictures.threads, "of the runs; 0: all cores (default 0)")
      ->check(CLI::Range(0, 1024));
  command->add_option("--dumps", flags->dumps, "two dumps, the right one first: a map of where each layer differs")
      ->expected(2)
      ->type_name("RIGHT OTHER");
  command->add_option("--second", flags->second, "another build of the same network, to stand beside it");
  for (Given& one : flags->second_results) AddFiles(*command, one);
  command->add_option("--model-explorer", flags->model_explorer,
                      "gets the layers as a graph, and their figures, for Google's Model Explorer");
  command->add_option("--annotated-onnx", flags->annotated_onnx,
                      "gets the ONNX network with the figures as metadata of its nodes, which Netron shows");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer(
      "example:\n  lockstep analyze out --images pictures --json analysis.json\n"
      "  lockstep report out/yolov8n.joint --analysis analysis.json --data street.jpg -o yolov8n.html");
  command->callback([flags, &status] { status = Report(*flags); });
}

}  // namespace lockstep::cli
