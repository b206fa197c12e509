#include "info/model_info.h"

#include <algorithm>
#include <filesystem>

#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::info {
namespace {

using nlohmann::ordered_json;
using report::Align;

std::string Text(const std::string& key, const ordered_json& value) {
  if (value.is_null()) return "?";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return report::JsonText(value);
  if (key == "shape" && value.empty()) return "scalar";
  std::string text;
  for (const ordered_json& entry : value) text += (text.empty() ? "" : key == "shape" ? "x" : ",") + Text("", entry);
  return text;
}

// What is for programs alone is no column, nor is the layers' version where all have the first.
bool IsColumn(const std::string& key, const ordered_json& list) {
  if (key != "version") return key != "axes" && key != "onnx_nodes";
  return std::any_of(list.begin(), list.end(), [](const ordered_json& entry) { return entry.at("version") > 1; });
}

// A list of flat objects as a table; the columns are their keys.
std::string ListText(const std::string& title, const ordered_json& list) {
  if (list.empty()) return "";
  ordered_json first;  // of each key
  for (const ordered_json& entry : list) {
    for (const auto& [key, value] : entry.items()) first.emplace(key, ordered_json(value));
  }
  std::vector<report::Column> columns;
  for (const auto& [key, value] : first.items()) {
    // A reason is there to be read to its end.
    if (IsColumn(key, list))
      columns.push_back({key, value.is_number() ? Align::kRight : Align::kLeft, key == "reason" ? 0U : 48U});
  }
  report::Table table(columns);
  for (const ordered_json& entry : list) {
    std::vector<report::Cell> cells;
    cells.reserve(columns.size());
    for (const report::Column& column : columns) {
      cells.emplace_back(entry.contains(column.title) ? Text(column.title, entry.at(column.title)) : "");
    }
    table.AddRow(std::move(cells));
  }
  return "\n" + title + "\n" + table.ToText(false, "  ");
}

}  // namespace

ordered_json DescribeModelFile(const std::string& path, const importer::ImportOptions& options) {
  if (std::filesystem::path(path).extension() == ".onnx") return DescribeNetwork(path, options);
  if (importer::HasInputSettings(options)) {
    throw UsageError("--input-shape and --input-value are for an ONNX network; " + path +
                     " knows its inputs, leave them out");
  }
  files::RequireFile(path);
  const engine::JointModel joint(path);
  return DescribeJointModel(joint.model(), joint.file().size(), true);
}

std::string InfoText(const ordered_json& info) {
  std::string text;
  std::string lists;
  for (const auto& [key, value] : info.items()) {
    if (key == "tensors" || key == "blocks" || key == "edges") continue;  // long, and for programs
    std::string title = key;
    for (char& c : title) c = c == '_' ? ' ' : c;
    if (value.is_array()) {
      lists += ListText(title, value);
    } else if (value.is_object()) {
      std::string counts;
      for (const auto& [name, count] : value.items()) {
        counts.append(counts.empty() ? "" : ", ").append(name).append(" ").append(Text(name, count));
      }
      lists.append("\n").append(title).append("\n  ").append(counts).append("\n");
    } else {
      std::string shown = Text(key, value);
      if (title.find("bytes") != std::string::npos || key == "arena_lower_bound") {
        shown += " (" + report::ByteCount(value.get<double>()) + ")";
      }
      title.resize(std::max<size_t>(title.size() + 1, 22), ' ');
      text.append(title).append(shown).append("\n");
    }
  }
  return text + lists;
}

}  // namespace lockstep::info
