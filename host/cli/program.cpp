#include "cli/program.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <system_error>

#include "cli/command.h"
#include "cli/isa_environment.h"
#include "cli/usage.h"
#include "graph/error.h"

namespace lockstep::cli {
namespace {

int Report(const char* what, ExitStatus status) {
  std::fprintf(stderr, "lockstep: %s\n", what);
  return status;
}

// What was printed counts once it is written: a full disk behind a redirection is a failure.
int Finish(int status) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  return Report("standard output cannot be written; free space where it is redirected to", ExitStatus::kBadInput);
}

int Run(int argc, char** argv) {
  CLI::App app(
      "Lockstep: from an ONNX network to an int8 model that gives the same bytes on the PC and on every board");
  app.name("lockstep");
  app.set_version_flag("-v,--version", "lockstep " LOCKSTEP_VERSION " (contract rq1)");
  app.require_subcommand(1);
  UseOwnPages(app);
  int status = ExitStatus::kGood;
  AddBuild(app, status);
  AddRun(app, status);
  AddCrosscheck(app, status);
  AddSensitivity(app, status);
  AddAnalyze(app, status);
  AddCompare(app, status);
  AddExtract(app, status);
  AddSplit(app, status);
  AddBundle(app, status);
  AddReplay(app, status);
  AddCheckInput(app, status);
  AddCheckPre(app, status);
  AddCheckPost(app, status);
  AddTune(app, status);
  AddEvaluate(app, status);
  AddEdit(app, status);
  AddBoard(app, status);
  AddProfile(app, status);
  AddMemory(app, status);
  AddInfo(app, status);
  AddReport(app, status);
  AddHelp(app);
  RefuseUnknownWords(app, argc, argv);
  app.parse_complete_callback([&app] {  // in front of the command's own
    if (!app.got_subcommand("help")) RefuseUnknownIsa();
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& page) {  // --help, --version
    return app.exit(page);
  } catch (const CLI::ParseError& error) {
    throw UsageError(Explain(app, error) + "; `lockstep --help` and `lockstep COMMAND --help` show what there is");
  }
  return status;
}

}  // namespace

int RunProgram(int argc, char** argv) {
  try {
    return Finish(Run(argc, argv));
  } catch (const UsageError& error) {
    return Report(error.what(), ExitStatus::kWrongUsage);
  } catch (const UnsupportedModel& error) {
    return Report(error.what(), ExitStatus::kUnsupportedModel);
  } catch (const BadInput& error) {
    return Report(error.what(), ExitStatus::kBadInput);
  } catch (const BoardError& error) {
    return Report(error.what(), ExitStatus::kBoardFailed);
  } catch (const std::filesystem::filesystem_error& error) {
    return Report(
        ("cannot use " + error.path1().string() + ": " + error.code().message() + "; check the path and its rights")
            .c_str(),
        ExitStatus::kBadInput);
  } catch (const std::bad_alloc&) {
    return Report("out of memory; close other programs or use a smaller network", ExitStatus::kBadInput);
  } catch (const std::system_error& error) {
    return Report(("the system refuses what is needed: " + error.code().message() + "; end other programs").c_str(),
                  ExitStatus::kBadInput);
  } catch (const std::exception&) {
    return Report("a fault of lockstep itself; please report it with the command line and the files it names",
                  ExitStatus::kOwnFault);
  }
}

}  // namespace lockstep::cli
