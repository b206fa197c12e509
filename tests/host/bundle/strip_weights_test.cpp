// Networks with every operator, stripped: valid, computed alike by the reference engine and the runtime, and not the
// weights that they had.
#include "bundle/strip_weights.h"

#include <gtest/gtest.h>

#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "lower/joint_writer.h"
#include "run/model_runner.h"
#include "support/joint_models.h"
#include "support/temporary_test_folder.h"

namespace lockstep::bundle {
namespace {

class StripWeightsTest : public testing::FolderTest {
 protected:
  std::vector<uint8_t> Twin(const joint::ModelT& network, uint64_t seed = 1) {
    original_ = lower::WriteJoint(network);
    return StripWeights(*joint::GetModel(original_.data()), seed);
  }

  // All but weights is as it was.
  void ExpectSameStructure(const std::vector<uint8_t>& twin) const {
    const joint::Model& a = *joint::GetModel(original_.data());
    const joint::Model& b = *joint::GetModel(twin.data());
    ASSERT_EQ(a.layers()->size(), b.layers()->size());
    ASSERT_EQ(a.tensors()->size(), b.tensors()->size());
    EXPECT_EQ(a.arena_size(), b.arena_size());
    for (flatbuffers::uoffset_t i = 0; i < a.tensors()->size(); ++i) {
      joint::TensorT x, y;
      a.tensors()->Get(i)->UnPackTo(&x);
      b.tensors()->Get(i)->UnPackTo(&y);
      EXPECT_EQ(x.name, y.name);
      EXPECT_EQ(x.shape, y.shape);
      EXPECT_EQ(x.dtype, y.dtype);
      EXPECT_EQ(x.arena_offset, y.arena_offset);
      if (x.quantization) {
        EXPECT_EQ(x.quantization->scale, y.quantization->scale);
      }
    }
  }

  // Of constants with a range of values, few are what they were.
  void ExpectOtherConstants(const std::vector<uint8_t>& twin) const {
    const auto& before = *joint::GetModel(original_.data())->constants();
    const auto& after = *joint::GetModel(twin.data())->constants();
    for (flatbuffers::uoffset_t i = 0; i < before.size(); ++i) {
      const auto& a = *before.Get(i)->data();
      const auto& b = *after.Get(i)->data();
      ASSERT_EQ(a.size(), b.size());
      size_t counted = 0;
      size_t same = 0;
      for (flatbuffers::uoffset_t k = 0; k < a.size(); ++k) {
        if (a.Get(k) == 0) continue;  // paddings stay
        ++counted;
        same += a.Get(k) == b.Get(k);
      }
      if (counted < 64) continue;
      // The high bytes of floats and wide integers are alike by their range.
      EXPECT_LT(static_cast<double>(same), 0.6 * static_cast<double>(counted)) << "constant " << i;
    }
  }

  // One run of both engines on bytes of a seed.
  void ExpectEnginesAgree(const std::vector<uint8_t>& twin) {
    files::WriteFile(Path("twin.joint"), twin.data(), twin.size());
    const auto reference = run::OpenModel(Path("twin.joint"), run::EngineKind::kReference, {});
    const auto native = run::OpenModel(Path("twin.joint"), run::EngineKind::kNative, {});
    input::DataItem item;
    int number = 0;
    for (const input::InputInfo& info : reference->Inputs()) {
      std::string bytes(info.bytes(), '\0');
      if (info.layout.dtype != "f32") {
        for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 37 + i / 7);
      }
      const std::string file = "input" + std::to_string(number++) + ".bin";
      WriteText(Path(file), bytes);
      item.parts.push_back({{}, Path(file).string()});
    }
    const auto expected = reference->Run(item, nullptr);
    const auto actual = native->Run(item, nullptr);
    ASSERT_EQ(expected.size(), actual.size());
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(expected[i].bytes, actual[i].bytes) << expected[i].name;
  }

  void ExpectTwin(const joint::ModelT& network) {
    const std::vector<uint8_t> twin = Twin(network);
    ExpectSameStructure(twin);
    ExpectOtherConstants(twin);
    ExpectEnginesAgree(twin);
  }

  std::vector<uint8_t> original_;
};

TEST_F(StripWeightsTest, IntegerOperators) { ExpectTwin(test::SmallNetwork()); }
TEST_F(StripWeightsTest, WideOperators) { ExpectTwin(test::WideNetwork()); }
TEST_F(StripWeightsTest, TransposedConvolutions) { ExpectTwin(test::TransposedNetwork()); }
TEST_F(StripWeightsTest, FloatTransposedConvolutions) { ExpectTwin(test::FloatTransposedNetwork()); }
TEST_F(StripWeightsTest, FloatOperators) { ExpectTwin(test::FloatNetwork()); }

TEST_F(StripWeightsTest, RandomNetworks) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    ExpectTwin(test::RandomNetwork(seed));
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
}

TEST_F(StripWeightsTest, TheSeedDecidesAndNothingOfTheSourceIsLeft) {
  joint::ModelT network = test::SmallNetwork();
  network.source_digest = std::string(32, 'a');
  network.calibration_digest = std::string(32, 'b');
  const std::vector<uint8_t> one = Twin(network, 1);
  EXPECT_EQ(one, Twin(network, 1));
  EXPECT_NE(one, Twin(network, 2));
  const joint::Model& twin = *joint::GetModel(one.data());
  EXPECT_TRUE(twin.source_digest() == nullptr || twin.source_digest()->size() == 0);
  EXPECT_TRUE(twin.calibration_digest() == nullptr || twin.calibration_digest()->size() == 0);
  EXPECT_TRUE(twin.test_vectors() == nullptr || twin.test_vectors()->size() == 0);
}

}  // namespace
}  // namespace lockstep::bundle
