#include <algorithm>
#include <functional>

#include "profile/figures.h"
#include "profile/operator_sums.h"
#include "profile/profile.h"
#include "report/csv.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::profile {
namespace {

using nlohmann::ordered_json;
using report::Align;
using report::FixedNumber;

constexpr size_t kTop = 10;

// One multiply-accumulate counts as two operations.
double Gops(uint64_t macs, double milliseconds) {
  return milliseconds > 0 ? 2e-6 * static_cast<double>(macs) / milliseconds : 0;
}

double Percent(double part, double whole) { return whole > 0 ? 100.0 * part / whole : 0; }

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::string Head(const Profile& profile) {
  std::string text = profile.model + (profile.board.empty() ? "" : " on " + profile.board) + ", target " +
                     profile.target + ": " + std::to_string(profile.layers.size()) + " layers, " +
                     std::to_string(profile.threads) + (profile.threads == 1 ? " thread, " : " threads, ") +
                     std::to_string(profile.runs) + (profile.runs == 1 ? " run\n" : " runs\n");
  if (profile.counted()) {
    text += "instructions of the emulated CPU, of one run on one thread, counted under " + profile.emulator +
            "; they are no times\n";
  } else if (!profile.emulator.empty()) {
    text += "times are those of " + profile.emulator + " on this PC and say nothing of a board\n";
  }
  if (!profile.note.empty()) text += "no instructions: " + profile.note + "\n";
  return text + "\n";
}

// One run in which something else had the processor makes an average anything.
std::string Disturbance(const Profile& profile) {
  constexpr double kQuiet = 1.25;  // averages are no more than that above the fastest runs
  double fastest = 0;
  for (const LayerProfile& layer : profile.layers) fastest += layer.min_ms;
  if (profile.counted() || fastest <= 0 || TotalCost(profile, Measure::kMilliseconds) <= kQuiet * fastest) return "";
  return "the runs are far apart, the fastest of each layer sum to " + FixedNumber(fastest, 3) +
         " ms: something else ran meanwhile, and averages and their order say little; repeat it on a quiet machine\n";
}

// What of a layer is shown behind its name: the instructions alone where there are any.
struct Shown {
  const char* title;
  std::function<std::string(const LayerProfile&)> text;
};

std::vector<Shown> ColumnsOf(const Profile& profile) {
  const Measure measure = MeasureOf(profile);
  const double total = TotalCost(profile, measure);
  std::vector<Shown> columns;
  if (profile.counted()) {
    columns.push_back({"instructions", [](const LayerProfile& layer) { return std::to_string(*layer.instructions); }});
  } else {
    columns.push_back({"min ms", [](const LayerProfile& layer) { return FixedNumber(layer.min_ms, 3); }});
    columns.push_back({"avg ms", [](const LayerProfile& layer) { return FixedNumber(layer.avg_ms, 3); }});
    columns.push_back({"max ms", [](const LayerProfile& layer) { return FixedNumber(layer.max_ms, 3); }});
  }
  columns.push_back({"share", [measure, total](const LayerProfile& layer) {
                       return FixedNumber(Percent(CostOf(layer, measure), total), 1) + "%";
                     }});
  columns.push_back(
      {"MMACs", [](const LayerProfile& layer) { return FixedNumber(static_cast<double>(layer.macs) * 1e-6, 3); }});
  if (profile.counted()) {
    columns.push_back({"per MAC", [](const LayerProfile& layer) {
                         if (layer.macs == 0) return std::string("-");
                         return FixedNumber(CostOf(layer, Measure::kInstructions) / static_cast<double>(layer.macs), 2);
                       }});
  } else {
    columns.push_back(
        {"GOPS", [](const LayerProfile& layer) { return FixedNumber(Gops(layer.macs, layer.avg_ms), 3); }});
  }
  columns.push_back(
      {"KiB", [](const LayerProfile& layer) { return FixedNumber(static_cast<double>(layer.bytes) / 1024, 1); }});
  return columns;
}

report::Table LayerTable(const Profile& profile, const std::vector<const LayerProfile*>& layers) {
  const std::vector<Shown> shown = ColumnsOf(profile);
  std::vector<report::Column> columns = {{"index", Align::kRight}, {"layer"}, {"operator"}, {"kernel"}};
  for (const Shown& one : shown) columns.push_back({one.title, Align::kRight});
  columns.push_back({"ONNX nodes", Align::kLeft, 48});
  report::Table table(columns);
  for (const LayerProfile* layer : layers) {
    std::vector<report::Cell> cells = {std::to_string(layer->index), layer->name, layer->op, layer->kernel};
    for (const Shown& one : shown) cells.emplace_back(one.text(*layer));
    cells.emplace_back(Joined(layer->onnx_nodes));
    table.AddRow(std::move(cells));
  }
  return table;
}

report::Table OperatorTable(const Profile& profile) {
  const Measure measure = MeasureOf(profile);
  const double total = TotalCost(profile, measure);
  report::Table table({{"operator"},
                       {"layers", Align::kRight},
                       {measure == Measure::kInstructions ? "instructions" : "avg ms", Align::kRight},
                       {"share", Align::kRight},
                       {"MMACs", Align::kRight}});
  for (const auto& [op, sum] : CostliestFirst(SumByOperator(profile, measure))) {
    table.AddRow({op, std::to_string(sum.layers), CostText(sum.cost, measure),
                  FixedNumber(Percent(sum.cost, total), 1) + "%",
                  FixedNumber(static_cast<double>(sum.macs) * 1e-6, 3)});
  }
  return table;
}

ordered_json LayerJson(const LayerProfile& layer) {
  ordered_json json = {{"index", layer.index},
                       {"name", layer.name},
                       {"op", layer.op},
                       {"kernel", layer.kernel},
                       {"onnx_nodes", layer.onnx_nodes},
                       {"min_ms", layer.min_ms},
                       {"avg_ms", layer.avg_ms},
                       {"max_ms", layer.max_ms},
                       {"macs", layer.macs},
                       {"bytes", layer.bytes},
                       {"instructions", nullptr}};
  if (layer.instructions) json["instructions"] = *layer.instructions;
  return json;
}

}  // namespace

