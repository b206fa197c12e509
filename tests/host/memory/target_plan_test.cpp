#include "memory/target_plan.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "files/output_file.h"
#include "graph/error.h"
#include "memory/report.h"
#include "support/joint_models.h"
#include "support/temporary_test_folder.h"

namespace lockstep::memory {
namespace {

using nlohmann::ordered_json;

Plan SomePlan() {
  Plan plan;
  plan.file_bytes = 1024;
  plan.arena_bytes = 2048;
  plan.threads = 2;
  plan.session.scratch_bytes = 7;
  plan.session.kernels = {"portable", "avx2"};
  plan.layers = {{"a", "Conv", {}, {0}, 2000}};
  plan.tensors = {{0, "t", "u8", {1, 2000}, 2000, 0, 0, 0, 0, true, true}};
  plan.blocks = {{0, 2000, 0, 0}};
  return plan;
}

const char* const kPrinted = R"(run_joint   release build of lockstep 0.1.0 for armv7
kernels     portable neon
model       plan, 1 layers
plan        {"threads":2,"model_file":1024,"arena":2048,"scratch":640,"tables":64,"peak":3776}
dry run     loaded and planned, nothing was run
)";

TEST(ReadSessionPlan, TakesWhatTheProgramPrinted) {
  const SessionPlan session = ReadSessionPlan(kPrinted, SomePlan(), "run_joint_release");
  EXPECT_EQ(session.scratch_bytes, 640U);
  EXPECT_EQ(session.table_bytes, 64U);
  EXPECT_EQ(session.kernels, (std::vector<std::string>{"portable", "neon"}));
}

TEST(ReadSessionPlan, WhatDoesNotFitIsRefused) {
  const struct {
    std::string from, to, words;
  } damages[] = {{"plan        {", "plans       {", "does not say what it plans"},
                 {"\"tables\":64", "\"tables\":-64", "no number 'tables'"},
                 {"\"scratch\":640,", "", "no number 'scratch'"},
                 {"\"peak\":3776}", "", "no number 'threads'"},
                 {"{\"threads\":2,", "[{\"threads\":2,", "no number 'threads'"},
                 {"\"threads\":2", "\"threads\":1", "plans 1 for 'threads' where 2"},
                 {"\"model_file\":1024", "\"model_file\":9", "plans 9 for 'model_file' where 1024"},
                 {"\"arena\":2048", "\"arena\":4096", "plans 4096 for 'arena' where 2048"}};
  for (const auto& damage : damages) {
    std::string printed = kPrinted;
    printed.replace(printed.find(damage.from), damage.from.size(), damage.to);
    try {
      ReadSessionPlan(printed, SomePlan(), "run_joint_release");
      ADD_FAILURE() << "taken: " << printed;
    } catch (const BoardError& error) {
      EXPECT_EQ(std::string(error.what()).find("run_joint_release"), 0U) << error.what();
      EXPECT_NE(std::string(error.what()).find(damage.words), std::string::npos) << error.what();
    }
  }
}

TEST(KernelsIn, OnlyNamesAreTaken) {
  EXPECT_EQ(KernelsIn("kernels     portable \x1b[31m neon\n"), (std::vector<std::string>{"portable", "neon"}));
  EXPECT_TRUE(KernelsIn("kernel portable\n").empty());
}

TEST(ThePlan, IsThatOfTheOneTargetThatIsNamed) {
  TargetPlan arm;
  arm.target = "armv7";
  arm.program = {10240, 1024};
  arm.session = {"armv7", "qemu-arm", "cortex-a7", {"portable", "neon"}, 102400, 2048};
  const ordered_json one = ToJson({SomePlan(), {}, {arm}, {}});
  EXPECT_EQ(one.at("planned").at("scratch"), 102400);
  EXPECT_EQ(one.at("planned").at("peak"), 1024 + 2048 + 102400 + 2048);
  EXPECT_EQ(one.at("planned_for").at("target"), "armv7");
  EXPECT_EQ(one.at("planned_for").at("cpu"), "cortex-a7");
  EXPECT_EQ(one.at("targets")[0].at("total"), 10240 + 1024 + 1024 + 2048 + 102400 + 2048);
  TargetPlan host;
  host.target = "host";
  host.session = SomePlan().session;
  const ordered_json two = ToJson({SomePlan(), {}, {arm, host}, {}});
  EXPECT_EQ(two.at("planned").at("scratch"), 7);
  EXPECT_EQ(two.at("planned_for").at("target"), "host");
  EXPECT_EQ(two.at("targets")[0].at("peak"), 1024 + 2048 + 102400 + 2048);
  EXPECT_EQ(two.at("targets")[1].at("peak"), 1024 + 2048 + 7);
  const std::string text = ToText({SomePlan(), {}, {arm, host}, {}});
  EXPECT_NE(text.find("armv7 (qemu-arm, cortex-a7): portable neon"), std::string::npos) << text;
}

class PlanTargetTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
    files::WriteFile(Path("small.joint"), file.data(), file.size());
    plan_ = MakePlan(Path("small.joint"), 1);
    options_.folder = Path("programs");
  }

  TargetPlan PlanOf(const std::string& target) {
    return PlanTarget(*boards::FindTarget(target), Path("small.joint"), plan_, options_);
  }

  // The PC's figures, and said so everywhere.
  void ExpectThePcs(const TargetPlan& made, const std::string& why) {
    EXPECT_FALSE(made.asked());
    EXPECT_EQ(made.session.scratch_bytes, plan_.session.scratch_bytes);
    EXPECT_NE(made.missing.find(why), std::string::npos) << made.missing;
    const ordered_json json = ToJson({plan_, {}, {made}, {}});
    EXPECT_EQ(json.at("planned_for").at("target"), "host");
    EXPECT_EQ(json.at("targets")[0].at("planned_for").at("target"), "host");
    EXPECT_EQ(json.at("targets")[0].at("missing"), made.missing);
    const std::string text = ToText({plan_, {}, {made}, {}});
    EXPECT_NE(text.find("with the kernels of this PC: portable"), std::string::npos) << text;
    EXPECT_NE(text.find(made.target + " are this PC's figures: " + made.missing), std::string::npos) << text;
    TargetPlan host;
    host.target = "host";
    host.session = plan_.session;
    EXPECT_NE(ToText({plan_, {}, {host, made}, {}}).find("this PC's figures"), std::string::npos);
  }

  Plan plan_;
  boards::BoardOptions options_;
};

