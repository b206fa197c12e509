#include <gtest/gtest.h>

#include <limits>

#include "drawing.h"
#include "letterbox.h"
#include "yolov8.h"

namespace detector {
namespace {

// An output of `candidates` columns for two classes.
class Output {
 public:
  explicit Output(size_t candidates) : candidates_(candidates), values_(6 * candidates, 0.0F) {}

  Output& Set(size_t candidate, std::vector<float> column) {
    for (size_t row = 0; row < column.size(); ++row) values_[row * candidates_ + candidate] = column[row];
    return *this;
  }
  const std::vector<float>& values() const { return values_; }

 private:
  size_t candidates_;
  std::vector<float> values_;
};

TEST(Decode, CentresBecomeCornersAndTheBestClassWins) {
  const Output output = Output(2).Set(0, {100, 50, 20, 10, 0.3F, 0.8F}).Set(1, {0, 0, 5, 5, 0.1F, 0.2F});
  const std::vector<Box> boxes = Decode(output.values(), 2, {});
  ASSERT_EQ(boxes.size(), 1U) << "the second candidate is below the confidence";
  EXPECT_EQ(boxes[0].rectangle, cv::Rect2f(90, 45, 20, 10));
  EXPECT_EQ(boxes[0].label, 1);
  EXPECT_FLOAT_EQ(boxes[0].confidence, 0.8F);
}

TEST(Decode, WhatIsNoNumberIsNoProbability) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Output output = Output(2).Set(0, {50, 50, 20, 20, nan, nan}).Set(1, {50, 50, 20, 20, 0.5F, nan});
  const std::vector<Box> boxes = Decode(output.values(), 2, {});
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_EQ(boxes[0].label, 0);
  EXPECT_FLOAT_EQ(boxes[0].confidence, 0.5F);
}

TEST(Decode, OverlapsOfOneClassAreSuppressed) {
  const Output output =
      Output(3).Set(0, {50, 50, 20, 20, 0.6F, 0}).Set(1, {51, 50, 20, 20, 0.9F, 0}).Set(2, {51, 50, 20, 20, 0, 0.5F});
  const std::vector<Box> boxes = Decode(output.values(), 2, {});
  ASSERT_EQ(boxes.size(), 2U);
  EXPECT_FLOAT_EQ(boxes[0].confidence, 0.9F);
  EXPECT_EQ(boxes[1].label, 1) << "another class does not suppress";
}

TEST(IntersectionOverUnion, MatchesHandComputedValues) {
  EXPECT_FLOAT_EQ(IntersectionOverUnion({0, 0, 10, 10}, {0, 0, 10, 10}), 1.0F);
  EXPECT_FLOAT_EQ(IntersectionOverUnion({0, 0, 10, 10}, {5, 0, 10, 10}), 50.0F / 150.0F);
  EXPECT_FLOAT_EQ(IntersectionOverUnion({0, 0, 10, 10}, {20, 0, 10, 10}), 0.0F);
  EXPECT_FLOAT_EQ(IntersectionOverUnion({0, 0, 0, 0}, {0, 0, 0, 0}), 0.0F);
}

TEST(Compare, TheWorstOfTheBestOverlapsCounts) {
  const std::vector<Box> truth = {{{0, 0, 10, 10}, 0, 0.9F}, {{50, 50, 10, 10}, 1, 0.7F}, {{0, 0, 3, 3}, 1, 0.4F}};
  const std::vector<Box> boxes = {{{0, 0, 10, 10}, 0, 0.8F}, {{55, 50, 10, 10}, 1, 0.6F}, {{50, 50, 10, 10}, 0, 0.9F}};
  const Agreement agreement = Compare(truth, boxes, 0.5F);
  EXPECT_EQ(agreement.boxes, 2);
  EXPECT_FLOAT_EQ(agreement.min_iou, 50.0F / 150.0F);
  EXPECT_EQ(agreement.worst.rectangle, truth[1].rectangle);
  EXPECT_EQ(Compare({truth[0]}, {truth[0]}, 0.5F).worst.rectangle, truth[0].rectangle) << "also where all is well";
  EXPECT_FLOAT_EQ(Compare(truth, {}, 0.5F).min_iou, 0.0F);
}

TEST(Letterbox, TheWayBackIsTheInverse) {
  const Letterbox letterbox = FitPicture(cv::Size(548, 342), cv::Size(640, 640));
  EXPECT_DOUBLE_EQ(letterbox.scale, 640.0 / 548.0);
  EXPECT_EQ(letterbox.pad_x, 0);
  EXPECT_EQ(letterbox.pad_y, (640 - 399) / 2);
  const auto scale = static_cast<float>(letterbox.scale);
  const cv::Rect2f there(100 * scale, 50 * scale + static_cast<float>(letterbox.pad_y), 30 * scale, 20 * scale);
  const cv::Rect2f back = ToPicture(there, letterbox);
  EXPECT_NEAR(back.x, 100, 1e-3);
  EXPECT_NEAR(back.y, 50, 1e-3);
  EXPECT_NEAR(back.width, 30, 1e-3);
  EXPECT_NEAR(back.height, 20, 1e-3);
  EXPECT_NEAR(ToPicture({-50, 0, 1000, 1000}, letterbox).width, 548, 1e-3) << "cut at the picture's borders";
}

TEST(Letterbox, TheNetworkGetsRgbBetweenGreyBorders) {
  const cv::Mat picture(2, 4, CV_8UC3, cv::Scalar(1, 2, 3));  // B, G, R
  const cv::Size network(8, 8);
  const std::vector<uint8_t> input = NetworkInput(picture, FitPicture(picture.size(), network), network);
  ASSERT_EQ(input.size(), size_t{8 * 8 * 3});
  EXPECT_EQ(input[0], 114);
  const size_t middle = (4 * 8 + 4) * 3;
  EXPECT_EQ(input[middle], 3);
  EXPECT_EQ(input[middle + 2], 1);
}

TEST(Drawing, PicturesStandBesideEachOther) {
  const cv::Mat picture(100, 800, CV_8UC3, cv::Scalar::all(0));
  const cv::Mat drawn = DrawDetections(picture, {{{10, 10, 50, 50}, 0, 0.9F}}, {"cat"}, "title");
  EXPECT_EQ(drawn.cols, 800);
  EXPECT_GT(cv::countNonZero(drawn.reshape(1) != 0), 0);
  EXPECT_EQ(SideBySide({drawn, drawn}).cols, 2 * 800 + 4);
}

}  // namespace
}  // namespace detector
