#include "run/run_models.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dump/layer_result.h"
#include "files/output_file.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "report/json_text.h"
#include "report/table.h"
#include "run/run_files.h"
#include "run/same_inputs.h"

namespace lockstep::run {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using report::Align;

OutputSummary Summarize(const OutputTensor& output) {
  OutputSummary summary;
  summary.name = output.name;
  summary.shape = output.shape;
  summary.dtype = output.layout.dtype;
  if (output.values.empty()) return summary;
  const auto [low, high] = std::minmax_element(output.values.begin(), output.values.end());
  summary.min = static_cast<double>(*low);
  summary.max = static_cast<double>(*high);
  for (const float value : output.values) summary.mean += static_cast<double>(value);
  summary.mean /= static_cast<double>(output.values.size());
  return summary;
}

std::vector<OutputAgreement> Agree(const RunOptions& options, const std::vector<OutputTensor>& first,
                                   const std::vector<OutputTensor>& second) {
  if (first.size() != second.size()) {
    throw UsageError(options.models[0] + " has " + graph::Counted(first.size(), "output") + ", " + options.models[1] +
                     " has " + std::to_string(second.size()) + "; compare models of one network");
  }
  std::vector<OutputAgreement> agreement;
  for (size_t i = 0; i < first.size(); ++i) {
    const auto same_name = [&](const OutputTensor& output) { return output.name == first[i].name; };
    const auto named = std::find_if(second.begin(), second.end(), same_name);
    const OutputTensor& other = named != second.end() ? *named : second[i];
    if (other.values.size() != first[i].values.size()) {
      throw UsageError("the output " + first[i].name + " of " + options.models[0] + " is " +
                       graph::ToString(first[i].shape) + ", " + other.name + " of " + options.models[1] + " is " +
                       graph::ToString(other.shape) + "; compare models of one network");
    }
    agreement.push_back({first[i].name, other.name, analyze::Compare(first[i].values, other.values)});
  }
  return agreement;
}

std::vector<OutputTensor> RunOne(ModelRunner& runner, const RunOptions& options, size_t model,
                                 const input::DataItem& item, bool many) {
  if (options.dump_folder.empty()) return runner.Run(item, nullptr);
  fs::path folder = FolderOf(options.dump_folder, options, model);
  if (many) folder /= item.stem;
  dump::DumpWriter dump(folder, runner.Head(), {});
  auto outputs = runner.Run(item, &dump);
  dump.Finish();
  return outputs;
}

// A joint model's if there is one: it says what the bytes are.
std::vector<input::InputInfo> InputsOf(const RunOptions& options,
                                       const std::vector<std::unique_ptr<ModelRunner>>& runners) {
  for (size_t i = 0; i < runners.size(); ++i) {
    if (!IsOnnx(options.models[i])) return runners[i]->Inputs();
  }
  return runners.front()->Inputs();
}

// Throws UsageError for settings that these models leave without effect.
void RefuseUselessSettings(const RunOptions& options) {
  const auto joint = std::find_if_not(options.models.begin(), options.models.end(), IsOnnx);
  const bool any_joint = joint != options.models.end();
  const bool any_onnx = std::any_of(options.models.begin(), options.models.end(), IsOnnx);
  const EngineKind engine = options.engine.value_or(any_joint ? EngineKind::kNative : EngineKind::kFloat);
  if (any_joint && options.input_settings) {
    throw UsageError("--input-type, --color, --mean, --std and --resize are for an ONNX network alone; " + *joint +
                     " says itself what its inputs are, leave them out");
  }
  if (!any_onnx && importer::HasInputSettings(options.runner.import)) {
    throw UsageError("--input-shape and --input-value are for an ONNX network; " + *joint +
                     " knows its inputs, leave them out");
  }
  if (!options.runner.check_digest && !(any_joint && engine == EngineKind::kNative)) {
    throw UsageError("--no-digest is for a joint model on the native engine; leave it out");
  }
  if (any_joint && engine == EngineKind::kFloat && options.models.size() == 2) {
    throw UsageError("--engine float runs the network that " + *joint +
                     " was made from, which would be compared with itself; choose reference or native");
  }
}

struct OutputBelow {
  std::string input;
  std::string output;
  double cosine = 0.0;
};

std::vector<OutputBelow> OutputsBelow(const RunResult& result) {
  std::vector<OutputBelow> below;
  if (!result.min_cosine) return below;
  for (const ItemRun& item : result.items) {
    for (const OutputAgreement& output : item.agreement) {
      const double cosine = output.metrics.cosine;  // a NaN is worse than any number
      if (!(cosine >= *result.min_cosine)) below.push_back({item.input, output.first, cosine});
    }
  }
  return below;
}

// Nothing if no cosine was asked for.
std::string VerdictText(const RunResult& result) {
  if (!result.min_cosine) return "";
  const std::vector<OutputBelow> below = OutputsBelow(result);
  const std::string wanted = report::ShortNumber(*result.min_cosine, 9);
  if (below.empty()) return "within tolerance: every output has a cosine of at least " + wanted;
  const auto worst = std::min_element(below.begin(), below.end(), [](const OutputBelow& a, const OutputBelow& b) {
    return std::isnan(a.cosine) ? !std::isnan(b.cosine) : a.cosine < b.cosine;
  });
  std::string text = "differs: the output " + worst->output + " with " + worst->input + " has a cosine of " +
                     report::ShortNumber(worst->cosine, 9) + ", below --min-cosine " + wanted;
  if (below.size() > 1) text += "; it is the worst of " + std::to_string(below.size()) + " that are below";
  return text;
}

}  // namespace

