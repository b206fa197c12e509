#include "cli/command.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "graph/error.h"

namespace lockstep::cli {

bool AnyGiven(const CLI::App& command, std::initializer_list<const char*> flags) {
  return std::any_of(flags.begin(), flags.end(), [&](const char* flag) { return command.count(flag) != 0; });
}

void RefuseStdout(const char* flag, const std::string& path) {
  if (path != "-") return;
  throw UsageError(std::string(flag) + " writes a file, - is none; name one (--json - prints to stdout)");
}

void CheckOutputs(const std::vector<std::string>& outputs, std::vector<std::filesystem::path> inputs,
                  const input::DataSources& data) {
  std::vector<std::filesystem::path> files;
  for (const std::string& path : outputs) {
    if (!path.empty() && path != "-") files.emplace_back(path);
  }
  for (const std::filesystem::path& file : files) files::RequireWritable(file);
  if (files.empty()) return;
  const std::vector<std::filesystem::path> data_files = input::FilesOfData(data);
  inputs.insert(inputs.end(), data_files.begin(), data_files.end());
  files::RefuseToReplace(inputs, files);
}

void Print(const std::string& text, const std::string& json, const std::string& json_path) {
  files::OutputFiles outputs;
  Print(text, json, json_path, outputs);
}

void Print(const std::string& text, const std::string& json, const std::string& json_path,
           files::OutputFiles& outputs) {
  const bool to_stdout = json_path == "-";
  std::fputs(to_stdout ? json.c_str() : text.c_str(), stdout);
  std::fflush(stdout);
  if (!to_stdout && !json_path.empty()) outputs.Add(json_path, json);
  outputs.Commit();
}

bool ColourWanted() { return report::IsTerminal(stdout) && std::getenv("NO_COLOR") == nullptr; }

}  // namespace lockstep::cli
