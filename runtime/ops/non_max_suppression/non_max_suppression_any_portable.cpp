#include <algorithm>

#include "ops/common/float_elements.h"

namespace lockstep::kernels {
namespace {

float Lower(float a, float b) { return b < a ? b : a; }
float Upper(float a, float b) { return a < b ? b : a; }

struct Box {
  float left, top, right, bottom;
  float area() const { return (right - left) * (bottom - top); }
};

Box BoxAt(const float* at, bool center) {
  if (center) return {at[0] - at[2] * 0.5F, at[1] - at[3] * 0.5F, at[0] + at[2] * 0.5F, at[1] + at[3] * 0.5F};
  return {Lower(at[1], at[3]), Lower(at[0], at[2]), Upper(at[1], at[3]), Upper(at[0], at[2])};
}

float Overlap(const Box& selected, const Box& box) {
  const float width = Lower(selected.right, box.right) - Upper(selected.left, box.left);
  const float height = Lower(selected.bottom, box.bottom) - Upper(selected.top, box.top);
  if (!(width > 0.0F && height > 0.0F)) return 0.0F;
  const float common = width * height;
  return common / ((selected.area() + box.area()) - common);
}

constexpr uint64_t kLastIndex = UINT32_MAX;

// The larger, the earlier: of equal scores the one with the lower index. No two are equal.
uint64_t PlaceOf(float score, int64_t index) {
  const float number = score == 0.0F ? 0.0F : score;
  const uint32_t rank = static_cast<uint32_t>(f1::OrderKey(number)) ^ f1::kSignBit;
  return uint64_t{rank} << 32 | (kLastIndex - static_cast<uint64_t>(index));
}

class Selection {
 public:
  Selection(const LayerArgs& args, uint64_t* places)
      : options_(*args.layer->options_as_NonMaxSuppression()), count_(args.inputs[0].shape[1]), places_(places) {}

  // Writes the rows of a class and returns where the next ones go.
  int64_t* SelectClass(const float* boxes, const float* scores, int64_t batch, int64_t number, int64_t* rows) {
    const int64_t* const first = rows;
    uint64_t* end = places_;
    for (int64_t i = 0; i < count_; ++i) {
      const bool wanted = options_.any_score() ? scores[i] == scores[i] : scores[i] > options_.min_score();
      if (wanted) *end++ = PlaceOf(scores[i], i);
    }
    std::make_heap(places_, end);
    while (end != places_ && rows - first < 3 * options_.most()) {
      const auto index = static_cast<int64_t>(kLastIndex - (places_[0] & kLastIndex));
      std::pop_heap(places_, end--);
      if (IsCovered(boxes, first, rows, index)) continue;
      rows[0] = batch;
      rows[1] = number;
      rows[2] = index;
      rows += 3;
    }
    return rows;
  }

 private:
  bool IsCovered(const float* boxes, const int64_t* first, const int64_t* end, int64_t index) const {
    const Box box = BoxAt(boxes + 4 * index, options_.center());
    for (const int64_t* row = first; row != end; row += 3) {
      if (Overlap(BoxAt(boxes + 4 * row[2], options_.center()), box) > options_.max_overlap()) return true;
    }
    return false;
  }

  const joint::NonMaxSuppression& options_;
  int64_t count_;
  uint64_t* places_;
};

}  // namespace

void non_max_suppression_any_portable(const LayerArgs& args, int64_t /*begin*/, int64_t /*end*/, uint8_t* scratch) {
  const int32_t* shape = args.inputs[1].shape;
  Selection selection(args, reinterpret_cast<uint64_t*>(scratch));
  int64_t* const first = reinterpret_cast<int64_t*>(args.outputs[0].data);
  int64_t* rows = first;
  for (int64_t i = 0; i < int64_t{shape[0]} * shape[1]; ++i) {
    const int64_t batch = i / shape[1];
    rows = selection.SelectClass(Floats(args.inputs[0]) + batch * shape[2] * 4, Floats(args.inputs[1]) + i * shape[2],
                                 batch, i % shape[1], rows);
  }
  std::fill(rows, first + args.outputs[0].elements, int64_t{-1});
}

}  // namespace lockstep::kernels
