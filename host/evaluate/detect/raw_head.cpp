#include "evaluate/detect/raw_head.h"

#include <algorithm>
#include <map>

#include "graph/error.h"

namespace lockstep::evaluate {
namespace {

constexpr int64_t kAnchors = 3;
constexpr int64_t kDistances = 64;  // four sides, 16 bins each
constexpr int kUsualClasses = 80;   // COCO's

struct Map {
  size_t output = 0;
  int64_t channels = 0;  // of all anchors
};

using MapsByStride = std::map<int, std::vector<Map>>;

// Outputs that are maps of square cells, by their stride.
MapsByStride FindMaps(const NetworkInterface& network) {
  MapsByStride maps;
  for (size_t i = 0; i < network.output_shapes.size(); ++i) {
    const graph::Shape& shape = network.output_shapes[i];
    const bool anchors_apart = shape.size() == 5 && shape[1] == kAnchors;
    if (shape.size() != 4 && !anchors_apart) continue;
    const int64_t height = shape[2];
    const int64_t width = shape[3];
    if (height == 0 || width == 0 || network.input.height % height != 0 || network.input.width % width != 0) continue;
    const int64_t stride = network.input.height / height;
    if (network.input.width / width != stride) continue;
    maps[static_cast<int>(stride)].push_back({i, anchors_apart ? kAnchors * shape[4] : shape[1]});
  }
  return maps;
}

// Classes of a level of this kind; 0 if it is none. `maps` comes back in the order of HeadLevel.
int64_t ClassesOf(HeadKind kind, std::vector<Map>& maps) {
  const auto to_front = [&](size_t from, int64_t channels) {
    const auto place = std::find_if(maps.begin() + static_cast<std::ptrdiff_t>(from), maps.end(),
                                    [&](const Map& map) { return map.channels == channels; });
    if (place == maps.end()) return false;
    std::rotate(maps.begin() + static_cast<std::ptrdiff_t>(from), place, place + 1);
    return true;
  };
  switch (kind) {
    case HeadKind::kYolov5:
      if (maps.size() != 1 || maps[0].channels % kAnchors != 0) return 0;
      return maps[0].channels / kAnchors - 5;
    case HeadKind::kYolov8:
      if (maps.size() == 1) return maps[0].channels - kDistances;
      return maps.size() == 2 && to_front(0, kDistances) ? maps[1].channels : 0;
    case HeadKind::kYolox:
      if (maps.size() == 1) return maps[0].channels - 5;
      return maps.size() == 3 && to_front(0, 4) && to_front(1, 1) ? maps[2].channels : 0;
  }
  return 0;
}

std::optional<Head> AsKind(HeadKind kind, const NetworkInterface& network, const MapsByStride& found) {
  MapsByStride maps = found;  // each kind has an order of its own
  Head head;
  head.kind = kind;
  head.raw = true;
  for (auto& [stride, level_maps] : maps) {
    const int64_t classes = ClassesOf(kind, level_maps);
    if (classes < 1 || (head.classes != 0 && head.classes != classes)) return std::nullopt;
    head.classes = static_cast<int>(classes);
    HeadLevel level{stride, network.input.height / stride, network.input.width / stride, {}};
    for (const Map& map : level_maps) level.maps.push_back(map.output);
    head.levels.push_back(std::move(level));
  }
  // The anchors of the other strides are not known.
  const auto unknown = [](const HeadLevel& level) {
    return level.stride != 8 && level.stride != 16 && level.stride != 32;
  };
  const bool needs_anchors = kind == HeadKind::kYolov5;
  if (needs_anchors && std::any_of(head.levels.begin(), head.levels.end(), unknown)) return std::nullopt;
  return head;
}

}  // namespace

std::optional<Head> FindRaw(const NetworkInterface& network, const HeadSettings& settings) {
  const MapsByStride maps = FindMaps(network);
  if (maps.empty()) return std::nullopt;
  std::vector<Head> fitting;
  for (const HeadKind kind : {HeadKind::kYolov5, HeadKind::kYolov8, HeadKind::kYolox}) {
    if (settings.name != "auto" && settings.name != HeadName(kind)) continue;
    std::optional<Head> head = AsKind(kind, network, maps);
    if (head && (settings.classes == 0 || settings.classes == head->classes)) fitting.push_back(std::move(*head));
  }
  if (fitting.empty()) return std::nullopt;
  if (fitting.size() == 1) return fitting.front();
  const auto usual =
      std::find_if(fitting.begin(), fitting.end(), [](const Head& head) { return head.classes == kUsualClasses; });
  if (usual != fitting.end()) return *usual;
  std::string choices;
  for (const Head& head : fitting) {
    choices += (choices.empty() ? "" : ", ") + HeadName(head.kind) + " of " + std::to_string(head.classes);
  }
  throw UsageError(network.model + ": the maps fit several heads (" + choices +
                   " classes); name one with --head, or the number of classes with --classes");
}

}  // namespace lockstep::evaluate
