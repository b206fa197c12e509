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

// What the first layer makes of an input of this type, whose bytes are numbered.
std::vector<uint8_t> FirstLayer(quantize::InputPreprocess::Type type, const quantize::AffineParams& params,
                                joint::Options expected, const std::vector<uint8_t>& bytes) {
  GraphBuilder builder;
  const auto x = builder.Input(
      "x", {1, static_cast<int64_t>(bytes.size() / (type == quantize::InputPreprocess::Type::kS8 ? 1 : 2))});
  builder.Output(builder.Node("Relu", {x}));
  QuantizedSample sample = QuantizePlainly(builder.graph(), {});
  sample.quantized.preprocess[x].type = type;
  sample.quantized.formats[x] = params;
  const std::vector<uint8_t> file = lower::Lower(sample.quantized, {});
  engine::ReferenceEngine engine(file.data(), file.size());
  EXPECT_EQ(engine.model().layers()->Get(0)->options_type(), expected);
  EXPECT_EQ(engine.model().inputs()->Get(0)->kind(), joint::InputKind::Tensor);
  std::vector<uint8_t> made;
  engine.Run({bytes}, [&](int index, int, const joint::Layer&, const joint::Tensor& output, const uint8_t* data) {
    if (index == 0) made.assign(data, data + output.bytes());
  });
  return made;
}

TEST(LowerInterface, SignedNumbersKeepTheirSign) {
  using Type = quantize::InputPreprocess::Type;
  EXPECT_EQ(FirstLayer(Type::kS8, {1.0, 128, 8}, joint::Options::Rescale, {0, 1, 127, 128, 255}),
            (std::vector<uint8_t>{128, 129, 255, 0, 127}));
  // -32768, -1, 0, 256 and 32767 in steps of 256, half up
  EXPECT_EQ(FirstLayer(Type::kS16, {256.0, 128, 8}, joint::Options::Rescale, {0, 128, 255, 255, 0, 0, 0, 1, 255, 127}),
            (std::vector<uint8_t>{0, 128, 128, 129, 255}));
  EXPECT_EQ(FirstLayer(Type::kU16, {256.0, 0, 8}, joint::Options::Rescale, {0, 0, 128, 0, 0, 1, 255, 255}),
            (std::vector<uint8_t>{0, 1, 1, 255}));
}

TEST(LowerInterface, ARawOutputStaysAsItIsInEitherOrder) {
  for (const bool physical : {false, true}) {
    GraphBuilder builder;
    const auto x = builder.Input("x", {1, 3, 6, 4});
    const auto y = builder.Conv(x, 5, 1);
    builder.Output(y);
    QuantizedSample sample = QuantizePlainly(builder.graph(), {});
    sample.quantized.outputs[y] = {true, physical};
    const std::vector<uint8_t> file = lower::Lower(sample.quantized, {});
    const engine::ReferenceEngine engine(file.data(), file.size());
    const joint::Tensor& output = *engine.model().tensors()->Get(engine.model().outputs()->Get(0)->tensor());
    EXPECT_EQ(output.dtype(), joint::DType::U8);
    const std::vector<int32_t> shape(output.shape()->begin(), output.shape()->end());
    EXPECT_EQ(shape, physical ? (std::vector<int32_t>{1, 6, 4, 5}) : (std::vector<int32_t>{1, 5, 6, 4}));
  }
}

}  // namespace
}  // namespace lockstep::test
