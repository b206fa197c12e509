// lockstep: the host tools as one program. Every error ends here and becomes one line and an exit status.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "cli/command.h"
#include "files/interrupt.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"

namespace {

using lockstep::cli::ExitStatus;

int Report(const char* what, ExitStatus status) {
  std::fprintf(stderr, "lockstep: %s\n", what);
  return status;
}

// What was printed counts once it is written: a full disk behind a redirection is a failure.
int Finish(int status) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  return Report("standard output cannot be written; free space where it is redirected to", ExitStatus::kBadInput);
}

// CLI11 would only say that a command is missing.
void RefuseUnknownCommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return;
  throw lockstep::UsageError("the command " + lockstep::graph::Quoted(argv[1]) + " is unknown" +
                             lockstep::graph::DidYouMean(argv[1], names) + " (`lockstep --help` lists them)");
}

// OpenMP's threads spin for up to 15 ms wherever they wait for each other, and on a machine that has other work they
// wait for a thread that does not run: a build took ten times as long. libgomp reads how long to spin as it is loaded,
// so only a program started anew heeds it. 1000 rounds are some 50 microseconds. On an idle machine spinning is faster.
void StopSpinning(char** argv) {
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  double load = 0.0;  // of the last minute
  if (getloadavg(&load, 1) == 1 && load <= std::thread::hardware_concurrency()) return;
  setenv("GOMP_SPINCOUNT", "1000", 0);
  execv("/proc/self/exe", argv);  // where that fails, the program goes on as it is
}

int Run(int argc, char** argv) {
  CLI::App app(
      "Lockstep: from an ONNX network to an int8 model that gives the same bytes on the PC and on every board");
  app.name("lockstep");
  app.set_version_flag("-v,--version", "lockstep " LOCKSTEP_VERSION " (contract rq1)");
  app.require_subcommand(1);
  app.failure_message([](const CLI::App* /*app*/, const CLI::Error& error) {
    return std::string("lockstep: ") + error.what() +
           "; `lockstep --help` and `lockstep COMMAND --help` show what there is\n";
  });
  int status = ExitStatus::kGood;
  lockstep::cli::AddBuild(app, status);
  lockstep::cli::AddRun(app, status);
  lockstep::cli::AddCrosscheck(app, status);
  lockstep::cli::AddCompare(app, status);
  lockstep::cli::AddInfo(app, status);
  RefuseUnknownCommand(app, argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitStatus::kGood : ExitStatus::kWrongUsage;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  StopSpinning(argv);
  lockstep::files::CleanUpWhenInterrupted();
  try {
    return Finish(Run(argc, argv));
  } catch (const lockstep::UsageError& error) {
    return Report(error.what(), ExitStatus::kWrongUsage);
  } catch (const lockstep::UnsupportedModel& error) {
    return Report(error.what(), ExitStatus::kUnsupportedModel);
  } catch (const lockstep::BadInput& error) {
    return Report(error.what(), ExitStatus::kBadInput);
  } catch (const lockstep::BoardError& error) {
    return Report(error.what(), ExitStatus::kBoardFailed);
  } catch (const std::filesystem::filesystem_error& error) {
    return Report(
        ("cannot use " + error.path1().string() + ": " + error.code().message() + "; check the path and its rights")
            .c_str(),
        ExitStatus::kBadInput);
  } catch (const std::bad_alloc&) {
    return Report("out of memory; close other programs or use a smaller network", ExitStatus::kBadInput);
  } catch (const std::exception& error) {
    return Report((std::string("internal error: ") + error.what() + "; please report it with the command line").c_str(),
                  ExitStatus::kBadInput);
  }
}
