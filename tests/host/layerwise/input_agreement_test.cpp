// Pictures of three channels and two pixels, each relation by hand.
#include "layerwise/input_agreement.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lockstep::layerwise {
namespace {

using engine::FloatTensor;

const FloatTensor kModel{{1, 3, 1, 2}, {1, 2, 30, 50, 600, 700}};

TEST(InputAgreement, TheSameIsTheSame) {
  const InputAgreement agreement = CompareInputs(kModel, kModel, false);
  EXPECT_TRUE(std::isinf(agreement.sqnr_db));
  EXPECT_LT(agreement.reversed_sqnr_db, 10.0);
}

TEST(InputAgreement, ReversedChannelsAreSeen) {
  const FloatTensor network{{1, 3, 1, 2}, {600, 700, 30, 50, 1, 2}};
  const InputAgreement agreement = CompareInputs(network, kModel, false);
  EXPECT_LT(agreement.sqnr_db, 0.0);
  EXPECT_TRUE(std::isinf(agreement.reversed_sqnr_db));
}

TEST(InputAgreement, ChannelsLast) {
  const FloatTensor model{{1, 1, 2, 3}, {1, 30, 600, 2, 50, 700}};
  const FloatTensor network{{1, 1, 2, 3}, {600, 30, 1, 700, 50, 2}};
  EXPECT_TRUE(std::isinf(CompareInputs(network, model, true).reversed_sqnr_db));
}

TEST(InputAgreement, GainAndOffsetOfEachChannelAreFound) {
  // 2 x + 1, 0.5 x - 3, x
  const FloatTensor network{{1, 3, 1, 2}, {3, 5, 12, 22, 600, 700}};
  const InputAgreement agreement = CompareInputs(network, kModel, false);
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
  const InputAgreement agreement = CompareInputs(network, model, false);
  EXPECT_EQ(agreement.fit.at(0).gain, 1.0);
  EXPECT_EQ(agreement.fit.at(0).offset, 3.0);
}

}  // namespace
}  // namespace lockstep::layerwise
