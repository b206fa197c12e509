#include "cli/usage.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"

namespace lockstep::cli {
namespace {

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return names;
}

const CLI::App& CommandNamed(const CLI::App& app, const std::string& name) {
  const std::vector<std::string> names = CommandNames(app);
  if (std::find(names.begin(), names.end(), name) != names.end()) return *app.get_subcommand(name);
  throw UsageError("the command " + graph::Quoted(name) + " is unknown" + graph::DidYouMean(name, names) +
                   " (`lockstep --help` lists them)");
}

std::vector<std::string> FlagNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

void RefuseUnknownFlag(const CLI::App& app, const std::string& command, const std::string& word) {
  const std::string flag = word.substr(0, word.find('='));
  const std::vector<std::string> names = FlagNames(app);
  if (std::find(names.begin(), names.end(), flag) != names.end()) return;
  throw UsageError(command + " has no flag " + graph::Quoted(flag) + graph::DidYouMean(flag, names) + " (`" + command +
                   " --help` lists them)");
}

// The command that was given, the program itself if there was none.
const CLI::App& Given(const CLI::App& app) {
  const std::vector<CLI::App*> given = app.get_subcommands();
  return given.empty() ? app : *given.front();
}

std::string Shown(const CLI::Option& option) { return option.get_name(); }  // "--data", or "model" for a positional

// "FLOAT:FLOAT in [0 - 1]", "INT", ..: what a value must be.
std::string Kind(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::string first = type.substr(0, type.find(':'));
  std::string kind = first == "INT" || first == "UINT" ? "a whole number" : first == "FLOAT" ? "a number" : "a text";
  const size_t begin = type.find('[');
  const size_t middle = type.find(" - ");
  if (begin != std::string::npos && middle != std::string::npos) {
    const std::string highest = type.substr(middle + 3, type.find(']') - middle - 3);
    kind += " from " + type.substr(begin + 1, middle - begin - 1) + " to " + highest;
  }
  return type.find("NONNEGATIVE") == std::string::npos ? kind : kind + " of at least 0";
}

// Without CLI11's words for what a value is checked by and how often it may stand.
class Page : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string text = Formatter::make_option_opts(option);
    const std::string type = option->get_type_name();
    const size_t checks = type.find(':');
    const size_t at = text.find(type);
    if (checks != std::string::npos && at != std::string::npos) text.erase(at + checks, type.size() - checks);
    return text;
  }
  std::string make_option_usage(const CLI::Option* option) const override {
    return option->get_expected_max() > 1 ? make_option_name(option, true) + "..." : make_option_name(option, true);
  }
};

}  // namespace

void UseOwnPages(CLI::App& app) { app.formatter(std::make_shared<Page>()); }

void AddHelp(CLI::App& app) {
  CLI::App* command = app.add_subcommand("help", "this page, or that of a command");
  auto name = std::make_shared<std::string>();
  command->add_option("command", *name, "whose page");
  command->footer("example:\n  lockstep help build");
  command->callback([&app, name] {
    // help() of a program whose command was given is that command's page.
    const std::string page = name->empty()
                                 ? app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal)
                                 : CommandNamed(app, *name).help(app.get_name());
    std::fputs(page.c_str(), stdout);
  });
}

void RefuseUnknownWords(const CLI::App& app, int argc, char** argv) {
  if (argc < 2) return;
  const std::string first = argv[1];
  const bool is_flag = first.rfind('-', 0) == 0;
  const CLI::App& command = is_flag ? app : CommandNamed(app, first);
  const std::string name = is_flag ? "lockstep" : "lockstep " + first;
  for (int i = is_flag ? 1 : 2; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") return;
    if (word.rfind("--", 0) == 0) RefuseUnknownFlag(command, name, word);
  }
}

std::string Explain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = Given(app);
  if (&command == &app && error.get_name() == "RequiredError") {
    return "a command is missing; it is one of " + graph::Listed(CommandNames(app));
  }
  const std::string text = error.what();
  const CLI::Option* blamed = nullptr;
  for (const CLI::Option* option : command.get_options()) {
    if (Shown(*option).empty()) continue;  // a flag that is gone is on no page
    const bool missing = error.get_name() == "RequiredError" && option->get_required() && option->empty();
    // The longest: --std is a part of --std-dev.
    const bool longer = blamed == nullptr || Shown(*option).size() > Shown(*blamed).size();
    if (missing || (text.find(Shown(*option)) != std::string::npos && longer)) blamed = option;
    if (missing) break;
  }
  if (blamed == nullptr) {
    const std::vector<std::string> extra = command.remaining();
    return extra.empty() ? "the command line cannot be understood"
                         : "what is " + graph::Quoted(extra.front()) + " for? It is not expected";
  }
  if (error.get_name() == "RequiredError") return Shown(*blamed) + " is missing (" + blamed->get_description() + ")";
  if (error.get_name() == "ConversionError" || error.get_name() == "ValidationError") {
    const std::string value = blamed->empty() ? "" : ", not " + graph::Quoted(blamed->results().back());
    return Shown(*blamed) + " takes " + Kind(*blamed) + value;
  }
  const auto most = static_cast<size_t>(std::max(1, blamed->get_expected_max()));
  if (const size_t given = blamed->results().size(); given > most) {
    return std::to_string(given) + " values are given as " + Shown(*blamed) + ", at most " + std::to_string(most) +
           (most == 1 ? " is taken; leave " : " are taken; leave ") + graph::Quoted(blamed->results()[most]) + " out";
  }
  return Shown(*blamed) + " needs a value (" + blamed->get_description() + ")";
}

}  // namespace lockstep::cli
