#include "checklist/stage.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::checklist {
namespace {

using nlohmann::ordered_json;

const char* ColourOf(Standing standing) {
  switch (standing) {
    case Standing::kGood:
      return "\033[1;32m";
    case Standing::kBad:
      return "\033[1;31m";
    case Standing::kUnclear:
    case Standing::kNoData:
      break;
  }
  return "\033[1;33m";
}

std::string TableText(const StageTable& table, bool colour) {
  if (table.rows.empty()) return "";
  std::vector<report::Column> columns;
  for (const std::string& title : table.titles) columns.push_back({title});
  report::Table shown(columns);
  for (const std::vector<std::string>& row : table.rows) shown.AddRow({row.begin(), row.end()});
  return shown.ToText(colour) + "\n";
}

}  // namespace

const char* StandingName(Standing standing) {
  switch (standing) {
    case Standing::kGood:
      return "good";
    case Standing::kBad:
      return "bad";
    case Standing::kUnclear:
      return "unclear";
    case Standing::kNoData:
      break;
  }
  return "no_data";
}

std::string ToText(const std::vector<Stage>& stages, bool colour) {
  std::string text;
  for (const Stage& stage : stages) {
    if (stages.size() > 1) text += (text.empty() ? "" : "\n") + stage.name + "\n";
    text += TableText(stage.table, colour);
    for (const std::string& finding : stage.findings) text += "- " + finding + "\n";
    const std::string standing = stage.standing == Standing::kNoData ? "no data" : StandingName(stage.standing);
    text += (colour ? ColourOf(stage.standing) + standing + "\033[0m" : standing) + ": " + stage.verdict + "\n";
  }
  return text;
}

std::string ToJson(const std::vector<Stage>& stages) {
  ordered_json list = ordered_json::array();
  for (const Stage& stage : stages) {
    ordered_json rows = ordered_json::array();
    for (const std::vector<std::string>& row : stage.table.rows) {
      ordered_json& entry = rows.emplace_back(ordered_json::object());
      for (size_t i = 0; i < row.size(); ++i) entry[stage.table.titles[i]] = row[i];
    }
    list.push_back({{"stage", stage.name},
                    {"standing", StandingName(stage.standing)},
                    {"verdict", stage.verdict},
                    {"findings", stage.findings},
                    {"table", std::move(rows)}});
  }
  return report::JsonText({{"passed", !AnyBad(stages)}, {"stages", std::move(list)}}, 1);
}

bool AnyBad(const std::vector<Stage>& stages) {
  return std::any_of(stages.begin(), stages.end(), [](const Stage& stage) { return stage.standing == Standing::kBad; });
}

}  // namespace lockstep::checklist
