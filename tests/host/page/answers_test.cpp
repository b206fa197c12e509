// What outputs made by hand say of a picture.
#include "page/answers.h"

#include <gtest/gtest.h>

namespace lockstep::page {
namespace {

// A picture of 64 x 32 in a letterbox of 32 x 32: scaled by a half, 8 rows of border above it.
input::PictureGeometry Letterbox() {
  input::PictureGeometry geometry;
  geometry.source_width = 64;
  geometry.source_height = 32;
  geometry.scale_x = geometry.scale_y = 0.5;
  geometry.pad_y = 8;
  return geometry;
}

run::OutputTensor Output(const graph::Shape& shape) {
  run::OutputTensor output;
  output.name = "y";
  output.shape = shape;
  output.values.assign(static_cast<size_t>(graph::ElementCount(shape)), 0.0F);
  return output;
}

evaluate::NetworkInterface Network(const graph::Shape& output) { return {"net", {32, 32}, {output}}; }

TEST(Answers, BoxesAreInPixelsOfThePicture) {
  const graph::Shape shape{1, 7, 21};  // 16 + 4 + 1 cells of the strides 8, 16 and 32, three classes
  const auto network = Network(shape);
  ASSERT_EQ(RecognizeAnswer(network), AnswerKind::kBoxes);
  run::OutputTensor output = Output(shape);
  const auto set = [&](size_t channel, size_t candidate, float value) {
    output.values[channel * 21 + candidate] = value;
  };
  for (const size_t channel : {0, 1, 2, 3}) set(channel, 5, 8.0F);  // cx, cy, w, h
  set(0, 5, 16.0F);
  set(1, 5, 14.0F);
  set(6, 5, 0.75F);
  set(5, 9, 0.2F);  // too weak to be shown
  const Json side = AnswerOf(AnswerKind::kBoxes, network, "joint model", {output}, Letterbox());
  EXPECT_EQ(side, (Json{{"name", "joint model"}, {"boxes", Json::array({{24, 4, 40, 20, 2, 0.75}})}}));
}

TEST(Answers, MapsAreThoseOfThePictureWithoutItsBorders) {
  const graph::Shape shape{1, 2, 32, 32};
  const auto network = Network(shape);
  ASSERT_EQ(RecognizeAnswer(network), AnswerKind::kClassMap);
  run::OutputTensor output = Output(shape);
  for (size_t y = 0; y < 32; ++y) {
    for (size_t x = 0; x < 32; ++x) {
      // Class 1 in the left half of the picture, and in the borders.
      output.values[1024 + y * 32 + x] = x < 16 || y < 8 || y >= 24 ? 1.0F : -1.0F;
    }
  }
  const Json mask = AnswerOf(AnswerKind::kClassMap, network, "it", {output}, Letterbox()).at("mask");
  ASSERT_EQ(mask.at("rows"), 32);
  ASSERT_EQ(mask.at("columns"), 64);
  // Half of each row is 1: 32 bytes 01 and 32 bytes 00.
  const std::string cells = mask.at("cells").get<std::string>();
  EXPECT_EQ(cells.substr(0, 40), "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB");
  EXPECT_EQ(std::count(cells.begin(), cells.end(), 'Q'), std::count(cells.begin(), cells.end(), 'B'));
}

TEST(Answers, ClassesAreTheBestFive) {
  const graph::Shape shape{1, 8};
  const auto network = Network(shape);
  ASSERT_EQ(RecognizeAnswer(network), AnswerKind::kClasses);
  run::OutputTensor output = Output(shape);
  output.values = {0.1F, 5.0F, 0.2F, 4.0F, 3.0F, -1.0F, 0.3F, 0.0F};
  const Json side = AnswerOf(AnswerKind::kClasses, network, "it", {output}, Letterbox());
  EXPECT_EQ(side.at("classes"), Json::array({{1, 5}, {3, 4}, {4, 3}, {6, 0.3}, {2, 0.2}}));
}

TEST(Answers, OtherOutputsHaveNone) { EXPECT_EQ(RecognizeAnswer(Network({1, 3, 7, 5})), AnswerKind::kNone); }

}  // namespace
}  // namespace lockstep::page
