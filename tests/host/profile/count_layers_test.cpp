// The plugin that counts instructions, in the emulator of this PC's own CPU, with the run_joint_profile of this build.
#include <gtest/gtest.h>

#include "boards/process.h"
#include "graph/error.h"
#include "profile/run_profile.h"
#include "support/joint_models.h"
#include "support/temporary_test_folder.h"

namespace lockstep::profile {
namespace {

class CountLayersTest : public testing::FolderTest {
 protected:
  // Of one run; empty where there is no emulator.
  std::vector<uint64_t> Count(const joint::ModelT& model, const std::vector<std::string>& more = {}) {
    const std::vector<uint8_t> file = test::Write(model);
    WriteText(Path("net.joint"), std::string(file.begin(), file.end()));
    std::vector<std::string> command = {"qemu-x86_64", "-plugin", LOCKSTEP_COUNTER ",out=" + Path("counts").string(),
                                        LOCKSTEP_RUN_JOINT};
    command.insert(command.end(), more.begin(), more.end());
    command.push_back(Path("net.joint").string());
    const boards::ProcessResult result = boards::RunProcess(command, {}, std::chrono::seconds(60));
    if (result.status == 127) return {};
    EXPECT_EQ(result.status, 0) << result.err;
    return ReadCounts(ReadText(Path("counts")), model.layers.size(), "qemu-x86_64");
  }
};

// A convolution of so many rows and columns.
joint::ModelT OfSize(int size, int copies = 1) {
  test::NetworkBuilder net(5, "sized");
  int x = net.Input({1, size, size, 8});
  for (int i = 0; i < copies; ++i) x = net.Rescale(x, joint::DType::U8);
  net.Output(net.Dequantize(net.Conv(x, {})));
  return net.Finish();
}

TEST_F(CountLayersTest, TwoRunsGiveTheSameCounts) {
  const std::vector<uint64_t> first = Count(test::SmallNetwork());
  if (first.empty()) GTEST_SKIP() << "there is no qemu-x86_64; scripts/setup.sh installs it";
  for (const uint64_t count : first) EXPECT_GT(count, 0U);
  EXPECT_EQ(Count(test::SmallNetwork()), first);
}

TEST_F(CountLayersTest, CountsAreThoseOfTheWork) {
  const std::vector<uint64_t> small = Count(OfSize(16));
  if (small.empty()) GTEST_SKIP() << "there is no qemu-x86_64; scripts/setup.sh installs it";
  const std::vector<uint64_t> large = Count(OfSize(64));
  ASSERT_EQ(large.size(), small.size());
  // Sixteen times the pixels: what is done once for a layer or a row weighs less.
  for (size_t i = 0; i < small.size(); ++i) {
    const double ratio = static_cast<double>(large[i]) / static_cast<double>(small[i]);
    EXPECT_GT(ratio, 4.0) << "layer " << i;
    EXPECT_LT(ratio, 17.0) << "layer " << i;
  }
  // A layer has what it has wherever it stands.
  const std::vector<uint64_t> copies = Count(OfSize(16, 3), {"-w", "1"});
  EXPECT_EQ(copies.size(), 5U);
  EXPECT_EQ(copies[1], copies[0]);
  EXPECT_EQ(copies[2], copies[0]);
}

TEST_F(CountLayersTest, WarmUpRunsAreNotCounted) {
  // The first run has what the dynamic loader does at a function's first call.
  const std::vector<uint64_t> once = Count(OfSize(16), {"-w", "1"});
  if (once.empty()) GTEST_SKIP() << "there is no qemu-x86_64; scripts/setup.sh installs it";
  EXPECT_EQ(Count(OfSize(16), {"-w", "3"}), once);
  // Of several runs that count the plugin says so.
  EXPECT_THROW(Count(OfSize(16), {"-r", "2"}), BoardError);
}

}  // namespace
}  // namespace lockstep::profile
