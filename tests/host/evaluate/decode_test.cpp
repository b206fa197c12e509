// One box, written in every layout that is known, must come back.
#include "evaluate/detect/decode.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lockstep::evaluate {
namespace {

constexpr input::PictureSize kSize{64, 64};
constexpr int kClasses = 3;
constexpr float kFarBelow = -20.0F;  // in front of a Sigmoid

// The box has its centre in the cell (5, 2) of the stride 8: candidate 2 * 8 + 5 of a level of 8 x 8 cells.
constexpr int kX = 5;
constexpr int kY = 2;
constexpr size_t kCell = 2 * 8 + 5;
constexpr Corners kBox{38.0, 11.0, 52.0, 29.0};  // centre 45, 20; 14 x 18

float Logit(double probability) { return static_cast<float>(std::log(probability / (1.0 - probability))); }

struct Network {
  std::vector<graph::Shape> shapes;
  std::vector<std::vector<float>> values;
};

void AddOutput(Network& network, const graph::Shape& shape, float fill) {
  network.shapes.push_back(shape);
  network.values.emplace_back(static_cast<size_t>(graph::ElementCount(shape)), fill);
}

void ExpectTheBox(const Network& network, const HeadSettings& settings, double score) {
  const Head head = RecognizeHead({"net", kSize, network.shapes}, settings);
  std::vector<run::OutputTensor> outputs;
  for (size_t i = 0; i < network.shapes.size(); ++i) {
    outputs.emplace_back();
    outputs.back().shape = network.shapes[i];
    outputs.back().values = network.values[i];
  }
  const std::vector<Detection> found = Candidates(head, outputs, kSize, {0.01F, false});
  ASSERT_EQ(found.size(), 1U) << Describe(head);
  EXPECT_EQ(found[0].label, 1);
  EXPECT_NEAR(found[0].score, score, 1e-5);
  EXPECT_NEAR(found[0].box.left, kBox.left, 1e-3) << Describe(head);
  EXPECT_NEAR(found[0].box.top, kBox.top, 1e-3);
  EXPECT_NEAR(found[0].box.right, kBox.right, 1e-3);
  EXPECT_NEAR(found[0].box.bottom, kBox.bottom, 1e-3);
}

// 84 cells of the strides 8, 16 and 32.
constexpr int64_t kCells = 64 + 16 + 4;

TEST(DecodeTest, Yolov8InOneOutput) {
  for (const double unit : {1.0, 1.0 / 64}) {
    Network network;
    AddOutput(network, {1, 4 + kClasses, kCells}, 0.0F);
    const double numbers[] = {45 * unit, 20 * unit, 14 * unit, 18 * unit, 0, 0.75, 0.005};
    for (size_t row = 0; row < 7; ++row) {
      network.values[0][row * kCells + 30] = static_cast<float>(numbers[row]);
    }
    ExpectTheBox(network, {}, 0.75);
  }
}

TEST(DecodeTest, Yolov5InOneOutput) {
  for (const double unit : {1.0, 1.0 / 64}) {
    Network network;
    AddOutput(network, {1, 3 * kCells, 5 + kClasses}, 0.0F);
    const double numbers[] = {45 * unit, 20 * unit, 14 * unit, 18 * unit, 0.5, 0, 0.5, 0};
    for (size_t i = 0; i < 8; ++i) network.values[0][100 * 8 + i] = static_cast<float>(numbers[i]);
    ExpectTheBox(network, {}, 0.25);
  }
}

TEST(DecodeTest, YoloxInOneOutputDecodedAndNot) {
  Network decoded;
  AddOutput(decoded, {1, kCells, 5 + kClasses}, 0.0F);
  const double pixels[] = {45, 20, 14, 18, 0.5, 0, 0.5, 0};
  for (size_t i = 0; i < 8; ++i) decoded.values[0][kCell * 8 + i] = static_cast<float>(pixels[i]);
  ExpectTheBox(decoded, {}, 0.25);

  Network offsets;
  AddOutput(offsets, {1, kCells, 5 + kClasses}, 0.0F);
  const double cells[] = {45.0 / 8 - kX, 20.0 / 8 - kY, std::log(14.0 / 8), std::log(18.0 / 8), 0.5, 0, 0.5, 0};
  for (size_t i = 0; i < 8; ++i) offsets.values[0][kCell * 8 + i] = static_cast<float>(cells[i]);
  ExpectTheBox(offsets, {}, 0.25);
}

// The numbers of an anchor of YOLOv5 (the second of stride 8, 16 x 30), in front of a Sigmoid.
std::vector<float> AnchorNumbers() {
  return {Logit((45.0 / 8 - kX + 0.5) / 2),
          Logit((20.0 / 8 - kY + 0.5) / 2),
          Logit(std::sqrt(14.0 / 16) / 2),
          Logit(std::sqrt(18.0 / 30) / 2),
          Logit(0.5),
          kFarBelow,
          Logit(0.5),
          kFarBelow};
}

TEST(DecodeTest, Yolov5Maps) {
  Network network;
  AddOutput(network, {1, 3 * 8, 8, 8}, kFarBelow);
  for (size_t i = 0; i < 8; ++i) network.values[0][(8 + i) * 64 + kCell] = AnchorNumbers()[i];
  ExpectTheBox(network, {"yolov5", 0}, 0.25);

  Network apart;
  AddOutput(apart, {1, 3, 8, 8, 8}, kFarBelow);
  for (size_t i = 0; i < 8; ++i) apart.values[0][(64 + kCell) * 8 + i] = AnchorNumbers()[i];
  ExpectTheBox(apart, {"yolov5", 0}, 0.25);
}

TEST(DecodeTest, Yolov5MapsBehindASigmoid) {
  Network network;
  AddOutput(network, {1, 3 * 8, 8, 8}, 0.0F);
  for (size_t i = 0; i < 8; ++i) {
    network.values[0][(8 + i) * 64 + kCell] = 1.0F / (1.0F + std::exp(-AnchorNumbers()[i]));
  }
  ExpectTheBox(network, {"yolov5", 0}, 0.25);
}

// Distances of the four sides from the middle of the cell (44, 20), in cells: left 6/8, top 9/8, right 8/8, bottom 9/8.
void SetDistances(std::vector<float>& map) {
  const double distances[] = {6.0 / 8, 9.0 / 8, 8.0 / 8, 9.0 / 8};
  for (size_t side = 0; side < 4; ++side) {
    // Two neighbouring bins share the weight so that the mean is the distance.
    const auto lower = static_cast<size_t>(distances[side]);
    const double share = distances[side] - static_cast<double>(lower);
    for (size_t bin = 0; bin < 16; ++bin) map[(side * 16 + bin) * 64 + kCell] = -50.0F;
    map[(side * 16 + lower) * 64 + kCell] = static_cast<float>(std::log(1.0 - share));
    if (share > 0) map[(side * 16 + lower + 1) * 64 + kCell] = static_cast<float>(std::log(share));
  }
}

TEST(DecodeTest, Yolov8Maps) {
  Network together;
  AddOutput(together, {1, 64 + kClasses, 8, 8}, kFarBelow);
  SetDistances(together.values[0]);
  together.values[0][65 * 64 + kCell] = Logit(0.75);
  ExpectTheBox(together, {"yolov8", 0}, 0.75);

  Network apart;
  AddOutput(apart, {1, kClasses, 8, 8}, 0.0F);
  AddOutput(apart, {1, 64, 8, 8}, 0.0F);
  SetDistances(apart.values[1]);
  apart.values[0][64 + kCell] = 0.75F;  // probabilities already
  ExpectTheBox(apart, {}, 0.75);
}

TEST(DecodeTest, YoloxMaps) {
  const double cells[] = {45.0 / 8 - kX, 20.0 / 8 - kY, std::log(14.0 / 8), std::log(18.0 / 8)};
  Network together;
  AddOutput(together, {1, 5 + kClasses, 8, 8}, 0.0F);
  for (size_t i = 0; i < 4; ++i) together.values[0][i * 64 + kCell] = static_cast<float>(cells[i]);
  together.values[0][4 * 64 + kCell] = 0.5F;
  together.values[0][6 * 64 + kCell] = 0.5F;
  ExpectTheBox(together, {"yolox", 0}, 0.25);

  Network apart;
  AddOutput(apart, {1, 4, 8, 8}, 0.0F);
  AddOutput(apart, {1, 1, 8, 8}, kFarBelow);
  AddOutput(apart, {1, kClasses, 8, 8}, kFarBelow);
  for (size_t i = 0; i < 4; ++i) apart.values[0][i * 64 + kCell] = static_cast<float>(cells[i]);
  apart.values[1][kCell] = Logit(0.5);
  apart.values[2][64 + kCell] = Logit(0.5);
  ExpectTheBox(apart, {}, 0.25);
}

TEST(DecodeTest, EveryClassAboveTheConfidenceOrTheBestAlone) {
  Network network;
  AddOutput(network, {1, 4 + kClasses, kCells}, 0.0F);
  const float numbers[] = {45, 20, 14, 18, 0.5F, 0.75F, 0.25F};
  for (size_t row = 0; row < 7; ++row) network.values[0][row * kCells + 30] = numbers[row];
  const Head head = RecognizeHead({"net", kSize, network.shapes}, {});
  run::OutputTensor output;
  output.values = network.values[0];
  const std::vector<Detection> all = Candidates(head, {output}, kSize, {0.3F, false});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].label, 0);
  EXPECT_EQ(all[1].label, 1);
  const std::vector<Detection> best = Candidates(head, {output}, kSize, {0.3F, true});
  ASSERT_EQ(best.size(), 1U);
  EXPECT_EQ(best[0].label, 1);
}

}  // namespace
}  // namespace lockstep::evaluate
