// Every layer of whole networks has the same bytes with every instruction set of this CPU and any number of threads.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "lockstep/cpu.h"
#include "lockstep/md5.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "support/joint_models.h"

namespace lockstep {
namespace {

constexpr int kThreads[] = {1, 2, 3, 8};

class RecordLayers final : public RunHook {
 public:
  Status AfterLayer(Session& session, int32_t layer) override {
    Md5 md5;
    for (int32_t i = 0; i < session.model().layer_output_count(layer); ++i) {
      session.layer_output_rows(layer, i).ForEach([&](const uint8_t* row, size_t bytes) { md5.Update(row, bytes); });
    }
    digests.emplace_back(ToText(md5.Finish().data()).data());
    kernels.emplace_back(session.kernel_name(layer));
    return Status::Ok();
  }

  std::vector<std::string> digests, kernels;
};

// Every instruction set alone, and all of them as a program without LOCKSTEP_ISA has them (an empty text).
std::vector<std::string> InstructionSets() {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < 32; ++i) {
    const Isa isa = static_cast<Isa>(i);
    if ((DetectIsa() & IsaBit(isa)) != 0) names.emplace_back(IsaName(isa));
  }
  if (names.size() > 1) names.emplace_back();
  return names;
}

RecordLayers RunLayers(const Model& model, const std::string& isa, int threads) {
  RecordLayers record;
  EXPECT_EQ(setenv("LOCKSTEP_ISA", isa.c_str(), 1), 0);
  SessionOptions options;
  options.threads = threads;
  Result<Session> session = Session::Create(model, options);
  EXPECT_TRUE(session.ok()) << session.status().message();
  if (!session.ok()) return record;
  SeededBytes seeded(17);
  for (int32_t i = 0; i < model.input_count(); ++i) {
    const TensorInfo info = session.value().input_info(i);
    seeded.FillInput(info.dtype == DataType::kF32, session.value().input(i), info.bytes);
  }
  EXPECT_TRUE(session.value().Run(&record).ok());
  return record;
}

void ExpectSameBytes(const joint::ModelT& network) {
  const std::vector<uint8_t> file = test::Write(network);
  Result<Model> loaded = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(loaded.ok()) << network.name << ": " << loaded.status().message();
  const Model& model = loaded.value();
  const RecordLayers expected = RunLayers(model, "portable", 1);
  ASSERT_EQ(expected.digests.size(), network.layers.size());
  for (const std::string& isa : InstructionSets()) {
    for (const int threads : kThreads) {
      const RecordLayers got = RunLayers(model, isa, threads);
      ASSERT_EQ(got.digests.size(), expected.digests.size());
      for (size_t i = 0; i < got.digests.size(); ++i) {
        ASSERT_EQ(got.digests[i], expected.digests[i])
            << network.name << ", layer " << i << " '" << model.layer(static_cast<int32_t>(i)).name << "', kernel "
            << got.kernels[i] << ", LOCKSTEP_ISA='" << isa << "', " << threads << " threads";
      }
    }
  }
  unsetenv("LOCKSTEP_ISA");
}

TEST(SameBytes, SmallNetworksOfEveryOperator) {
  ExpectSameBytes(test::SmallNetwork());
  ExpectSameBytes(test::WideNetwork());
  ExpectSameBytes(test::TransposedNetwork());
  ExpectSameBytes(test::ViewNetwork());
  ExpectSameBytes(test::FloatNetwork());
  ExpectSameBytes(test::FloatTransposedNetwork());
}

TEST(SameBytes, RandomNetworks) {
  for (uint64_t seed = 1; seed <= 20; ++seed) ExpectSameBytes(test::RandomNetwork(seed));
  for (uint64_t seed = 1; seed <= 5; ++seed) ExpectSameBytes(test::RandomFloatNetwork(seed));
}

TEST(SameBytes, Residual) { ExpectSameBytes(test::ResidualNetwork()); }
TEST(SameBytes, Mobile) { ExpectSameBytes(test::MobileNetwork()); }
TEST(SameBytes, Detector) { ExpectSameBytes(test::DetectorNetwork()); }
TEST(SameBytes, Attention) { ExpectSameBytes(test::AttentionNetwork()); }

}  // namespace
}  // namespace lockstep
