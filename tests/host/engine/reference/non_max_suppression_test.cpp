// NonMaxSuppression against rows found by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include <limits>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Rows = std::vector<int64_t>;

joint::NonMaxSuppressionT Options(int most, float overlap, float score) {
  joint::NonMaxSuppressionT options;
  options.most = most;
  options.max_overlap = overlap;
  options.min_score = score;
  return options;
}

Rows RowsOf(const std::vector<float>& boxes, const std::vector<float>& scores, int classes,
            const joint::NonMaxSuppressionT& options) {
  OneLayer net;
  const int count = static_cast<int>(boxes.size()) / 4;
  net.FloatInput({1, count, 4}, boxes);
  net.FloatInput({1, classes, count}, scores);
  net.Layer(options, {classes * options.most, 3}, 1.0F, 0, joint::DType::S64);
  const std::vector<uint8_t> bytes = net.RunBytes();
  Rows rows(bytes.size() / sizeof(int64_t));
  std::memcpy(rows.data(), bytes.data(), bytes.size());
  return rows;
}

// A third of the first two together is common; the third stands alone.
const std::vector<float> kBoxes = {0, 0, 1, 2, 1, 3, 0, 1, 5, 5, 6, 6};

TEST(ReferenceNonMaxSuppression, SelectsByScoreAndOverlap) {
  EXPECT_EQ(RowsOf(kBoxes, {0.5F, 0.9F, 0.1F}, 1, Options(3, 0.33F, 0.0F)), (Rows{0, 0, 1, 0, 0, 2, -1, -1, -1}));
  EXPECT_EQ(RowsOf(kBoxes, {0.5F, 0.9F, 0.1F}, 1, Options(3, 0.34F, 0.1F)), (Rows{0, 0, 1, 0, 0, 0, -1, -1, -1}));
  EXPECT_EQ(RowsOf(kBoxes, {0.5F, 0.9F, 0.1F}, 1, Options(1, 0.34F, 0.0F)), (Rows{0, 0, 1}));
}

TEST(ReferenceNonMaxSuppression, OfCenters) {
  joint::NonMaxSuppressionT options = Options(2, 0.33F, 0.0F);
  options.center = true;
  EXPECT_EQ(RowsOf({1, 0.5F, 2, 1, 2, 0.5F, 2, 1}, {0.5F, 0.4F}, 1, options), (Rows{0, 0, 0, -1, -1, -1}));
  options.max_overlap = 0.34F;
  EXPECT_EQ(RowsOf({1, 0.5F, 2, 1, 2, 0.5F, 2, 1}, {0.5F, 0.4F}, 1, options), (Rows{0, 0, 0, 0, 0, 1}));
}

TEST(ReferenceNonMaxSuppression, TiesNaNAndClasses) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  joint::NonMaxSuppressionT options = Options(2, 0.5F, 100.0F);
  options.any_score = true;
  EXPECT_EQ(RowsOf(kBoxes, {nan, -0.0F, 0.0F, 1.0F, nan, 1.0F}, 2, options),
            (Rows{0, 0, 1, 0, 0, 2, 0, 1, 0, 0, 1, 2}));
  EXPECT_EQ(RowsOf(kBoxes, {nan, nan, nan, 1.0F, nan, nan}, 2, options),
            (Rows{0, 1, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1}));
}

TEST(ReferenceNonMaxSuppressionDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.FloatInput({1, 3, 4}, std::vector<float>(12));
    net.FloatInput({1, 2, 3}, std::vector<float>(6));
    net.Layer(Options(2, 0.5F, 0.0F), {4, 3}, 1.0F, 0, joint::DType::S64);
  };
  const auto shape = [](size_t tensor, const std::vector<int>& is) {
    return [tensor, is](OneLayer& net) { net.tensor(tensor).shape = is; };
  };
  const std::vector<Misfit> misfits = {
      {"one input", [](OneLayer& net) { net.layer().inputs.pop_back(); }},
      {"the rank of the boxes", shape(0, {3, 4})},
      {"the numbers of the boxes", shape(0, {1, 3, 3})},
      {"the batch of the scores", shape(1, {2, 1, 3})},
      {"the count of the scores", shape(1, {1, 3, 2})},
      {"the rank of the scores", shape(1, {2, 3})},
      {"the rows", shape(2, {3, 3})},
      {"the columns", shape(2, {4, 2})},
      {"the rank of the output", shape(2, {4, 3, 1})},
      {"the type of the boxes", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::U8; }},
      {"the type of the scores", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::U8; }},
      {"the type of the output", [](OneLayer& net) { net.tensor(2).dtype = joint::DType::U8; }},
      {"the most", [](OneLayer& net) { net.options<joint::NonMaxSuppressionT>().most = -2; }},
  };
  ExpectRefusals(make, misfits);
}

}  // namespace
}  // namespace lockstep::test
