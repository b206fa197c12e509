#include "results.h"

#include <cmath>

#include "compiler/compiler.h"
#include "crosscheck/render.h"
#include "engine/reference/joint_model.h"
#include "files/base64.h"
#include "files/output_file.h"
#include "import/onnx_export.h"
#include "info/model_info.h"
#include "input/pictures/decode.h"
#include "layerwise/analysis.h"
#include "layerwise/model_and_network.h"
#include "layerwise/render.h"
#include "page/accuracy_measure.h"
#include "page/answers.h"
#include "report/csv.h"
#include "report/json_text.h"
#include "support/small_detector.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;

page::Json Parsed(const std::string& json) { return report::ParseJson({json.begin(), json.end()}, "test"); }

dump::LayerResult ResultOf(const page::Json& layer, bool equal) {
  dump::LayerResult result;
  result.index = layer.at("index").get<int>();
  result.name = layer.at("name").get<std::string>();
  result.op = layer.at("op").get<std::string>();
  result.tensor = layer.at("tensor").get<std::string>();
  result.dtype = layer.at("dtype").get<std::string>();
  result.shape = layer.at("shape").get<std::vector<int64_t>>();
  result.md5_equal = equal;
  result.within_tolerance = equal;
  result.accuracy.emplace();
  result.accuracy->cosine = equal ? 0.9995 : 0.9;
  result.accuracy->sqnr_db = equal ? 30.0 : 6.0;
  if (equal) return result;
  result.difference.emplace();
  result.difference->elements = 100;
  result.difference->differing = 10 + result.index;
  result.difference->max_steps = 3.0;
  result.difference->first.emplace();
  result.difference->first->coordinates = {0, 1, 2, 3};
  result.difference->first->onnx_coordinates = {0, 3, 1, 2};
  result.difference->worst = result.difference->first;
  result.difference->steps[0] = 90;
  result.difference->steps[1] = 7;
  result.difference->place.words = "at the end of every row";
  return result;
}

}  // namespace

fs::path BuildSmallDetector(const fs::path& folder) {
  const std::string names = "{0: 'square', 1: \"disc's rim\"}";
  files::WriteFile(folder / "net.onnx", importer::SerializeOnnx(SmallDetector(), "", {}, names));
  WritePictures(folder / "pictures", 4);
  const page::Json keys = {{"input", (folder / "net.onnx").string()},
                           {"output_dir", (folder / "out").string()},
                           {"calibration", (folder / "pictures").string()},
                           {"no_cache", true}};
  return compiler::Build(compiler::ParseConfig(keys, "test"), {}).joint_model;
}

page::Result AnalysisOf(const fs::path& model, const fs::path& pictures) {
  const layerwise::ModelAndNetwork both = layerwise::OpenModelAndNetwork(model, {});
  layerwise::AnalyzeOptions options;
  options.items = layerwise::ChooseItems(both, {{"", pictures.string()}}, 2);
  const layerwise::Analysis analysis = layerwise::Analyze(both.graph, both.file, options, [](int, int) {});
  return {page::ResultKind::kAnalysis, "analysis.json", Parsed(layerwise::ToJson(analysis))};
}

page::Result CrosscheckOf(const fs::path& model, int first_wrong) {
  const page::Json info = info::DescribeModelFile(model.string(), {});
  crosscheck::CrosscheckResult result;
  result.model = model.string();
  result.model_digest = info.at("digest").get<std::string>();
  result.inputs = {"street.jpg"};
  result.boards.resize(2);
  result.boards[0].name = "right";
  result.boards[1].name = "made up";
  for (const page::Json& layer : info.at("layers")) {
    const int index = layer.at("index").get<int>();
    const bool equal = index < first_wrong;
    result.boards[0].layers.push_back(ResultOf(layer, true));
    result.boards[1].layers.push_back(ResultOf(layer, equal));
    if (!equal) {
      // The first is wrong by itself, the third reads what was overwritten, the others were given wrong inputs.
      dump::LayerResult& layer_result = result.boards[1].layers.back();
      layer_result.alone_md5_equal = index != first_wrong;
      crosscheck::LayerCause cause;
      cause.index = index;
      cause.name = layer_result.name;
      cause.op = layer_result.op;
      if (index == first_wrong) cause.cause = crosscheck::Cause::kKernel;
      if (index == first_wrong + 2) {
        cause.cause = crosscheck::Cause::kOverwritten;
        cause.tensor = "a tensor";
        cause.suspects = {"a layer"};
      }
      result.boards[1].causes.push_back(cause);
    }
    if (!equal && !result.first_difference) {
      result.verdict = dump::Verdict::kDiffers;
      result.first_difference = {"made up", "street.jpg", result.boards[1].layers.back()};
    }
  }
  for (crosscheck::BoardResult& board : result.boards) board.over_inputs.resize(board.layers.size());
  return {page::ResultKind::kCrosscheck, "crosscheck.json", Parsed(crosscheck::ToJson(result))};
}

std::string ProfileCsvOf(const fs::path& model, int slowest, int disturbed) {
  const page::Json info = info::DescribeModelFile(model.string(), {});
  std::string csv = "index,layer,operator,kernel,min_ms,avg_ms,max_ms,share_percent,macs,gops,bytes\n";
  for (const page::Json& layer : info.at("layers")) {
    const int index = layer.at("index").get<int>();
    const double time = index == slowest ? 100.0 : index + 1.0;
    const std::string average = report::CsvNumber(index == disturbed ? 600.0 : time);
    const std::string longest = report::CsvNumber(index == disturbed ? 900.0 : time);
    csv +=
        report::CsvLine({std::to_string(index), layer.at("name").get<std::string>(), layer.at("op").get<std::string>(),
                         "portable", report::CsvNumber(time), average, longest, "1",
                         std::to_string(layer.at("macs").get<int64_t>()), "1.5", std::to_string(2048 * (index + 1))});
  }
  return csv;
}

