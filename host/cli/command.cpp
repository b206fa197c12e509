#include "cli/command.h"

#include <cstdio>
#include <cstdlib>

#include "crosscheck/model_input.h"
#include "report/output_file.h"

namespace lockstep::cli {

void PreprocessFlags::Declare(CLI::App& command) {
  command.add_option("--color", color, "order of the channels: RGB, BGR or GRAY");
  command.add_option("--mean", mean, "a,b,c: subtracted from each channel (0..255)")->delimiter(',');
  command.add_option("--std", std, "a,b,c: what each channel is divided by then")->delimiter(',');
  command.add_option("--resize", resize, "letterbox, stretch or none");
}

nlohmann::ordered_json PreprocessFlags::GivenKeys() const {
  nlohmann::ordered_json keys = nlohmann::ordered_json::object();
  if (!color.empty()) keys["color"] = color;
  if (!resize.empty()) keys["resize"] = resize;
  if (!mean.empty()) keys["mean"] = mean;
  if (!std.empty()) keys["std"] = std;
  return keys;
}

void CheckOutputs(const std::vector<std::string>& outputs, std::vector<std::filesystem::path> inputs,
                  const std::string& data) {
  std::vector<std::filesystem::path> files;
  for (const std::string& path : outputs) {
    if (!path.empty() && path != "-") files.emplace_back(path);
  }
  for (const std::filesystem::path& file : files) report::RequireWritable(file);
  if (files.empty()) return;
  const std::vector<std::filesystem::path> data_files = crosscheck::FilesOfData(data);
  inputs.insert(inputs.end(), data_files.begin(), data_files.end());
  report::RefuseToReplace(inputs, files);
}

void Print(const std::string& text, const std::string& json, const std::string& json_path) {
  if (json_path == "-") {
    std::fputs(json.c_str(), stdout);
    return;
  }
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  if (!json_path.empty()) report::WriteFile(json_path, json);
}

bool ColourWanted() { return report::IsTerminal(stdout) && std::getenv("NO_COLOR") == nullptr; }

}  // namespace lockstep::cli
