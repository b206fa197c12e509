#include "profile/compare_profiles.h"
#include "profile/figures.h"
#include "report/csv.h"
#include "report/table.h"

namespace lockstep::profile {
namespace {

using nlohmann::ordered_json;
using report::Align;

// A change below it is not worth a colour: times differ by as much from run to run.
constexpr double kWorthColour = 0.05;

report::Mood MoodOf(const ComparedCost& cost) {
  const std::optional<double> ratio = cost.Ratio();
  if (!ratio) return report::Mood::kNeutral;
  if (*ratio > 1 + kWorthColour) return report::Mood::kBad;
  return *ratio < 1 - kWorthColour ? report::Mood::kGood : report::Mood::kNeutral;
}

std::string Text(const std::optional<double>& cost, Measure measure) { return cost ? CostText(*cost, measure) : "-"; }

report::Table TableOf(const std::vector<ComparedCost>& costs, Measure measure, bool layers) {
  const std::string unit = UnitOf(measure);
  std::vector<report::Column> columns = {{layers ? "layer" : "operator"}};
  if (layers) columns.push_back({"operator"});
  for (const std::string& title : {"A " + unit, "B " + unit, std::string("B - A"), std::string("B / A")}) {
    columns.push_back({title, Align::kRight});
  }
  report::Table table(columns);
  for (const ComparedCost& cost : costs) {
    std::vector<report::Cell> cells = {cost.name};
    if (layers) cells.emplace_back(cost.op);
    cells.emplace_back(Text(cost.a, measure));
    cells.emplace_back(Text(cost.b, measure));
    cells.emplace_back((cost.Difference() > 0 ? "+" : "") + CostText(cost.Difference(), measure));
    const std::optional<double> ratio = cost.Ratio();
    cells.emplace_back(ratio     ? report::FixedNumber(*ratio, 3)
                       : !cost.a ? "only B"
                       : !cost.b ? "only A"
                                 : "-",
                       MoodOf(cost));
    table.AddRow(std::move(cells));
  }
  return table;
}

ordered_json CostJson(const ComparedCost& cost) {
  ordered_json json = {{"name", cost.name}, {"op", cost.op}, {"a", nullptr}, {"b", nullptr}, {"ratio", nullptr}};
  if (cost.a) json["a"] = *cost.a;
  if (cost.b) json["b"] = *cost.b;
  if (const std::optional<double> ratio = cost.Ratio()) json["ratio"] = *ratio;
  json["difference"] = cost.Difference();
  return json;
}

}  // namespace

std::string ToText(const ProfileComparison& comparison, bool colour) {
  const Measure measure = comparison.measure;
  std::string text = "A is " + comparison.a + "\nB is " + comparison.b + "\n";
  if (measure == Measure::kInstructions) text += "instructions of an emulated CPU are compared, not times\n";
  for (const std::string& note : comparison.notes) text += "note: " + note + "\n";
  text += "\nby operator, what got slower first\n" + TableOf(comparison.operators, measure, false).ToText(colour);
  text += "\nby layer, what got slower first\n" + TableOf(comparison.layers, measure, true).ToText(colour);
  const std::optional<double> ratio = comparison.whole.Ratio();
  return text + "\nall layers: A " + Text(comparison.whole.a, measure) + ", B " + Text(comparison.whole.b, measure) +
         " " + UnitOf(measure) + (ratio ? ", B / A " + report::FixedNumber(*ratio, 3) : "") + "\n";
}

ordered_json ToJson(const ProfileComparison& comparison) {
  ordered_json json = {{"kind", "profile comparison"},
                       {"a", comparison.a},
                       {"b", comparison.b},
                       {"measure", MeasureName(comparison.measure)},
                       {"whole", CostJson(comparison.whole)},
                       {"notes", comparison.notes},
                       {"operators", ordered_json::array()},
                       {"layers", ordered_json::array()}};
  for (const ComparedCost& cost : comparison.operators) json["operators"].push_back(CostJson(cost));
  for (const ComparedCost& cost : comparison.layers) json["layers"].push_back(CostJson(cost));
  return json;
}

std::string ToCsv(const ProfileComparison& comparison) {
  const std::string measure = MeasureName(comparison.measure);
  std::string csv = report::CsvLine({"layer", "operator", "a_" + measure, "b_" + measure, "difference", "ratio"});
  const auto number = [](const std::optional<double>& value) { return value ? report::CsvNumber(*value) : ""; };
  for (const ComparedCost& cost : comparison.layers) {
    csv += report::CsvLine({cost.name, cost.op, number(cost.a), number(cost.b), report::CsvNumber(cost.Difference()),
                            number(cost.Ratio())});
  }
  return csv;
}

}  // namespace lockstep::profile
