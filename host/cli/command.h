// The subcommands of `lockstep`: what each file declares, and what they share.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include "files/output_file.h"
#include "input/data_list.h"
#include "report/progress.h"

namespace lockstep::cli {

enum ExitStatus : int {
  kGood = 0,
  kCheckFailed = 1,
  kWrongUsage = 2,
  kUnsupportedModel = 3,
  kBadInput = 4,
  kBoardFailed = 5,
  kOwnFault = 70,  // sysexits.h: internal software error
};

// Each adds its subcommand; running it sets `status`, or throws one of the errors of graph/error.h.
void AddBuild(CLI::App& app, int& status);
void AddRun(CLI::App& app, int& status);
void AddExtract(CLI::App& app, int& status);
void AddSplit(CLI::App& app, int& status);
void AddCrosscheck(CLI::App& app, int& status);
void AddSensitivity(CLI::App& app, int& status);
void AddAnalyze(CLI::App& app, int& status);
void AddBundle(CLI::App& app, int& status);
void AddReplay(CLI::App& app, int& status);
void AddCheckInput(CLI::App& app, int& status);
void AddCheckPre(CLI::App& app, int& status);
void AddCheckPost(CLI::App& app, int& status);
void AddCompare(CLI::App& app, int& status);
void AddEvaluate(CLI::App& app, int& status);
void AddEdit(CLI::App& app, int& status);
void AddTune(CLI::App& app, int& status);
void AddBoard(CLI::App& app, int& status);
void AddProfile(CLI::App& app, int& status);
void AddMemory(CLI::App& app, int& status);
void AddInfo(CLI::App& app, int& status);
void AddReport(CLI::App& app, int& status);

// Whether one of the flags was given.
bool AnyGiven(const CLI::App& command, std::initializer_list<const char*> flags);

// Throws UsageError for "-": what the flag names is a file.
void RefuseStdout(const char* flag, const std::string& path);

// Throws BadInput if an output that was asked for ("": it was not, "-": stdout) cannot be written, UsageError if it
// would replace one of the inputs or of the files in `data`: before the work, not after.
void CheckOutputs(const std::vector<std::string>& outputs, std::vector<std::filesystem::path> inputs,
                  const input::DataSources& data = {});

// Text for the terminal on stdout, and the JSON in a file if one was named ("-": on stdout instead of the text).
void Print(const std::string& text, const std::string& json, const std::string& json_path);
// The same; the JSON's file and `outputs` appear together.
void Print(const std::string& text, const std::string& json, const std::string& json_path, files::OutputFiles& outputs);

// Colours belong on a terminal alone.
bool ColourWanted();

}  // namespace lockstep::cli