std::string ToText(const Profile& profile) {
  const Measure measure = MeasureOf(profile);
  std::vector<const LayerProfile*> layers;
  uint64_t macs = 0;
  for (const LayerProfile& layer : profile.layers) {
    layers.push_back(&layer);
    macs += layer.macs;
  }
  const double total = TotalCost(profile, measure);
  std::string text = Head(profile) + LayerTable(profile, layers).ToText(false);
  text += "all layers: " + CostText(total, measure) + " " + UnitOf(measure);
  if (measure == Measure::kMilliseconds) {
    text += ", " + FixedNumber(Gops(macs, total), 3) + " GOPS; profiling itself took " +
            FixedNumber(profile.profiling_percent, 2) + " %";
  } else if (macs != 0) {
    text += ", " + FixedNumber(total / static_cast<double>(macs), 2) + " for each multiply-accumulate";
  }
  text += "\n" + Disturbance(profile) + "\n" + OperatorTable(profile).ToText(false) + "\n";
  std::stable_sort(layers.begin(), layers.end(), [measure](const LayerProfile* a, const LayerProfile* b) {
    return CostOf(*a, measure) > CostOf(*b, measure);
  });
  layers.resize(std::min(kTop, layers.size()));
  text += "the " + std::to_string(layers.size()) +
          (measure == Measure::kInstructions ? " layers of most instructions\n" : " slowest layers\n");
  return text + LayerTable(profile, layers).ToText(false);
}

ordered_json ToJson(const Profile& profile) {
  const Measure measure = MeasureOf(profile);
  ordered_json json = {{"kind", "profile"},
                       {"format", 1},
                       {"board", profile.board},
                       {"model", profile.model},
                       {"model_digest", profile.model_digest},
                       {"version", profile.version},
                       {"target", profile.target},
                       {"emulator", nullptr},
                       {"threads", profile.threads},
                       {"runs", profile.runs},
                       {"profiling_percent", profile.profiling_percent},
                       {"measure", MeasureName(measure)},
                       {"avg_ms", TotalCost(profile, Measure::kMilliseconds)},
                       {"instructions", nullptr}};
  if (!profile.emulator.empty()) json["emulator"] = profile.emulator;
  if (profile.counted()) json["instructions"] = static_cast<uint64_t>(TotalCost(profile, Measure::kInstructions));
  json["operators"] = ordered_json::array();
  for (const auto& [op, sum] : CostliestFirst(SumByOperator(profile, measure))) {
    json["operators"].push_back({{"op", op}, {"layers", sum.layers}, {"macs", sum.macs}, {"cost", sum.cost}});
  }
  json["layers"] = ordered_json::array();
  for (const LayerProfile& layer : profile.layers) json["layers"].push_back(LayerJson(layer));
  return json;
}

std::string ToCsv(const Profile& profile) {
  std::string csv = report::CsvLine({"index", "layer", "operator", "kernel", "min_ms", "avg_ms", "max_ms", "macs",
                                     "bytes", "instructions", "onnx_nodes"});
  for (const LayerProfile& layer : profile.layers) {
    csv += report::CsvLine({std::to_string(layer.index), layer.name, layer.op, layer.kernel,
                            report::CsvNumber(layer.min_ms), report::CsvNumber(layer.avg_ms),
                            report::CsvNumber(layer.max_ms), std::to_string(layer.macs), std::to_string(layer.bytes),
                            layer.instructions ? std::to_string(*layer.instructions) : "", Joined(layer.onnx_nodes)});
  }
  return csv;
}

}  // namespace lockstep::profile
