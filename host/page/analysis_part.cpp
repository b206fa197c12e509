// What `analyze` found.
#include "page/accuracy_measure.h"
#include "page/result.h"

namespace lockstep::page {
namespace {

struct Column {
  Measure measure;
  std::vector<std::string> path;  // of the layer's number in the JSON
};

// A number of what is not good or bad by itself.
Measure Plain(const char* id, const char* title, const char* from, const char* unit, const char* explain) {
  Measure measure{id, title, from, "error", unit, explain};
  measure.better = Better::kLess;
  measure.shown = false;
  return measure;
}

std::vector<Column> Columns() {
  const std::string whole = "the joint model as a whole beside the float network: what the layers before lost is in it";
  const std::string alone = "the layer fed with the float network's values: what it loses by itself";
  const std::string rounded = "the float values rounded to the levels of the layer's output: no layer can do better";
  std::vector<Column> columns{
      {SqnrMeasure("analysis.end_to_end.sqnr", "end to end", whole), {"end_to_end", "sqnr", "mean"}},
      {SqnrMeasure("analysis.per_layer.sqnr", "per layer", alone), {"per_layer", "sqnr", "mean"}},
      {CosineMeasure("analysis.end_to_end.cosine", "end to end", whole), {"end_to_end", "cosine", "mean"}},
      {CosineMeasure("analysis.per_layer.cosine", "per layer", alone), {"per_layer", "cosine", "mean"}},
      {SqnrMeasure("analysis.rounding_alone.sqnr", "rounding alone", rounded), {"rounding_alone", "sqnr", "mean"}}};
  columns.back().measure.shown = false;
  const auto worst = [&](const char* id, const char* from, const std::string& explain, const char* way) {
    columns.push_back({SqnrMeasure(id, from, explain), {way, "sqnr", "min"}});
    columns.back().measure.shown = false;
  };
  worst("analysis.end_to_end.sqnr_min", "end to end, worst picture", whole, "end_to_end");
  worst("analysis.per_layer.sqnr_min", "per layer, worst picture", alone, "per_layer");
  columns.push_back({Plain("analysis.end_to_end.relative_error", "rel. error", "end to end", "", whole.c_str()),
                     {"end_to_end", "relative_error", "mean"}});
  columns.back().measure.good = 0.05;
  columns.back().measure.bad = 0.3;
  columns.push_back({Plain("analysis.beyond", "beyond levels", "values", "",
                           "share of the float values beyond the outermost levels: they are clipped"),
                     {"beyond_levels", "mean"}});
  columns.back().measure.good = 0.001;
  columns.back().measure.bad = 0.05;
  columns.push_back({Plain("analysis.apart", "apart", "integer to float", "steps",
                           "the most between the integer kernels and floats with the same roundings"),
                     {"integer_to_reference_steps", "max"}});
  columns.back().measure.good = 1.0;
  columns.back().measure.bad = 8.0;
  return columns;
}

// -1: of no single layer.
int LayerOf(const Json& finding, const PageData& page) {
  const auto layer = finding.find("layer");
  if (layer == finding.end() || !layer->is_number_integer()) return -1;
  const auto index = layer->get<int64_t>();
  return index >= 0 && static_cast<uint64_t>(index) < page.layers.size() ? static_cast<int>(index) : -1;
}

}  // namespace

void AddAnalysis(const Result& result, PageData& page) {
  const LayerNames names(page);
  const Json& layers = result.json.at("layers");
  const size_t pictures = ListAt(result.json, "pictures").size();
  for (Column& column : Columns()) {
    Measure& measure = page.Add(std::move(column.measure));
    if (pictures > 1 && column.path.back() == "mean")
      measure.over = "mean of " + std::to_string(pictures) + " pictures";
    for (const Json& layer : layers) {
      measure.values[static_cast<size_t>(names.Of(layer, result.source))] = NumberAt(layer, column.path);
    }
  }
  const Json& findings = ListAt(result.json, "findings");
  for (const Json& finding : findings) {
    page.findings.push_back({TextAt(finding, "what"), TextAt(finding, "do"), LayerOf(finding, page)});
  }
  const std::string on = "on " + std::to_string(pictures) + (pictures == 1 ? " picture" : " pictures");
  page.verdicts.push_back(
      findings.empty() ? Verdict{Mood::kGood, "nothing stands out " + on, "analyze"}
                       : Verdict{Mood::kDoubtful, TextAt(findings.front(), "what") + " (" + on + ")", "analyze"});
}

}  // namespace lockstep::page
