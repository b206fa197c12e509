// NonMaxSuppression: corners and centers, ties, NaN, thresholds on both sides, classes that end early.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "float_case.h"

namespace lockstep::kernels {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

TestTensor FloatsOf(std::vector<int32_t> shape, const std::vector<float>& values) {
  TestTensor tensor = FloatOutput(std::move(shape));
  for (const float value : values) Append(tensor, value);
  return tensor;
}

void ExpectRows(const std::vector<float>& boxes, const std::vector<float>& scores, int32_t classes,
                const joint::NonMaxSuppressionT& options, const std::vector<int64_t>& rows, int32_t batch = 1) {
  LayerCase test;
  test.layer.name = "layer";
  const auto count = static_cast<int32_t>(boxes.size()) / 4 / batch;
  test.inputs = {FloatsOf({batch, count, 4}, boxes), FloatsOf({batch, classes, count}, scores)};
  test.output.dtype = joint::DType::S64;
  test.output.shape = {batch * classes * options.most, 3};
  for (const int64_t row : rows) Append(test.output, row);
  while (test.output.bytes.size() < static_cast<size_t>(batch * classes * options.most) * 24) {
    Append(test.output, int64_t{-1});
  }
  test.layer.options.Set(joint::NonMaxSuppressionT(options));
  ExpectEveryKernelGives(test);
}

joint::NonMaxSuppressionT Options(int32_t most, float overlap) {
  joint::NonMaxSuppressionT options;
  options.most = most;
  options.max_overlap = overlap;
  options.any_score = true;
  return options;
}

// Of the second and the first a third is common, 1 of 3; the last is alone.
const std::vector<float> kBoxes = {0, 0, 1, 2, 0, 1, 1, 3, 5, 5, 6, 6};

TEST(NonMaxSuppression, LeavesOutWhatOverlapsMore) {
  ExpectRows(kBoxes, {0.5F, 0.9F, 0.1F}, 1, Options(3, 0.33F), {0, 0, 1, 0, 0, 2});
  ExpectRows(kBoxes, {0.5F, 0.9F, 0.1F}, 1, Options(3, 0.34F), {0, 0, 1, 0, 0, 0, 0, 0, 2});
  // What is as much as the limit stays.
  ExpectRows(kBoxes, {0.5F, 0.9F, 0.1F}, 1, Options(3, 1.0F / 3.0F), {0, 0, 1, 0, 0, 0, 0, 0, 2});
  ExpectRows(kBoxes, {0.5F, 0.9F, 0.1F}, 1, Options(2, 1.0F), {0, 0, 1, 0, 0, 0});
}

TEST(NonMaxSuppression, CornersInAnyOrderAndCenters) {
  const std::vector<float> turned = {1, 2, 0, 0, 0, 3, 1, 1, 6, 5, 5, 6};
  ExpectRows(turned, {0.5F, 0.9F, 0.1F}, 1, Options(3, 0.33F), {0, 0, 1, 0, 0, 2});
  joint::NonMaxSuppressionT center = Options(3, 0.33F);
  center.center = true;
  const std::vector<float> centers = {1, 0.5F, 2, 1, 2, 0.5F, 2, 1, 5.5F, 5.5F, 1, 1};
  ExpectRows(centers, {0.5F, 0.9F, 0.1F}, 1, center, {0, 0, 1, 0, 0, 2});
}

TEST(NonMaxSuppression, EqualScoresComeByTheirIndices) {
  const std::vector<float> apart = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7};
  ExpectRows(apart, {-0.0F, 1.0F, 0.0F, 1.0F}, 1, Options(4, 0.5F), {0, 0, 1, 0, 0, 3, 0, 0, 0, 0, 0, 2});
  ExpectRows(apart, {-1.0F, -2.0F, -1.0F, -2.0F}, 1, Options(3, 0.5F), {0, 0, 0, 0, 0, 2, 0, 0, 1});
}

TEST(NonMaxSuppression, ScoresThatAreNoNumberAreNone) {
  const std::vector<float> apart = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7};
  const float infinity = std::numeric_limits<float>::infinity();
  ExpectRows(apart, {kNone, -infinity, -kNone, infinity}, 1, Options(4, 0.5F), {0, 0, 3, 0, 0, 1});
  joint::NonMaxSuppressionT above = Options(4, 0.5F);
  above.any_score = false;
  above.min_score = 0.25F;
  ExpectRows(apart, {0.25F, 0.26F, kNone, infinity}, 1, above, {0, 0, 3, 0, 0, 1});
  above.min_score = -infinity;
  ExpectRows(apart, {-infinity, -3.0F, kNone, 1.0F}, 1, above, {0, 0, 3, 0, 0, 1});
}

