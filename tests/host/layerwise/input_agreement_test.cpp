// Pictures of three channels and two pixels, each relation by hand.
#include "layerwise/input_agreement.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lockstep::layerwise {
namespace {

using engine::FloatTensor;

InputAgreement Compared(const FloatTensor& network, const FloatTensor& model, bool channels_last = false) {
  return CompareInputs({SumInputs(network, model, channels_last)});
}

const FloatTensor kModel{{1, 3, 1, 2}, {1, 2, 30, 50, 600, 700}};

TEST(InputAgreement, TheSameIsTheSame) {
  const InputAgreement agreement = Compared(kModel, kModel);
  EXPECT_TRUE(std::isinf(agreement.sqnr_db));
  EXPECT_LT(agreement.reversed_sqnr_db, 10.0);
}

TEST(InputAgreement, ReversedChannelsAreSeen) {
  const FloatTensor network{{1, 3, 1, 2}, {600, 700, 30, 50, 1, 2}};
  const InputAgreement agreement = Compared(network, kModel);
  EXPECT_LT(agreement.sqnr_db, 0.0);
  EXPECT_TRUE(std::isinf(agreement.reversed_sqnr_db));
}

TEST(InputAgreement, ChannelsLast) {
  const FloatTensor model{{1, 1, 2, 3}, {1, 30, 600, 2, 50, 700}};
  const FloatTensor network{{1, 1, 2, 3}, {600, 30, 1, 700, 50, 2}};
  EXPECT_TRUE(std::isinf(Compared(network, model, true).reversed_sqnr_db));
}

TEST(InputAgreement, GainAndOffsetOfEachChannelAreFound) {
  // 2 x + 1, 0.5 x - 3, x
  const FloatTensor network{{1, 3, 1, 2}, {3, 5, 12, 22, 600, 700}};
  const InputAgreement agreement = Compared(network, kModel);
  EXPECT_LT(agreement.sqnr_db, 40.0);
  EXPECT_GT(agreement.fitted_sqnr_db, 100.0);
  ASSERT_EQ(agreement.fit.size(), 3u);
  EXPECT_NEAR(agreement.fit[0].gain, 2.0, 1e-9);
  EXPECT_NEAR(agreement.fit[0].offset, 1.0, 1e-9);
  EXPECT_NEAR(agreement.fit[1].gain, 0.5, 1e-9);
  EXPECT_NEAR(agreement.fit[1].offset, -3.0, 1e-9);
}

TEST(InputAgreement, AChannelOfOneValueHasAnOffsetAlone) {
  const FloatTensor model{{1, 1, 1, 2}, {5, 5}};
  const FloatTensor network{{1, 1, 1, 2}, {8, 8}};
  const InputAgreement agreement = Compared(network, model);
  EXPECT_EQ(agreement.fit.at(0).gain, 1.0);
  EXPECT_EQ(agreement.fit.at(0).offset, 3.0);
}

// A network that gives each picture a gain of its own is explained by no mean and std.
TEST(InputAgreement, AGainThatDiffersFromPictureToPictureIsNone) {
  const FloatTensor doubled{{1, 3, 1, 2}, {2, 4, 60, 100, 1200, 1400}};
  const FloatTensor halved{{1, 3, 1, 2}, {0.5F, 1, 15, 25, 300, 350}};
  const InputSums first = SumInputs(doubled, kModel, false);
  const InputSums second = SumInputs(halved, kModel, false);
  EXPECT_GT(CompareInputs({first}).fitted_sqnr_db, 100.0);
  EXPECT_GT(CompareInputs({second}).fitted_sqnr_db, 100.0);
  EXPECT_LT(CompareInputs({first, second}).fitted_sqnr_db, 10.0);
}

// Two pictures of one value each: 5 is 8, 10 is 18.
TEST(InputAgreement, PicturesTogetherShowTheGain) {
  const auto one = [](float network, float model) {
    return SumInputs({{1, 1, 1, 2}, {network, network}}, {{1, 1, 1, 2}, {model, model}}, false);
  };
  const InputAgreement agreement = CompareInputs({one(8, 5), one(18, 10)});
  EXPECT_NEAR(agreement.fit.at(0).gain, 2.0, 1e-9);
  EXPECT_NEAR(agreement.fit.at(0).offset, -2.0, 1e-9);
  EXPECT_GT(agreement.fitted_sqnr_db, 100.0);
  // The worst picture counts: 8 of 18, where the other has 3 of 8.
  EXPECT_NEAR(agreement.sqnr_db, 20.0 * std::log10(18.0 / 8.0), 1e-9);
}

}  // namespace
}  // namespace lockstep::layerwise
