#include "layerwise/render_outliers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "graph/counted.h"
#include "report/csv.h"
#include "report/table.h"

namespace lockstep::layerwise {

std::string OutliersText(const std::vector<Outliers>& outliers, int rows, bool colour) {
  std::vector<const Outliers*> shown;
  for (const Outliers& one : outliers) {
    if (one.dead > 0.0 || one.shares[0] > 0.0) shown.push_back(&one);
  }
  std::stable_sort(shown.begin(), shown.end(),
                   [](const Outliers* a, const Outliers* b) { return a->shares[1] > b->shares[1]; });
  std::vector<report::Column> columns{{"tensor", report::Align::kLeft, 40},
                                      {"op"},
                                      {"of"},
                                      {"channels", report::Align::kRight},
                                      {"dead", report::Align::kRight}};
  for (const int level : kLevels) columns.push_back({"level>=" + std::to_string(level), report::Align::kRight});
  columns.push_back({"what helps"});
  report::Table table(columns);
  const size_t count = rows > 0 ? std::min(shown.size(), static_cast<size_t>(rows)) : shown.size();
  for (size_t i = 0; i < count; ++i) {
    const Outliers& one = *shown[i];
    std::vector<report::Cell> cells{one.tensor, one.op, one.weights ? "weights" : "activations",
                                    std::to_string(one.channels), report::FixedNumber(one.dead, 3)};
    for (const double share : one.shares) cells.emplace_back(report::FixedNumber(share, 3));
    cells.emplace_back(one.hint.empty() ? "-" : one.hint);
    table.AddRow(std::move(cells));
  }
  std::string text = "shares of channels by level = log2(largest of the tensor / largest of the channel)\n\n";
  text += shown.empty() ? "no channel is dead or at level 3\n" : table.ToText(colour);
  if (count < shown.size()) text += "and " + graph::Counted(shown.size() - count, "more tensor") + "\n";
  return text;
}

std::string OutliersCsv(const std::vector<Outliers>& outliers) {
  std::vector<std::string> head{"tensor", "node", "op", "of", "channels", "dead"};
  for (const int level : kLevels) head.push_back("level_" + std::to_string(level));
  head.emplace_back("hint");
  std::string text = report::CsvLine(head);
  for (const Outliers& one : outliers) {
    std::vector<std::string> cells{one.tensor,
                                   one.node,
                                   one.op,
                                   one.weights ? "weights" : "activations",
                                   std::to_string(one.channels),
                                   report::CsvNumber(one.dead)};
    for (const double share : one.shares) cells.push_back(report::CsvNumber(share));
    cells.push_back(one.hint);
    text += report::CsvLine(cells);
  }
  return text;
}

nlohmann::ordered_json OutliersJson(const std::vector<Outliers>& outliers) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Outliers& one : outliers) {
    nlohmann::ordered_json row = {
        {"tensor", one.tensor},     {"node", one.node}, {"op", one.op}, {"of", one.weights ? "weights" : "activations"},
        {"channels", one.channels}, {"dead", one.dead}};
    for (size_t i = 0; i < kLevels.size(); ++i) row["level_" + std::to_string(kLevels[i])] = one.shares[i];
    row["hint"] = one.hint;
    json.push_back(std::move(row));
  }
  return json;
}

}  // namespace lockstep::layerwise
