#include "extract/compare_layers.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dump/compare_elements.h"
#include "dump/render_difference.h"
#include "dump/render_layers.h"
#include "engine/reference/joint_file.h"
#include "extract/layer_list.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "report/json_text.h"

namespace lockstep::extract {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

std::string Name(const dump::LayerResult& layer) {
  return std::to_string(layer.index) + " " + layer.name + " (" + layer.op + ")";
}

bool IsThere(const ExtractedLayer& layer, const fs::path& outputs) {
  return std::all_of(layer.expected.begin(), layer.expected.end(),
                     [&](const fs::path& file) { return fs::exists(outputs / file.filename()); });
}

// The real ones of a tensor whose own model has one scale, see ExtractedLayer.
void TakeScales(dump::DumpLayer& described, const std::vector<double>& scales, const fs::path& folder) {
  if (scales.empty()) return;
  const bool fit =
      !described.shape.empty() && static_cast<size_t>(described.shape.back()) == scales.size() &&
      std::all_of(scales.begin(), scales.end(), [](double scale) { return std::isfinite(scale) && scale > 0; });
  if (!fit) {
    throw BadInput((folder / kLayerList).string() + ": the scales of " + described.name +
                   " must be positive numbers, one for each channel; split the model again");
  }
  described.channel_scales = scales;
}

void CompareLayer(const ExtractedLayer& layer, const fs::path& folder, const fs::path& outputs,
                  std::vector<dump::LayerResult>& results) {
  const std::vector<uint8_t> file = engine::ReadJointFile((folder / layer.model).string());
  const joint::Model& model = engine::CheckJointFile(file.data(), file.size());
  const joint::Layer& last = *model.layers()->Get(model.layers()->size() - 1);
  if (last.outputs()->size() != layer.expected.size()) {
    throw BadInput((folder / layer.model).string() + " has other outputs than the list says; split the model again");
  }
  for (uint32_t i = 0; i < layer.expected.size(); ++i) {
    const joint::Tensor& tensor = *model.tensors()->Get(static_cast<uint32_t>(last.outputs()->Get(i)));
    dump::DumpLayer described = dump::DescribeLayer(layer.index, static_cast<int>(i), last, tensor);
    described.name = layer.name;
    TakeScales(described, layer.channel_scales[i], folder);
    const fs::path actual_path = outputs / layer.expected[i].filename();
    const std::vector<uint8_t> expected = files::ReadFile(folder / layer.expected[i]);
    const std::vector<uint8_t> actual = files::ReadFile(actual_path);
    if (actual.size() != expected.size() || expected.size() != tensor.bytes()) {
      throw BadInput(actual_path.string() + " has " + std::to_string(actual.size()) + " bytes, layer " + layer.name +
                     " gives " + std::to_string(tensor.bytes()) + "; run " + layer.model.string() + " again");
    }
    dump::LayerResult result = dump::ResultOf(described, actual == expected);
    if (!result.md5_equal) result.difference = dump::CompareElements(described, expected, actual);
    results.push_back(std::move(result));
  }
}

// Of what the board sent the layer's outputs alone.
void KeepOutputs(const boards::Board& board, const ExtractedLayer& layer, const fs::path& sent,
                 const fs::path& outputs) {
  files::OutputFiles kept;
  for (const fs::path& expected : layer.expected) {
    const fs::path name = expected.filename();
    if (!fs::is_regular_file(fs::symlink_status(sent / name))) {
      throw BoardError(board.name() + ": the board's program ended well but wrote no " + name.string() +
                       "; its run_joint is of another version, build it again");
    }
    kept.AddCopy(outputs / name, sent / name);
  }
  kept.Commit();
}

}  // namespace

LayersComparison CompareLayers(const fs::path& folder, const fs::path& outputs) {
  const ExtractResult list = ReadLayerList(folder);
  LayersComparison comparison;
  comparison.folder = folder.string();
  comparison.skipped = list.skipped;
  for (const ExtractedLayer& layer : list.layers) {
    if (IsThere(layer, outputs)) {
      CompareLayer(layer, folder, outputs, comparison.layers);
    } else {
      comparison.missing.push_back(layer);
    }
  }
  if (comparison.layers.empty()) {
    const std::string example = list.layers.empty() ? "" : ", for example `" + RunJointLine(list.layers.front()) + "`";
    throw BadInput(outputs.string() + " has no output of a layer; run the models of " + folder.string() + " first" +
                   example);
  }
  comparison.verdict = comparison.missing.empty() ? dump::JudgeLayers(comparison.layers) : dump::Verdict::kDiffers;
  return comparison;
}

void RunLayers(boards::Board& board, const fs::path& folder, const fs::path& outputs, const std::string& build,
               const std::function<void(int done, int total)>& progress) {
  const ExtractResult list = ReadLayerList(folder);
  const auto total = static_cast<int>(list.layers.size());
  for (int i = 0; i < total; ++i) {
    const ExtractedLayer& layer = list.layers[static_cast<size_t>(i)];
    boards::BoardJob job;
    job.model = folder / layer.model;
    for (const fs::path& input : layer.inputs) job.inputs.push_back(folder / input);
    job.build = build;
    const files::TemporaryFolder sent;
    job.output_folder = sent.path();
    board.Run(job);
    KeepOutputs(board, layer, sent.path(), outputs);
    if (progress) progress(i + 1, total);
  }
}

std::string ToText(const LayersComparison& comparison, bool colour) {
  constexpr size_t kMostLayers = 8;
  std::string text = dump::DifferenceLines(comparison.layers, kMostLayers);
  if (!text.empty()) text += "\n";
  if (!comparison.missing.empty()) {
    text += graph::Counted(comparison.missing.size(), "layer") + " not run, the first is " +
            std::to_string(comparison.missing.front().index) + " " + comparison.missing.front().name + "\n";
  }
  for (const SkippedLayer& layer : comparison.skipped) text += "not extracted: " + layer.why + "\n";
  const dump::LayerCount count = dump::CountLayers(comparison.layers);
  const size_t all = count.all + comparison.missing.size();
  std::string verdict = std::to_string(count.equal()) + " of " + graph::Counted(all, "layer") +
                        (all == 1 ? " gives" : " give") + " the same bytes alone" +
                        (comparison.runner.empty() ? "" : " on " + comparison.runner);
  if (count.differing != 0) {
    verdict += "; wrong: ";
    bool first = true;
    for (const dump::LayerResult& layer : comparison.layers) {
      if (layer.md5_equal) continue;
      verdict += (first ? "" : ", ") + Name(layer);
      first = false;
    }
  }
  return text + dump::Coloured(verdict, comparison.verdict, colour) + "\n";
}

std::string ToJson(const LayersComparison& comparison) {
  ordered_json layers = ordered_json::array();
  for (const dump::LayerResult& layer : comparison.layers) layers.push_back(dump::ToJson(layer));
  ordered_json missing = ordered_json::array();
  for (const ExtractedLayer& layer : comparison.missing)
    missing.push_back({{"index", layer.index}, {"name", layer.name}});
  return report::JsonText({{"folder", comparison.folder},
                           {"runner", comparison.runner},
                           {"verdict", dump::VerdictName(comparison.verdict)},
                           {"layers", std::move(layers)},
                           {"missing", std::move(missing)}},
                          1);
}

}  // namespace lockstep::extract