RunResult RunModels(const RunOptions& options, const std::function<void(int done, int total)>& advance) {
  if (options.models.empty() || options.models.size() > 2) throw UsageError("run takes one model or two to compare");
  RefuseUselessSettings(options);
  for (const fs::path& folder : {options.output_folder, options.dump_folder, options.input_folder}) {
    if (!folder.empty()) files::RequireWritableFolder(folder);
  }
  RunnerOptions runner = options.runner;
  const auto joint = std::find_if_not(options.models.begin(), options.models.end(), IsOnnx);
  if (joint != options.models.end()) runner = OptionsBeside(*joint, runner);
  std::vector<std::unique_ptr<ModelRunner>> runners;
  for (const std::string& model : options.models) {
    const EngineKind fallback = IsOnnx(model) ? EngineKind::kFloat : EngineKind::kNative;
    // Beside a joint model, an ONNX network can only be the float side of the comparison.
    const bool forced = IsOnnx(model) && joint != options.models.end();
    runners.push_back(OpenModel(model, forced ? fallback : options.engine.value_or(fallback), runner));
  }
  if (runners.size() == 2) RequireSameInputs(runners[0]->Inputs(), runners[1]->Inputs());
  const std::vector<input::InputInfo> inputs = InputsOf(options, runners);
  const input::DataList data = input::ListData(options.data, inputs, "data");
  if (!options.input_folder.empty()) RequireDistinctInputFiles(data.items, inputs);
  RunResult result;
  result.min_cosine = options.min_cosine;
  result.notes = data.notes;
  for (const input::DataItem& item : data.items) {
    ItemRun run;
    run.input = item.label;
    if (!options.input_folder.empty()) SaveInputs(options, inputs, item);
    std::vector<std::vector<OutputTensor>> outputs;
    for (size_t m = 0; m < runners.size(); ++m) {
      outputs.push_back(RunOne(*runners[m], options, m, item, data.items.size() > 1));
      ModelRun& model = run.models.emplace_back();
      model.model = options.models[m];
      model.engine = runners[m]->engine();
      model.seconds = runners[m]->seconds();
      for (const OutputTensor& output : outputs[m]) model.outputs.push_back(Summarize(output));
      if (!options.output_folder.empty()) SaveOutputs(options, m, item, outputs[m]);
    }
    if (outputs.size() == 2) run.agreement = Agree(options, outputs[0], outputs[1]);
    result.items.push_back(std::move(run));
    advance(static_cast<int>(result.items.size()), static_cast<int>(data.items.size()));
  }
  return result;
}

std::vector<OutputSpread> Spread(const std::vector<ItemRun>& items) {
  std::vector<OutputSpread> spread;
  if (items.size() < 2) return spread;
  for (size_t i = 0; i < items.front().agreement.size(); ++i) {
    OutputSpread one;
    for (const ItemRun& item : items) {
      const analyze::Metrics& metrics = item.agreement[i].metrics;
      const bool first = one.worst.empty();
      if (first || std::isnan(metrics.cosine) || metrics.cosine < one.min_cosine) {
        one.min_cosine = metrics.cosine;
        one.worst = item.input;
      }
      one.min_sqnr_db = first ? metrics.sqnr_db : std::min(one.min_sqnr_db, metrics.sqnr_db);
      one.mean_cosine += metrics.cosine / static_cast<double>(items.size());
    }
    one.output = items.front().agreement[i].first;
    spread.push_back(std::move(one));
  }
  return spread;
}