page::Json PicturesOf(const fs::path& picture) {
  const auto jpeg = input::DecodePicture(picture.string())->Jpeg(64);
  const std::string image = "data:image/jpeg;base64," + files::Base64(jpeg.data(), jpeg.size());
  input::PictureGeometry geometry;
  geometry.source_width = geometry.source_height = 32;
  page::Json pictures = page::Json::array();
  const auto add = [&](page::AnswerKind kind, const graph::Shape& shape, const auto& value_of) {
    page::Json sides = page::Json::array();
    for (const char* name : {"float network", "joint model"}) {
      run::OutputTensor output{"y", shape, {}, {}, {}};
      for (int64_t i = 0; i < graph::ElementCount(shape); ++i) output.values.push_back(value_of(name[0] == 'f', i));
      sides.push_back(page::AnswerOf(kind, {"net", {32, 32}, {shape}}, name, {output}, geometry));
    }
    pictures.push_back(
        {{"name", picture.filename().string()}, {"width", 32}, {"height", 32}, {"image", image}, {"sides", sides}});
  };
  // Boxes of candidates 3 and 7, the second one in floats alone.
  add(page::AnswerKind::kBoxes, {1, 6, 21}, [](bool floats, int64_t i) {
    const int64_t channel = i / 21, candidate = i % 21;
    if (candidate != 3 && candidate != 7) return 0.0F;
    if (channel < 2) return candidate == 3 ? 10.0F : 22.0F;
    if (channel < 4) return 12.0F;
    return channel == 5 && (floats || candidate == 3) ? 0.8F : 0.0F;
  });
  add(page::AnswerKind::kClassMap, {1, 3, 32, 32},
      [](bool floats, int64_t i) { return i / 1024 == (i % 32 < (floats ? 10 : 12) ? 1 : 0) ? 1.0F : 0.0F; });
  return pictures;
}

page::PageData LargePage(int layers, bool grouped_names) {
  page::PageData page;
  page.title = "large";
  page.digest = "0123456789abcdef0123456789abcdef";
  for (int i = 0; i < layers; ++i) {
    page::Layer layer;
    const std::string number = std::to_string(i);
    layer.name = grouped_names
                     ? "stage." + std::to_string(i / 100) + "/block." + std::to_string(i / 10) + "/Conv_" + number
                     : "Conv_" + number;
    layer.op = i % 10 == 9 ? "Add" : "Conv";
    layer.dtype = "u8";
    layer.bits = 8;
    layer.shape = {1, 40, 40, 64};
    layer.tensor = "tensor_" + number;
    layer.onnx_nodes = {"/node_" + number};
    page.layers.push_back(layer);
    page.edges.push_back({i - 1, i, "tensor_" + std::to_string(i - 1)});
    // Residuals around each block.
    if (i % 10 == 9) page.edges.push_back({i - 9, i, "tensor_" + std::to_string(i - 9)});
    page.memory.blocks.push_back({layer.tensor, i % 4 * 100000, 100000, i, std::min(i + 1, layers - 1)});
    page.memory.live.push_back(i == layers / 2 ? 400000 : 200000);
  }
  page.memory.arena_bytes = 400000;
  page.memory.peak_layer = layers / 2;
  const auto fill = [&](page::Measure measure, const auto& value_of) {
    page::Measure& added = page.Add(std::move(measure));
    for (int i = 0; i < layers; ++i) added.values[static_cast<size_t>(i)] = value_of(i);
  };
  fill(page::SqnrMeasure("analysis.end_to_end.sqnr", "end to end", "a"),
       [&](int i) { return i / 2 == layers / 4 ? std::nan("") : 45.0 - 25.0 * i / layers + 3.0 * std::sin(i); });
  fill(page::SqnrMeasure("analysis.per_layer.sqnr", "per layer", "b"),
       [&](int i) { return i == layers / 3 ? 4.0 : 38.0 + 6.0 * std::sin(1.7 * i); });
  fill(page::CosineMeasure("analysis.end_to_end.cosine", "end to end", "c"),
       [&](int i) { return 1.0 - 1e-4 * (1.0 + i % 17); });
  fill({"profile.time", "time", "profile", "time", "ms", "d"},
       [&](int i) { return i == layers / 4 ? 60.0 : 1.0 + i % 7; });
  fill({"profile.bytes", "moved", "profile", "moved", "B", "e"}, [](int i) { return 102400.0 + 1024 * (i % 31); });
  fill({"model.macs", "MACs", "model", "size", "M", "f"}, [](int i) { return 5.0 + i % 13; });
  for (int i = 0; i < layers; ++i) {
    page.histograms.push_back(
        {i, "weights, in levels of 8 bits", -127.5, 128.5, std::vector<uint64_t>(64, 100), -127, 127, 0.01});
    page.heat_maps.push_back(
        {i, "mean difference", "steps", 16, 16, 2.0, std::vector<uint8_t>(256, static_cast<uint8_t>(i))});
  }
  page.verdicts.push_back({page::Mood::kGood, "made up", "analyze"});
  return page;
}

}  // namespace lockstep::testing
