#include <cmath>
#include <cstring>

#include "engine/reference/fits.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

struct Corners {
  float left, top, right, bottom, area;
};

Corners CornersOf(const float* box, bool center) {
  Corners c{};
  if (center) {
    const float half_width = box[2] * 0.5F;
    const float half_height = box[3] * 0.5F;
    c.left = box[0] - half_width;
    c.right = box[0] + half_width;
    c.top = box[1] - half_height;
    c.bottom = box[1] + half_height;
  } else {
    c.left = box[3] < box[1] ? box[3] : box[1];
    c.right = box[1] < box[3] ? box[3] : box[1];
    c.top = box[2] < box[0] ? box[2] : box[0];
    c.bottom = box[0] < box[2] ? box[2] : box[0];
  }
  const float width = c.right - c.left;
  c.area = width * (c.bottom - c.top);
  return c;
}

bool AreTooNear(const Corners& a, const Corners& b, float most) {
  const float right = b.right < a.right ? b.right : a.right;
  const float left = a.left < b.left ? b.left : a.left;
  const float bottom = b.bottom < a.bottom ? b.bottom : a.bottom;
  const float top = a.top < b.top ? b.top : a.top;
  const float width = right - left;
  const float height = bottom - top;
  float overlap = 0.0F;
  if (width > 0.0F && height > 0.0F) {
    const float common = width * height;
    const float both = a.area + b.area;
    overlap = common / (both - common);
  }
  return overlap > most;
}

}  // namespace

bool FitsNonMaxSuppression(const LayerRun& run) {
  if (!HasTensors(run, 2)) return false;
  const joint::NonMaxSuppression& o = *run.layer->options_as_NonMaxSuppression();
  const auto& boxes = *run.x().shape();
  const auto& scores = *run.inputs[1].tensor->shape();
  const auto& y = *run.y().shape();
  if (!IsFloat(run.x()) || !IsFloat(*run.inputs[1].tensor) || run.y().dtype() != joint::DType::S64) return false;
  if (boxes.size() != 3 || boxes[2] != 4 || scores.size() != 3 || scores[0] != boxes[0] || scores[2] != boxes[1]) {
    return false;
  }
  return o.most() >= 0 && y.size() == 2 && y[1] == 3 && y[0] == int64_t{scores[0]} * scores[1] * o.most();
}

void RunNonMaxSuppression(const LayerRun& run) {
  const joint::NonMaxSuppression& o = *run.layer->options_as_NonMaxSuppression();
  const std::vector<float> boxes = ReadFloats(run.inputs[0]);
  const std::vector<float> scores = ReadFloats(run.inputs[1]);
  const int64_t batches = run.inputs[1].tensor->shape()->Get(0);
  const int64_t classes = run.inputs[1].tensor->shape()->Get(1);
  const int64_t count = run.inputs[1].tensor->shape()->Get(2);
  std::vector<int64_t> rows;
  for (int64_t batch = 0; batch < batches; ++batch) {
    for (int64_t number = 0; number < classes; ++number) {
      const float* score = scores.data() + (batch * classes + number) * count;
      const auto corners = [&](int64_t i) { return CornersOf(boxes.data() + (batch * count + i) * 4, o.center()); };
      std::vector<bool> open(static_cast<size_t>(count));
      for (int64_t i = 0; i < count; ++i) {
        open[static_cast<size_t>(i)] = o.any_score() ? !std::isnan(score[i]) : score[i] > o.min_score();
      }
      for (int32_t taken = 0; taken < o.most(); ++taken) {
        int64_t best = -1;
        for (int64_t i = 0; i < count; ++i) {
          if (open[static_cast<size_t>(i)] && (best < 0 || score[i] > score[best])) best = i;
        }
        if (best < 0) break;
        rows.insert(rows.end(), {batch, number, best});
        open[static_cast<size_t>(best)] = false;
        // Those that are too near the new one go; the others have been compared with all before it.
        for (int64_t i = 0; i < count; ++i) {
          const auto at = static_cast<size_t>(i);
          if (open[at] && AreTooNear(corners(best), corners(i), o.max_overlap())) open[at] = false;
        }
      }
    }
  }
  rows.resize(static_cast<size_t>(ElementCount(run.y())), -1);
  std::memcpy(run.outputs[0].data, rows.data(), rows.size() * sizeof(int64_t));
}

}  // namespace lockstep::engine
