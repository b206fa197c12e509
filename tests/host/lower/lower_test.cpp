// The file that lowering makes.
#include "lower/lower.h"

#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;

TEST(Lower, EqualConstantsAreStoredOnce) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 4, 8, 8});
  const std::vector<float> values = builder.Random(256);
  const auto a = builder.Node("Add", {x, builder.Constant({1, 4, 8, 8}, values)});
  builder.Output(builder.Node("Add", {a, builder.Constant({1, 4, 8, 8}, values)}));
  EXPECT_EQ(LowerPlainly(builder).engine->model().constants()->size(), 1U);
}

TEST(Lower, TestVectorsHoldTheDigestOfEveryLayer) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  builder.Output(builder.Conv(x, 4, 3));
  const QuantizedSample sample = QuantizePlainly(builder.graph(), {});
  lower::LowerOptions options;
  options.seed = 42;
  options.test_inputs = sample.input_bytes;
  const std::vector<uint8_t> file = lower::Lower(sample.quantized, options);
  const joint::Model& model = *joint::GetModel(file.data());
  ASSERT_EQ(model.test_vectors()->size(), 2U);
  EXPECT_EQ(model.test_vectors()->Get(0)->seed(), 42U);
  EXPECT_EQ(model.test_vectors()->Get(0)->layer_digests()->size(), model.layers()->size());
  EXPECT_EQ(model.test_vectors()->Get(1)->inputs()->Get(0)->data()->size(), sample.input_bytes[0].size());
  options.seeded_test_vector = false;
  options.test_inputs.clear();
  const std::vector<uint8_t> without = lower::Lower(sample.quantized, options);
  EXPECT_TRUE(joint::GetModel(without.data())->test_vectors() == nullptr);
}

TEST(Lower, IsReproducible) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  builder.Output(builder.Conv(builder.Conv(x, 8, 3, 1, 1, ActivationKind::kSilu), 4, 3));
  const QuantizedSample sample = QuantizePlainly(builder.graph(), {});
  EXPECT_EQ(lower::Lower(sample.quantized, {}), lower::Lower(sample.quantized, {}));
}

}  // namespace
}  // namespace lockstep::test