// A box that is no number overlaps nothing; boxes without area have no overlap that is a number.
TEST(NonMaxSuppression, OddBoxes) {
  ExpectRows({kNone, 0, 1, 1, 0, 0, 1, 1, 0, 0, kNone, 1}, {0.3F, 0.2F, 0.1F}, 1, Options(3, 0.0F),
             {0, 0, 0, 0, 0, 1, 0, 0, 2});
  ExpectRows({1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 2, 2}, {0.3F, 0.2F, 0.1F}, 1, Options(3, 0.0F),
             {0, 0, 0, 0, 0, 1, 0, 0, 2});
}

TEST(NonMaxSuppression, ClassesAndBatchesOneBehindTheOther) {
  joint::NonMaxSuppressionT above = Options(2, 0.2F);
  above.any_score = false;
  above.min_score = 0.5F;
  std::vector<float> boxes = kBoxes;
  boxes.insert(boxes.end(), {0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1});
  ExpectRows(boxes,
             {0.6F, 0.7F, 0.8F, 0.1F, 0.1F, 0.1F, 0.9F, 0.8F, 0.0F,   // first batch
              0.6F, 0.9F, 0.9F, 0.0F, 0.0F, 0.6F, 0.0F, 0.0F, 0.0F},  // second
             3, above, {0, 0, 2, 0, 0, 1, 0, 2, 0, 1, 0, 1, 1, 1, 2}, 2);
}

// Against the definition, box by box.
TEST(NonMaxSuppression, OfRandomBoxes) {
  std::mt19937 random(141);
  for (const int32_t count : {1, 7, 64, 300}) {
    for (const int32_t most : {1, 5, 40}) {
      for (const bool center : {false, true}) {
        joint::NonMaxSuppressionT o = Options(std::min(most, count), 0.3F);
        o.center = center;
        o.any_score = random() % 2 == 0;
        o.min_score = 0.3F;
        std::vector<float> boxes;
        std::vector<float> scores;
        for (int32_t i = 0; i < 4 * count; ++i) boxes.push_back(static_cast<float>(random() % 1000) / 200.0F);
        for (int32_t i = 0; i < count; ++i) scores.push_back(static_cast<float>(random() % 100) / 100.0F);
        std::vector<int64_t> rows;
        std::vector<bool> seen(static_cast<size_t>(count), false);
        const auto edge = [&](int64_t i, int side) {  // left, top, right, bottom
          const float* b = boxes.data() + 4 * i;
          const int axis = side % 2;
          if (center) return side < 2 ? b[axis] - b[axis + 2] * 0.5F : b[axis] + b[axis + 2] * 0.5F;
          const int other = 1 - axis;
          return side < 2 ? std::min(b[other], b[other + 2]) : std::max(b[other], b[other + 2]);
        };
        for (int32_t step = 0; step < count && static_cast<int32_t>(rows.size()) < 3 * o.most; ++step) {
          int64_t best = -1;
          for (int64_t i = 0; i < count; ++i) {
            if (!seen[i] && (o.any_score || scores[i] > o.min_score) && (best < 0 || scores[i] > scores[best]))
              best = i;
          }
          if (best < 0) break;
          seen[best] = true;
          bool free = true;
          for (size_t row = 0; row < rows.size(); row += 3) {
            const int64_t a = rows[row + 2];
            const float width = std::min(edge(a, 2), edge(best, 2)) - std::max(edge(a, 0), edge(best, 0));
            const float height = std::min(edge(a, 3), edge(best, 3)) - std::max(edge(a, 1), edge(best, 1));
            if (width <= 0.0F || height <= 0.0F) continue;
            const auto area = [&](int64_t i) {
              const float across = edge(i, 2) - edge(i, 0);
              const float down = edge(i, 3) - edge(i, 1);
              return across * down;
            };
            const float common = width * height;
            const float both = area(a) + area(best);
            if (common / (both - common) > o.max_overlap) free = false;
          }
          if (free) rows.insert(rows.end(), {0, 0, best});
        }
        ExpectRows(boxes, scores, 1, o, rows);
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
