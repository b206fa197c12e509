// K. He et al., "Mask R-CNN", 2017, section 3: means (or maxima) of bilinear samples within the bins of a region.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;

constexpr int64_t kMostSamples = 256;  // of a bin, along an axis

// Inputs: x (N,C,H,W), regions (count,4) as x1, y1, x2, y2, and of each the image.
void Infer(InferContext& context) {
  context.Require(context.Rank(0) == 4,
                  "its input has shape " + graph::ToString(context.Shape(0)) + "; images of shape NxCxHxW are needed");
  context.Require(context.Shape(0)[2] >= 1 && context.Shape(0)[3] >= 1, "its input is empty");
  const graph::Shape& regions = context.Shape(1);
  context.Require(regions.size() == 2 && regions[1] == 4,
                  "its regions have shape " + graph::ToString(regions) + "; allowed: Nx4");
  context.Require(
      context.Shape(2) == graph::Shape{regions[0]},
      "its images have shape " + graph::ToString(context.Shape(2)) + " instead of " + std::to_string(regions[0]));
  context.RequireType(0, ElementType::kFloat);
  context.RequireType(1, ElementType::kFloat);
  context.RequireType(2, ElementType::kInt64);
  context.OneOf("mode", "avg", {"avg", "max"});
  context.OneOf("coordinate_transformation_mode", "half_pixel", {"half_pixel", "output_half_pixel"});
  context.Int("sampling_ratio", 0, 0, kMostSamples);
  context.Real("spatial_scale", 1.0F);
  const int64_t height = context.Int("output_height", 1, 1, kLargestEntry);
  const int64_t width = context.Int("output_width", 1, 1, kLargestEntry);
  context.Set(ElementType::kFloat, {regions[0], context.Shape(0)[1], height, width});
}

// One axis of a region: its first bin's begin, a bin's size, samples in a bin.
struct Bins {
  double begin, size;
  int64_t samples;

  double Place(int64_t bin, int64_t sample) const {
    return begin + static_cast<double>(bin) * size +
           (static_cast<double>(sample) + 0.5) * size / static_cast<double>(samples);
  }
};

Bins BinsOf(const Call& call, float from, float to, int64_t count) {
  const double scale = call.node.Float("spatial_scale", 1.0F);
  const bool half = call.node.String("coordinate_transformation_mode", "half_pixel") == "half_pixel";
  const double offset = half ? 0.5 : 0.0;
  const double begin = from * scale - offset;
  double length = to * scale - offset - begin;
  if (!half) length = std::max(length, 1.0);
  const double size = length / static_cast<double>(count);
  const int64_t ratio = call.node.Int("sampling_ratio", 0);
  return {begin, size, ratio > 0 ? ratio : std::max<int64_t>(static_cast<int64_t>(std::ceil(size)), 1)};
}

// The two elements around a place and the second one's share; nothing outside of the image.
struct Between {
  int64_t low, high;
  double share;
};

std::optional<Between> Around(double place, int64_t size) {
  if (place < -1.0 || place > static_cast<double>(size)) return std::nullopt;
  place = std::max(place, 0.0);
  const auto low = static_cast<int64_t>(place);
  if (low >= size - 1) return Between{size - 1, size - 1, 0.0};
  return Between{low, low + 1, place - static_cast<double>(low)};
}

// Regions beyond this many elements are not those of an image.
bool HasLimits(const std::vector<float>& corners) {
  constexpr float kFar = 1e5F;
  return std::all_of(corners.begin(), corners.end(), [](float at) { return std::abs(at) <= kFar; });
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  if (!HasLimits(call.In(1).data.floats) || std::abs(call.node.Float("spatial_scale", 1.0F)) > 1.0F) {
    return std::nullopt;
  }
  Value result = MakeValue(ElementType::kFloat, call.Shape());
  const bool maximum = call.node.String("mode", "avg") == "max";
  const int64_t channels = x.shape[1];
  const int64_t rows = call.Shape()[2];
  const int64_t columns = call.Shape()[3];
  size_t next = 0;
  for (int64_t region = 0; region < call.Shape()[0]; ++region) {
    const float* corner = call.In(1).data.floats.data() + 4 * region;
    const int64_t image = call.In(2).data.ints[static_cast<size_t>(region)];
    if (image < 0 || image >= x.shape[0]) return std::nullopt;
    const Bins across = BinsOf(call, corner[0], corner[2], columns);
    const Bins down = BinsOf(call, corner[1], corner[3], rows);
    for (int64_t i = 0; i < channels * rows * columns; ++i) {
      const float* plane = x.data.floats.data() + (image * channels + i / (rows * columns)) * x.shape[2] * x.shape[3];
      double sum = 0.0;
      double highest = -std::numeric_limits<double>::infinity();
      for (int64_t sample = 0; sample < down.samples * across.samples; ++sample) {
        const auto v = Around(down.Place(i / columns % rows, sample / across.samples), x.shape[2]);
        const auto h = Around(across.Place(i % columns, sample % across.samples), x.shape[3]);
        if (!v || !h) {
          highest = std::max(highest, 0.0);
          continue;
        }
        const auto part = [&](int64_t row, int64_t column, double share) {
          const double value = share * plane[row * x.shape[3] + column];
          sum += value;
          highest = std::max(highest, value);
        };
        part(v->low, h->low, (1.0 - v->share) * (1.0 - h->share));
        part(v->low, h->high, (1.0 - v->share) * h->share);
        part(v->high, h->low, v->share * (1.0 - h->share));
        part(v->high, h->high, v->share * h->share);
      }
      const double mean = sum / static_cast<double>(down.samples * across.samples);
      result.data.floats[next++] = static_cast<float>(maximum ? highest : mean);
    }
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kRoiAlign = Op({3, 3}, Infer, Evaluate, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
