// What `memory` planned, what would make it smaller, and what boards measured.
#include <algorithm>

#include "page/result.h"

namespace lockstep::page {
namespace {

// A part as a page calls it; `whose` kernels they are: " of armv7".
std::string PartName(const std::string& key, const std::string& whose) {
  if (key == "model_file") return "model file, mapped";
  if (key == "scratch") return "scratch of kernels" + whose;
  if (key == "tables") return "tables, unpacked for kernels" + whose;
  if (key == "peak") return "RAM and model file, all of these";
  return key;
}

// Older reports have one plan for all targets.
std::vector<MemoryTarget> TargetsIn(const Json& json) {
  std::vector<MemoryTarget> targets;
  for (const Json& target : ListAt(json, "targets")) {
    if (!target.contains("planned_for")) continue;
    targets.push_back({TextAt(target, "target"), TextAt(target.at("planned_for"), "target"),
                       target.at("scratch").get<int64_t>(), target.at("tables").get<int64_t>(),
                       target.at("peak").get<int64_t>()});
    if (!target.at("total").is_null()) targets.back().total = target.at("total").get<int64_t>();
  }
  return targets;
}

}  // namespace

void AddMemory(const Result& result, PageData& page) {
  const Json& json = result.json;
  const LayerNames names(page);
  Memory& memory = page.memory;
  std::vector<int64_t> live(page.layers.size());
  for (const Json& layer : json.at("layers")) {
    live.at(static_cast<size_t>(names.Of(layer, result.source))) = layer.at("live").get<int64_t>();
  }
  memory.live = std::move(live);
  memory.peak_layer = static_cast<int>(std::max_element(memory.live.begin(), memory.live.end()) - memory.live.begin());
  const std::string whose = json.contains("planned_for") ? " of " + TextAt(json.at("planned_for"), "target") : "";
  for (const auto& [name, bytes] : json.at("planned").items()) {
    // These two are parts of others.
    if (name != "weights" && name != "arena_live")
      memory.planned.emplace_back(PartName(name, whose), bytes.get<int64_t>());
  }
  memory.targets = TargetsIn(json);
  for (const Json& saving : ListAt(json, "savings")) {
    memory.savings.push_back(
        {TextAt(saving, "what"), saving.at("arena").get<int64_t>(), saving.at("possible").get<bool>()});
  }
  for (const Json& board : ListAt(json, "boards")) {
    for (const Json& phase : ListAt(board, "phases")) {
      memory.phases.push_back({TextAt(board, "board"), TextAt(phase, "name"), phase.at("resident").get<int64_t>(),
                               phase.at("peak").get<int64_t>()});
    }
  }
}

}  // namespace lockstep::page
