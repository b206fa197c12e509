#include "cli/command.h"

#include <cstdio>
#include <cstdlib>

#include "compiler/build_config.h"
#include "files/output_file.h"
#include "input/model_input.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::cli {

std::string DefaultOf(const std::string& key) {
  compiler::BuildConfig config;
  config.observer.kind = quantize::ObserverKind::kPercentile;  // the percentile is a key with this observer alone
  const nlohmann::ordered_json value =
      key == "observer" ? compiler::ToJson({}).at(key) : compiler::ToJson(config).at(key);
  std::string text;
  for (const nlohmann::ordered_json& number : value.is_array() ? value : nlohmann::ordered_json{value}) {
    text += (text.empty() ? "" : ",");
    if (number.is_number_float()) {
      text += report::ShortNumber(number.get<double>(), 8);
    } else {
      text += number.is_string() ? number.get<std::string>() : report::JsonText(number);
    }
  }
  return " (default " + text + ")";
}

void PreprocessFlags::Declare(CLI::App& command) {
  command.add_option("--color", color, "order of the channels: RGB, BGR or GRAY" + DefaultOf("color"));
  command.add_option("--mean", mean, "a,b,c: subtracted from each channel, 0..255" + DefaultOf("mean"))->delimiter(',');
  command.add_option("--std", std, "a,b,c: what each channel is divided by then" + DefaultOf("std"))->delimiter(',');
  command.add_option("--resize", resize, "letterbox, stretch or none" + DefaultOf("resize"));
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
