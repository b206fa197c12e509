#include "page/answers.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluate/detect/decode.h"
#include "evaluate/detect/detect_task.h"
#include "evaluate/detect/suppress.h"
#include "evaluate/segment/score_map.h"
#include "files/base64.h"
#include "graph/error.h"
#include "page/page_json.h"

namespace lockstep::page {
namespace {

constexpr float kLeastScore = 0.25F;
constexpr size_t kMostBoxes = 100;
constexpr size_t kMostClasses = 5;
constexpr int kMostCells = 160;  // of a map's longer side

// Whether the call refuses the outputs; what it says does not matter.
template <typename Call>
bool Fits(const Call& call) {
  try {
    call();
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

// Boxes in pixels of the picture, four digits of score.
Json Boxes(const evaluate::NetworkInterface& network, const std::vector<run::OutputTensor>& outputs,
           const input::PictureGeometry& geometry) {
  evaluate::CandidateOptions options;
  options.confidence = kLeastScore;
  options.one_label = true;
  const evaluate::Head head = evaluate::RecognizeHead(network, {});
  const auto boxes = evaluate::Suppress(evaluate::Candidates(head, outputs, network.input, options), {});
  Json list = Json::array();
  for (size_t i = 0; i < std::min(kMostBoxes, boxes.size()); ++i) {
    const evaluate::Corners box = evaluate::ToPicture(boxes[i].box, geometry);
    list.push_back({std::lround(box.left), std::lround(box.top), std::lround(box.right), std::lround(box.bottom),
                    boxes[i].label, std::round(1e4 * static_cast<double>(boxes[i].score)) / 1e4});
  }
  return list;
}

Json ClassMap(const evaluate::NetworkInterface& network, const std::vector<run::OutputTensor>& outputs,
              const input::PictureGeometry& geometry) {
  const evaluate::ScoreMap map(network);
  const double scale =
      std::min(1.0, static_cast<double>(kMostCells) / std::max(geometry.source_width, geometry.source_height));
  const int rows = std::max(1, static_cast<int>(geometry.source_height * scale));
  const int columns = std::max(1, static_cast<int>(geometry.source_width * scale));
  std::vector<uint8_t> cells;
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      const double source_x = (x + 0.5) * geometry.source_width / columns;
      const double source_y = (y + 0.5) * geometry.source_height / rows;
      cells.push_back(
          static_cast<uint8_t>(map.ClassAt(outputs.at(map.output()), source_x * geometry.scale_x + geometry.pad_x,
                                           source_y * geometry.scale_y + geometry.pad_y)));
    }
  }
  return {{"rows", rows}, {"columns", columns}, {"cells", files::Base64(cells.data(), cells.size())}};
}

bool IsScores(const graph::Shape& shape) {
  const int64_t elements = graph::ElementCount(shape);
  return elements >= 2 && elements <= 30000 &&
         std::count_if(shape.begin(), shape.end(), [](int64_t n) { return n > 1; }) == 1;
}

Json Classes(const std::vector<float>& scores) {
  std::vector<int> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  const size_t most = std::min(kMostClasses, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end(),
                    [&](int a, int b) { return scores[static_cast<size_t>(a)] > scores[static_cast<size_t>(b)]; });
  Json list = Json::array();
  for (size_t i = 0; i < most; ++i) {
    list.push_back({order[i], ShortJson(static_cast<double>(scores[static_cast<size_t>(order[i])]))});
  }
  return list;
}

}  // namespace

AnswerKind RecognizeAnswer(const evaluate::NetworkInterface& network) {
  if (network.output_shapes.size() == 1 && IsScores(network.output_shapes[0])) return AnswerKind::kClasses;
  if (Fits([&] { evaluate::RecognizeHead(network, {}); })) return AnswerKind::kBoxes;
  if (Fits([&] { const evaluate::ScoreMap map(network); })) return AnswerKind::kClassMap;
  return AnswerKind::kNone;
}

Json AnswerOf(AnswerKind kind, const evaluate::NetworkInterface& network, const std::string& name,
              const std::vector<run::OutputTensor>& outputs, const input::PictureGeometry& geometry) {
  Json side = {{"name", name}};
  if (kind == AnswerKind::kBoxes) side["boxes"] = Boxes(network, outputs, geometry);
  if (kind == AnswerKind::kClassMap) side["mask"] = ClassMap(network, outputs, geometry);
  if (kind == AnswerKind::kClasses) side["classes"] = Classes(outputs.at(0).values);
  return side;
}

}  // namespace lockstep::page