bool Passed(const RunResult& result) { return OutputsBelow(result).empty(); }

std::string ToText(const RunResult& result, bool colour) {
  report::Table runs({{"input", Align::kLeft, 40},
                      {"model", Align::kLeft, 40},
                      {"engine"},
                      {"ms", Align::kRight},
                      {"output"},
                      {"shape"},
                      {"min", Align::kRight},
                      {"max", Align::kRight},
                      {"mean", Align::kRight}});
  report::Table agreement({{"input", Align::kLeft, 40},
                           {"output"},
                           {"cosine", Align::kRight},
                           {"SQNR dB", Align::kRight},
                           {"max abs", Align::kRight}});
  for (const ItemRun& item : result.items) {
    for (const ModelRun& model : item.models) {
      for (const OutputSummary& output : model.outputs) {
        runs.AddRow({item.input, model.model, EngineName(model.engine), report::FixedNumber(model.seconds * 1e3, 1),
                     output.name, graph::ToString(output.shape), report::ShortNumber(output.min),
                     report::ShortNumber(output.max), report::ShortNumber(output.mean)});
      }
    }
    for (const OutputAgreement& output : item.agreement) {
      agreement.AddRow({item.input, output.first, report::FixedNumber(output.metrics.cosine, 6),
                        report::FixedNumber(output.metrics.sqnr_db, 2), report::ShortNumber(output.metrics.max_abs)});
    }
  }
  std::string text = runs.ToText(colour);
  if (agreement.row_count() != 0) text += "\n" + agreement.ToText(colour);
  report::Table spread({{"over all inputs: output"},
                        {"min cosine", Align::kRight},
                        {"mean cosine", Align::kRight},
                        {"min SQNR dB", Align::kRight},
                        {"worst with", Align::kLeft, 40}});
  for (const OutputSpread& one : Spread(result.items)) {
    spread.AddRow({one.output, report::FixedNumber(one.min_cosine, 6), report::FixedNumber(one.mean_cosine, 6),
                   report::FixedNumber(one.min_sqnr_db, 2), one.worst});
  }
  if (spread.row_count() != 0) text += "\n" + spread.ToText(colour);
  for (const std::string& note : result.notes) text += "\nnote: " + note + "\n";
  if (result.min_cosine) text += "\n" + VerdictText(result) + "\n";
  return text;
}

std::string ToJson(const RunResult& result) {
  ordered_json items = ordered_json::array();
  for (const ItemRun& item : result.items) {
    ordered_json models = ordered_json::array();
    for (const ModelRun& model : item.models) {
      ordered_json outputs = ordered_json::array();
      for (const OutputSummary& output : model.outputs) {
        outputs.push_back({{"name", output.name},
                           {"dtype", output.dtype},
                           {"shape", output.shape},
                           {"min", report::JsonNumber(output.min)},
                           {"max", report::JsonNumber(output.max)},
                           {"mean", report::JsonNumber(output.mean)}});
      }
      models.push_back({{"model", model.model},
                        {"engine", EngineName(model.engine)},
                        {"seconds", model.seconds},
                        {"outputs", std::move(outputs)}});
    }
    ordered_json json = {{"input", item.input}, {"models", std::move(models)}};
    for (const OutputAgreement& output : item.agreement) {
      json["agreement"].push_back({{"output", output.first},
                                   {"cosine", report::JsonNumber(output.metrics.cosine)},
                                   {"sqnr_db", report::JsonNumber(output.metrics.sqnr_db)},
                                   {"max_abs", report::JsonNumber(output.metrics.max_abs)}});
    }
    items.push_back(std::move(json));
  }
  ordered_json json = {{"runs", std::move(items)}, {"notes", result.notes}};
  for (const OutputSpread& one : Spread(result.items)) {
    json["summary"].push_back({{"output", one.output},
                               {"min_cosine", report::JsonNumber(one.min_cosine)},
                               {"mean_cosine", report::JsonNumber(one.mean_cosine)},
                               {"min_sqnr_db", report::JsonNumber(one.min_sqnr_db)},
                               {"worst", one.worst}});
  }
  if (result.min_cosine) {
    json["min_cosine"] = *result.min_cosine;
    json["verdict"] = dump::VerdictName(Passed(result) ? dump::Verdict::kWithinTolerance : dump::Verdict::kDiffers);
    json["text"] = VerdictText(result);
  }
  return report::JsonText(json, 1);
}

}  // namespace lockstep::run
