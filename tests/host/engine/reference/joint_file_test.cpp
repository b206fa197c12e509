// What the reference engine refuses, and how it says so.
#include "engine/reference/joint_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "engine/reference/reference_engine.h"
#include "graph/error.h"
#include "support/joint_models.h"

namespace lockstep::test {
namespace {

std::string Refusal(const std::vector<uint8_t>& file, bool check_digest = true) {
  try {
    engine::CheckJointFile(file.data(), file.size(), check_digest);
  } catch (const BadInput& error) {
    return error.what();
  } catch (const UnsupportedModel& error) {
    return std::string("unsupported: ") + error.what();
  }
  return "accepted";
}

std::string RefusalAfter(const std::function<void(joint::ModelT&)>& damage) {
  joint::ModelT model = SmallNetwork();
  damage(model);
  return Refusal(Write(model));
}

TEST(JointFile, AcceptsValidModels) {
  EXPECT_EQ(Refusal(Write(SmallNetwork())), "accepted");
  for (uint64_t seed = 1; seed <= 20; ++seed) EXPECT_EQ(Refusal(Write(RandomNetwork(seed))), "accepted") << seed;
}

TEST(JointFile, RefusesAnyFlippedByte) {
  const std::vector<uint8_t> file = Write(SmallNetwork());
  for (size_t i = 0; i < file.size(); i += 37) {
    std::vector<uint8_t> damaged = file;
    damaged[i] ^= 0x10;
    EXPECT_NE(Refusal(damaged), "accepted") << "byte " << i;
  }
}

TEST(JointFile, RefusesCuts) {
  const std::vector<uint8_t> file = Write(SmallNetwork());
  for (const size_t size : {size_t{0}, size_t{7}, size_t{63}, file.size() / 2, file.size() - 1}) {
    EXPECT_NE(Refusal(std::vector<uint8_t>(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size))), "accepted")
        << "cut to " << size;
  }
}

TEST(JointFile, NamesVersionAndContract) {
  const std::string version = RefusalAfter([](joint::ModelT& m) { m.format_version = 99; });
  EXPECT_EQ(version.rfind("unsupported: format_version: the model has 99", 0), 0U) << version;
  const std::string old = RefusalAfter([](joint::ModelT& m) { m.format_version = 1; });
  EXPECT_EQ(old, "unsupported: format version 1 is no longer read; build the model again with 'lockstep build'");
  const std::string layer = RefusalAfter([](joint::ModelT& m) { m.layers[1]->version = 3; });
  EXPECT_NE(layer.find("version 3 of Conv is unknown to this lockstep; upgrade it"), std::string::npos) << layer;
  const std::string contract = RefusalAfter([](joint::ModelT& m) { m.contract = "rq2"; });
  EXPECT_EQ(contract.rfind("unsupported: contract: the model needs 'rq2'", 0), 0U) << contract;
}

TEST(JointFile, SkipsTheDigestAndNothingElse) {
  const auto with_stale_digest = [](const std::function<void(joint::ModelT&)>& change) {
    joint::ModelT model = SmallNetwork();
    change(model);
    std::vector<uint8_t> file = Write(model);
    const std::string text = model.compiler_version;
    const auto at = std::search(file.begin(), file.end(), text.begin(), text.end());
    if (text.empty() || at == file.end()) throw std::logic_error("no compiler version to change");
    *at ^= 1;
    return file;
  };
  const std::vector<uint8_t> valid = with_stale_digest([](joint::ModelT&) {});
  EXPECT_NE(Refusal(valid).find("digest"), std::string::npos);
  EXPECT_EQ(Refusal(valid, false), "accepted");
  const std::vector<uint8_t> wrong =
      with_stale_digest([](joint::ModelT& m) { FirstOptions<joint::ConvT>(m)->stride_h = 0; });
  EXPECT_NE(Refusal(wrong, false), "accepted");
  const std::vector<uint8_t> other = with_stale_digest([](joint::ModelT& m) { m.contract = "rq2"; });
  EXPECT_NE(Refusal(other, false).find("'rq2'"), std::string::npos);
}

TEST(JointFile, NamesTheLayerWhoseStructureIsWrong) {
  joint::ModelT valid = SmallNetwork();
  const std::string conv_name = FirstLayer<joint::ConvT>(valid)->name;
  const auto wrong_conv = [](joint::ModelT& m) { FirstOptions<joint::ConvT>(m)->stride_h = 0; };
  EXPECT_NE(RefusalAfter(wrong_conv).find(conv_name), std::string::npos);
  EXPECT_NE(RefusalAfter([](joint::ModelT& m) { FirstOptions<joint::ConvT>(m)->shift.pop_back(); }), "accepted");
  EXPECT_NE(RefusalAfter([](joint::ModelT& m) { FirstOptions<joint::ResizeT>(m)->rows[0] = 1000; }), "accepted");
  EXPECT_NE(RefusalAfter([](joint::ModelT& m) { FirstOptions<joint::SliceT>(m)->step[1] = 99; }), "accepted");
  EXPECT_NE(RefusalAfter([](joint::ModelT& m) { FirstOptions<joint::TransposeT>(m)->perm[0] = 7; }), "accepted");
  EXPECT_NE(RefusalAfter([](joint::ModelT& m) { FirstOptions<joint::LookupT>(m)->table.pop_back(); }), "accepted");
  EXPECT_NE(RefusalAfter([](joint::ModelT& m) { FirstOptions<joint::MulT>(m)->shift = 40; }), "accepted");
  EXPECT_NE(RefusalAfter([](joint::ModelT& m) { m.layers[1]->inputs[0] = m.layers[1]->outputs[0]; }), "accepted");
  EXPECT_NE(RefusalAfter([](joint::ModelT& m) { m.layers[1]->inputs[0] = 100000; }), "accepted");
  EXPECT_NE(RefusalAfter([](joint::ModelT& m) { m.tensors[0]->shape[1] += 1; }), "accepted");
}

// Whatever the digest says: host code indexes with axes.
TEST(JointFile, RefusesAxesThatAreNoPermutation) {
  for (const std::vector<uint8_t>& axes : std::vector<std::vector<uint8_t>>{{0}, {0, 2, 3, 200}, {0, 1, 2, 2}, {}}) {
    const std::string refusal = RefusalAfter([&](joint::ModelT& m) { m.tensors[m.inputs[0]->tensor]->axes = axes; });
    if (axes.empty()) {
      EXPECT_EQ(refusal, "accepted");  // the same order
    } else {
      EXPECT_NE(refusal.find("axes"), std::string::npos) << refusal;
    }
  }
}

TEST(JointFile, ReadingNamesThePath) {
  try {
    engine::ReadJointFile("/no/such/model.joint");
    FAIL() << "a missing file was read";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("/no/such/model.joint"), std::string::npos);
  }
  const std::string empty = testing::TempDir() + "lockstep_empty.joint";
  std::ofstream(empty).close();
  EXPECT_THROW(engine::ReadJointFile(empty), BadInput);
  std::remove(empty.c_str());
}

TEST(ReferenceEngine, ChecksInputSizes) {
  const std::vector<uint8_t> file = Write(RandomNetwork(3));
  engine::ReferenceEngine engine(file.data(), file.size());
  EXPECT_THROW(engine.Run({}), UsageError);
  EXPECT_THROW(engine.Run({{1, 2, 3}}), UsageError);
}

}  // namespace
}  // namespace lockstep::test
