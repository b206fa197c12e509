#include "boards/board_actions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "boards/board_file.h"
#include "boards/process.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::boards {
namespace {

using nlohmann::ordered_json;

std::string AddressOf(const BoardEntry& entry) {
  if (entry.kind == BoardKind::kSsh)
    return entry.ssh.user + "@" + entry.ssh.host + ":" + std::to_string(entry.ssh.port);
  if (entry.kind == BoardKind::kAdb) return entry.serial.empty() ? "the only device" : entry.serial;
  return entry.kind == BoardKind::kQemu ? entry.remote.target + (entry.cpu.empty() ? "" : ", " + entry.cpu) : "this PC";
}

ActionResult List(const ActionOptions& options) {
  report::Table table({{"board"}, {"kind"}, {"address"}});
  ordered_json list = ordered_json::array();
  const auto add = [&](const std::string& name, const std::string& kind, const std::string& address) {
    table.AddRow({name, kind, address});
    list.push_back({{"name", name}, {"kind", kind}, {"address", address}});
  };
  for (const std::string& name : BoardNames()) {
    const size_t colon = name.find(':');
    add(name, name.substr(0, colon), colon == std::string::npos ? "this PC" : name.substr(colon + 1));
  }
  const std::filesystem::path file = FindBoardFile(options.board.list);
  if (!file.empty()) {
    for (const auto& [name, entry] : ReadBoardFile(file)) add(name, KindName(entry.kind), AddressOf(entry));
  }
  const std::string source = file.empty() ? "there is no boards.json; docs/boards.md says what goes into one\n"
                                          : "the list is " + file.string() + "\n";
  return {table.ToText(false) + "\n" + source, report::JsonText({{"file", file.string()}, {"boards", list}}, 1)};
}

ActionResult Check(const ActionOptions& options) {
  const std::unique_ptr<Board> board = MakeBoard(options.name, options.board);
  std::string text = board->name() + " is ready\n";
  ordered_json facts = {{"name", board->name()}};
  for (const BoardFact& fact : board->Check()) {
    constexpr size_t kColumn = 14;
    text += "  " + fact.name + std::string(kColumn - std::min(kColumn - 1, fact.name.size()), ' ') + fact.value + "\n";
    facts[fact.name] = fact.value;
  }
  return {text, report::JsonText(facts, 1)};
}

ActionResult Push(const ActionOptions& options) {
  files::RequireFile(options.file);
  const std::unique_ptr<Board> board = MakeBoard(options.name, options.board);
  return {options.file.string() + " is " + board->Push(options.file) + " on " + board->name() + "\n", ""};
}

// What run_joint calls outputs, and nothing else that a board may send: it would replace files of the user's.
void KeepOutputs(const std::filesystem::path& sent, const ActionOptions& options) {
  const std::string beginning = options.data.empty() ? "seed_" : options.data.front().stem().string() + "_";
  files::OutputFiles kept;
  for (const auto& entry : std::filesystem::directory_iterator(sent)) {
    const std::filesystem::path name = entry.path().filename();
    const bool is_output = name.string().compare(0, beginning.size(), beginning) == 0 && name.extension() == ".bin" &&
                           std::filesystem::is_regular_file(entry.symlink_status());
    if (is_output) kept.AddCopy(options.output_folder / name, entry.path());
  }
  kept.Commit();
}

ActionResult Run(const ActionOptions& options) {
  files::RequireFile(options.file);
  for (const std::filesystem::path& data : options.data) files::RequireFile(data);
  if (!options.output_folder.empty()) files::RequireWritableFolder(options.output_folder);
  BoardJob job;
  job.model = options.file;
  job.inputs = options.data;
  job.build = options.build.empty() ? "release" : options.build;
  if (options.output_folder.empty()) return {MakeBoard(options.name, options.board)->Run(job), ""};
  const files::TemporaryFolder sent;
  job.output_folder = sent.path();
  ActionResult result{MakeBoard(options.name, options.board)->Run(job), ""};
  KeepOutputs(sent.path(), options);
  // A run_joint that runs here says where it wrote.
  const std::string there = sent.path().string();
  const std::string here = options.output_folder.string();
  for (size_t at = result.text.find(there); at != std::string::npos; at = result.text.find(there, at + here.size())) {
    result.text.replace(at, there.size(), here);
  }
  return result;
}

ActionResult Shell(const ActionOptions& options) {
  ActionResult result;
  result.status = RunInTerminal(MakeBoard(options.name, options.board)->Shell());
  return result;
}

struct Action {
  const char* name;
  ActionResult (*run)(const ActionOptions& options);
  bool board;  // takes a board's name
  bool file;   // takes a file
};

constexpr Action kActions[] = {
    {"list", List, false, false}, {"check", Check, true, false}, {"push", Push, true, true},
    {"run", Run, true, true},     {"shell", Shell, true, false},
};

void CheckUse(const Action& action, const ActionOptions& options) {
  const std::string what = std::string("board ") + action.name;
  if (action.board && options.name.empty())
    throw UsageError(what + " needs a board; `lockstep board list` has their names");
  if (action.file && options.file.empty()) throw UsageError(what + " needs a file");
  const auto refuse = [&](bool given, const char* name) {
    if (given) throw UsageError(what + " has no use for " + name + "; leave it out");
  };
  refuse(!action.board && !options.name.empty(), "a board");
  refuse(!action.file && !options.file.empty(), "a file");
  if (action.run == Run) return;
  refuse(!options.data.empty(), "--data");
  refuse(!options.build.empty(), "--build");
  refuse(!options.output_folder.empty(), "--output-folder");
}

}  // namespace

ActionResult RunBoardAction(const ActionOptions& options) {
  std::vector<std::string> names;
  for (const Action& action : kActions) names.emplace_back(action.name);
  const auto* action = std::find_if(std::begin(kActions), std::end(kActions),
                                    [&](const Action& one) { return options.action == one.name; });
  if (action == std::end(kActions)) {
    throw UsageError("board has no action " + graph::Quoted(options.action) + graph::DidYouMean(options.action, names));
  }
  static const std::vector<std::string> kBuilds = {"", "release", "debug", "profile", "nmem"};
  if (std::find(kBuilds.begin(), kBuilds.end(), options.build) == kBuilds.end()) {
    throw UsageError("--build is " + graph::Quoted(options.build) + "; it must be release, debug, profile or nmem");
  }
  CheckUse(*action, options);
  return action->run(options);
}

}  // namespace lockstep::boards
