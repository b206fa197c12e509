#include "cli/command.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "files/output_file.h"
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
  if (json_path == "-") {
    std::fputs(json.c_str(), stdout);
    return;
  }
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  if (!json_path.empty()) files::WriteFile(json_path, json);
}

bool ColourWanted() { return report::IsTerminal(stdout) && std::getenv("NO_COLOR") == nullptr; }

}  // namespace lockstep::cli
