// Pixels into the first tensor.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/reference/reference_engine.h"
#include "lower/lower.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

TEST(LowerInterface, ChannelsWithDifferentMeansGetATable) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 6, 6});
  builder.Output(builder.Conv(x, 4, 1));
  QuantizedSample sample = QuantizePlainly(builder.graph(), {});
  quantize::InputPreprocess& preprocess = sample.quantized.preprocess[x];
  preprocess.mean = {100.0F, 110.0F, 120.0F};
  preprocess.std = {50.0F, 60.0F, 70.0F};
  sample.quantized.formats[x] = quantize::AffineParams{0.02, 100, 8};
  const std::vector<uint8_t> file = lower::Lower(sample.quantized, {});
  engine::ReferenceEngine engine(file.data(), file.size());
  ASSERT_EQ(engine.model().layers()->Get(0)->options_type(), joint::Options::ChannelLookup);
  engine.Run(sample.input_bytes,
             [&](int index, int, const joint::Layer&, const joint::Tensor& output, const uint8_t* data) {
               if (index != 0) return;
               for (size_t i = 0; i < output.bytes(); ++i) {
                 const size_t c = i % 3;
                 const double real = (sample.input_bytes[0][i] - preprocess.mean[c]) / preprocess.std[c];
                 ASSERT_NEAR(0.02 * (data[i] - 100), std::min(std::max(real, -2.0), 3.1), 0.0101) << i;
               }
             });
  EXPECT_EQ(engine.model().inputs()->Get(0)->mean()->Get(2), 120.0F);
}

TEST(LowerInterface, EqualMeansNeedNoTable) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 6, 6});
  builder.Output(builder.Conv(x, 4, 1));
  QuantizedSample sample = QuantizePlainly(builder.graph(), {});
  sample.quantized.preprocess[x].mean = {127.5F};
  sample.quantized.preprocess[x].std = {127.5F};
  sample.quantized.formats[x] = quantize::AffineParams{static_cast<float>(1.0 / 127.5), 128, 8};
  const std::vector<uint8_t> file = lower::Lower(sample.quantized, {});
  EXPECT_EQ(engine::ReferenceEngine(file.data(), file.size()).model().layers()->Get(0)->options_type(),
            joint::Options::Conv);
}

}  // namespace
}  // namespace lockstep::test
