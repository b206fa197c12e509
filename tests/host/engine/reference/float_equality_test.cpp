// The runtime's float kernels against the reference engine's loops: every layer of random networks, byte by byte.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "engine/reference/reference_engine.h"
#include "lockstep/runtime.h"
#include "support/joint_models.h"

namespace lockstep::test {
namespace {

using LayerOutputs = std::vector<std::vector<std::vector<uint8_t>>>;  // by layer and output

class CompareLayers final : public RunHook {
 public:
  explicit CompareLayers(const LayerOutputs& expected) : expected_(expected) {}

  Status AfterLayer(Session& session, int32_t layer) override {
    const auto& outputs = expected_[static_cast<size_t>(layer)];
    EXPECT_EQ(static_cast<size_t>(session.model().layer_output_count(layer)), outputs.size());
    for (size_t i = 0; i < outputs.size(); ++i) CompareOutput(session, layer, static_cast<int32_t>(i), outputs[i]);
    return Status::Ok();
  }

 private:
  void CompareOutput(const Session& session, int32_t layer, int32_t output, const std::vector<uint8_t>& expected) {
    std::vector<uint8_t> data(expected.size());
    session.layer_output_rows(layer, output).CopyTo(data.data());
    for (size_t i = 0; i < expected.size() && !failed_; ++i) {
      if (data[i] == expected[i]) continue;
      failed_ = true;
      ADD_FAILURE() << "layer " << layer << " '" << session.model().layer(layer).name << "' ("
                    << session.model().layer(layer).op << ", " << session.kernel_name(layer) << "), output " << output
                    << ", differs first at byte " << i << " of " << expected.size() << ": reference "
                    << int{expected[i]} << ", runtime " << int{data[i]};
    }
  }

  const LayerOutputs& expected_;
  bool failed_ = false;
};

void ExpectEqualLayers(const std::vector<uint8_t>& file, uint32_t seed, int threads) {
  engine::ReferenceEngine reference(file.data(), file.size());
  std::mt19937 random(seed);
  std::vector<uint8_t> input(reference.model().tensors()->Get(reference.model().inputs()->Get(0)->tensor())->bytes());
  for (uint8_t& byte : input) byte = static_cast<uint8_t>(random() & 255U);
  LayerOutputs layers(reference.model().layers()->size());
  reference.Run({input}, [&](int layer, int, const joint::Layer&, const joint::Tensor& output, const uint8_t* data) {
    layers[static_cast<size_t>(layer)].emplace_back(data, data + output.bytes());
  });
  Result<Model> model = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(model.ok()) << model.status().message();
  SessionOptions options;
  options.threads = threads;
  Result<Session> session = Session::Create(model.value(), options);
  ASSERT_TRUE(session.ok()) << session.status().message();
  std::memcpy(session.value().input(0), input.data(), input.size());
  CompareLayers compare(layers);
  const Status status = session.value().Run(&compare);
  ASSERT_TRUE(status.ok()) << status.message();
}

TEST(FloatEquality, EveryOperator) { ExpectEqualLayers(Write(FloatNetwork()), 2, 2); }

TEST(FloatEquality, RandomNetworks) {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ExpectEqualLayers(Write(RandomFloatNetwork(seed, 14)), seed, 1 + static_cast<int>(seed % 3));
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace lockstep::test
