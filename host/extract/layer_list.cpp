#include "extract/layer_list.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "files/output_file.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "report/json_text.h"

namespace lockstep::extract {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

std::vector<std::string> Texts(const std::vector<fs::path>& paths) {
  std::vector<std::string> texts;
  texts.reserve(paths.size());
  for (const fs::path& path : paths) texts.push_back(path.generic_string());
  return texts;
}

// The list may come from elsewhere: what it names lies below its folder.
fs::path PathOf(const ordered_json& json, const std::string& where) {
  const fs::path path = json.get<std::string>();
  const bool plain = !path.empty() && path.is_relative() && path.lexically_normal() == path && *path.begin() != "..";
  if (!plain) throw BadInput(where + " names " + graph::Quoted(path.string()) + ", which is no file of its folder");
  return path;
}

std::vector<fs::path> PathsOf(const ordered_json& json, const std::string& where) {
  std::vector<fs::path> paths;
  for (const ordered_json& element : json) paths.push_back(PathOf(element, where));
  return paths;
}

}  // namespace

std::string LayerListText(const ExtractResult& result, const std::string& model) {
  ordered_json layers = ordered_json::array();
  for (const ExtractedLayer& layer : result.layers) {
    layers.push_back({{"index", layer.index},
                      {"name", layer.name},
                      {"op", layer.op},
                      {"model", layer.model.generic_string()},
                      {"inputs", Texts(layer.inputs)},
                      {"expected", Texts(layer.expected)},
                      {"command", RunJointLine(layer)}});
    const auto& scales = layer.channel_scales;
    const bool any = std::any_of(scales.begin(), scales.end(), [](const auto& one) { return !one.empty(); });
    if (any) layers.back()["channel_scales"] = scales;
  }
  ordered_json skipped = ordered_json::array();
  for (const SkippedLayer& layer : result.skipped) {
    skipped.push_back({{"index", layer.index}, {"name", layer.name}, {"why", layer.why}});
  }
  return report::JsonText(
      {{"model", model}, {"data", result.data}, {"layers", std::move(layers)}, {"skipped", std::move(skipped)}}, 1);
}

ExtractResult ReadLayerList(const fs::path& folder) {
  const fs::path path = folder / kLayerList;
  if (!fs::exists(path)) {
    throw BadInput(folder.string() + " has no " + kLayerList + "; name a folder that `lockstep split` wrote");
  }
  ExtractResult result;
  try {
    const ordered_json json = report::ParseJson(files::ReadFile(path), path.string());
    result.data = json.at("data").get<std::string>();
    for (const ordered_json& layer : json.at("layers")) {
      result.layers.push_back({layer.at("index").get<int>(),
                               layer.at("name").get<std::string>(),
                               layer.at("op").get<std::string>(),
                               PathOf(layer.at("model"), path.string()),
                               PathsOf(layer.at("inputs"), path.string()),
                               PathsOf(layer.at("expected"), path.string()),
                               {}});
      // Lists of older programs have none.
      ExtractedLayer& read = result.layers.back();
      if (layer.contains("channel_scales")) layer.at("channel_scales").get_to(read.channel_scales);
      read.channel_scales.resize(read.expected.size());
    }
    for (const ordered_json& layer : json.at("skipped")) {
      result.skipped.push_back(
          {layer.at("index").get<int>(), layer.at("name").get<std::string>(), layer.at("why").get<std::string>()});
    }
  } catch (const ordered_json::exception& error) {
    throw BadInput(path.string() + " is no list of layers: " + error.what() + "; split the model again");
  } catch (const UsageError& error) {
    throw BadInput(error.what());
  }
  return result;
}

}  // namespace lockstep::extract