TEST_F(PlanTargetTest, WithoutAProgramThePcsFiguresStandThere) {
  for (const char* target : {"mipsel", "mipsel-msa", "armv7", "aarch64"}) {
    const TargetPlan made = PlanOf(target);
    EXPECT_FALSE(made.program.has_value());
    ExpectThePcs(made, "does not exist");
  }
  EXPECT_TRUE(PlanOf("host").asked());
}

TEST_F(PlanTargetTest, AProgramThatCannotBeAskedLeavesThePcsFigures) {
  std::filesystem::create_directories(Path("programs/armv7/bin"));
  WriteText(Path("programs/armv7/bin/run_joint_release"), "#!/bin/sh\n");
  const TargetPlan text = PlanOf("armv7");
  EXPECT_FALSE(text.program.has_value());
  ExpectThePcs(text, "is no program of a board");
  // One of this PC: its bytes are counted, the emulator refuses it.
  std::filesystem::copy_file("/proc/self/exe", Path("programs/armv7/bin/run_joint_release"),
                             std::filesystem::copy_options::overwrite_existing);
  const TargetPlan foreign = PlanOf("armv7");
  EXPECT_TRUE(foreign.program.has_value());
  ExpectThePcs(foreign, "qemu:armv7: ");
}

TEST_F(PlanTargetTest, WithoutTheEmulatorThePcsFiguresStandThere) {
  std::filesystem::create_directories(Path("programs/mipsel/bin"));
  std::filesystem::copy_file("/proc/self/exe", Path("programs/mipsel/bin/run_joint_release"));
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  const TargetPlan made = PlanOf("mipsel");
  setenv("PATH", path.c_str(), 1);
  EXPECT_TRUE(made.program.has_value());
  ExpectThePcs(made, "install Debian's qemu-user");
}

}  // namespace
}  // namespace lockstep::memory
