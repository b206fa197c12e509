#include "evaluate/detect/head.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "evaluate/detect/raw_head.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"

namespace lockstep::evaluate {
namespace {

constexpr int64_t kAnchors = 3;

// Levels that detectors of these families have.
const std::vector<std::vector<int>>& StrideSets() {
  static const std::vector<std::vector<int>> kSets = {
      {8, 16, 32}, {8, 16, 32, 64}, {4, 8, 16, 32}, {16, 32}, {8, 16}, {4, 8, 16}, {4, 8}, {8}, {16}, {32}, {4}};
  return kSets;
}

std::vector<HeadLevel> LevelsOf(const std::vector<int>& strides, input::PictureSize size) {
  std::vector<HeadLevel> levels;
  levels.reserve(strides.size());
  for (const int stride : strides) levels.push_back({stride, size.height / stride, size.width / stride, {}});
  return levels;
}

int64_t CellsOf(const std::vector<HeadLevel>& levels) {
  int64_t cells = 0;
  for (const HeadLevel& level : levels) cells += int64_t{level.height} * level.width;
  return cells;
}

int OtherChannels(HeadKind kind) { return kind == HeadKind::kYolov8 ? 4 : 5; }

// A matrix whose one axis counts the candidates of these levels. Rows of candidates, or rows of channels: YOLOv8 has
// these, and what has as many candidates as cells in rows of their own is YOLOX.
std::optional<Head> AsDecoded(int64_t rows, int64_t columns, const std::vector<HeadLevel>& levels,
                              const HeadSettings& settings) {
  const int64_t cells = CellsOf(levels);
  for (const bool channels_first : {false, true}) {
    const int64_t candidates = channels_first ? columns : rows;
    const int64_t channels = channels_first ? rows : columns;
    for (const HeadKind kind : {HeadKind::kYolov5, HeadKind::kYolov8, HeadKind::kYolox}) {
      const bool counted = candidates == (kind == HeadKind::kYolov5 ? kAnchors * cells : cells);
      const int64_t classes = channels - OtherChannels(kind);
      if (!counted || classes < 1) continue;
      const bool named = settings.name != "auto";
      if (named && settings.name != HeadName(kind)) continue;
      if (settings.classes > 0 && classes != settings.classes) continue;
      const bool told_by_order = settings.classes == 0 && !named && kind != HeadKind::kYolov5;
      if (told_by_order && channels_first != (kind == HeadKind::kYolov8)) continue;
      Head head;
      head.kind = kind;
      head.classes = static_cast<int>(classes);
      head.channels_first = channels_first;
      head.candidates = static_cast<int>(candidates);
      head.levels = levels;
      return head;
    }
  }
  return std::nullopt;
}

// Extents beside the batch, without those of 1 in front.
graph::Shape Inner(const graph::Shape& shape) {
  graph::Shape inner(shape.begin() + (shape.empty() ? 0 : 1), shape.end());
  while (inner.size() > 2 && inner.front() == 1) inner.erase(inner.begin());
  return inner;
}

std::optional<Head> FindDecoded(const NetworkInterface& network, const HeadSettings& settings) {
  for (size_t i = 0; i < network.output_shapes.size(); ++i) {
    const graph::Shape inner = Inner(network.output_shapes[i]);
    if (inner.size() != 2) continue;
    for (const std::vector<int>& strides : StrideSets()) {
      std::optional<Head> head = AsDecoded(inner[0], inner[1], LevelsOf(strides, network.input), settings);
      if (!head) continue;
      head->output = i;
      return head;
    }
  }
  return std::nullopt;
}

// Of a head that was named, whatever strides made its candidates: there are more of them than channels.
std::optional<Head> AsNamed(const NetworkInterface& network, const HeadSettings& settings) {
  for (size_t i = 0; i < network.output_shapes.size(); ++i) {
    const graph::Shape inner = Inner(network.output_shapes[i]);
    for (const HeadKind kind : {HeadKind::kYolov5, HeadKind::kYolov8, HeadKind::kYolox}) {
      if (inner.size() != 2 || settings.name != HeadName(kind)) continue;
      Head head;
      head.kind = kind;
      head.output = i;
      head.channels_first = inner[0] < inner[1];
      head.candidates = static_cast<int>(std::max(inner[0], inner[1]));
      head.classes = static_cast<int>(std::min(inner[0], inner[1])) - OtherChannels(kind);
      if (head.classes >= 1 && (settings.classes == 0 || settings.classes == head.classes)) return head;
    }
  }
  return std::nullopt;
}

}  // namespace

Head RecognizeHead(const NetworkInterface& network, const HeadSettings& settings) {
  const std::vector<std::string> names = {"auto", "yolov5", "yolov8", "yolox"};
  if (std::find(names.begin(), names.end(), settings.name) == names.end()) {
    throw UsageError("the head " + graph::Quoted(settings.name) + " is unknown" +
                     graph::DidYouMean(settings.name, names));
  }
  if (const std::optional<Head> head = FindDecoded(network, settings)) return *head;
  if (const std::optional<Head> head = FindRaw(network, settings)) return *head;
  if (const std::optional<Head> head = AsNamed(network, settings)) return *head;
  std::string shapes;
  for (const graph::Shape& shape : network.output_shapes) {
    shapes += (shapes.empty() ? "" : ", ") + graph::ToString(shape);
  }
  const int64_t cells = CellsOf(LevelsOf(StrideSets().front(), network.input));
  const std::string c = settings.classes > 0 ? " with C = " + std::to_string(settings.classes) : "";
  throw UsageError(
      network.model + ": the outputs (" + shapes + ") are no known detector's head" +
      (settings.name == "auto" ? "" : " of the kind " + settings.name) + "; for C classes expected are" + c +
      " YOLOv5's 1x" + std::to_string(kAnchors * cells) + "x(5+C), YOLOv8's 1x(4+C)x" + std::to_string(cells) +
      ", YOLOX's 1x" + std::to_string(cells) +
      "x(5+C), or their maps for each of the strides 8, 16 and 32: 1x3(5+C)xHxW, 1x(64+C)xHxW (or 64 and C "
      "apart), 1x(5+C)xHxW (or 4, 1 and C apart); --head and --classes help where several fit");
}

std::string HeadName(HeadKind kind) {
  constexpr std::array<const char*, 3> kNames = {"yolov5", "yolov8", "yolox"};
  return kNames[static_cast<size_t>(kind)];
}

std::string Describe(const Head& head) {
  constexpr std::array<const char*, 3> kTitles = {"YOLOv5", "YOLOv8", "YOLOX"};
  const std::string title = kTitles[static_cast<size_t>(head.kind)];
  const std::string classes = std::to_string(head.classes) + (head.classes == 1 ? " class" : " classes");
  if (!head.raw)
    return title + " in one output: " + graph::Counted(static_cast<size_t>(head.candidates), "candidate") + " of " +
           classes;
  std::string strides;
  for (const HeadLevel& level : head.levels) strides += (strides.empty() ? "" : ", ") + std::to_string(level.stride);
  return title + " as maps of the strides " + strides + ", " + classes;
}

}  // namespace lockstep::evaluate
