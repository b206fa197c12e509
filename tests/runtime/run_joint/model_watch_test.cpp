// A model that is written over in place while run_joint uses it: one line and status 4, however it is noticed.
#include "run_joint/model_watch.h"

#include "background_run.h"
#include "command.h"

namespace lockstep::test {
namespace {

constexpr const char* kMessage = "the model file changed while it was running; replace it by renaming";

// Both that the file got shorter, so that reading it is a fault, and that it has other bytes of the same size.
TEST_F(RunJoint, AModelThatIsOverwrittenWhileItRunsIsFour) {
  const std::string model = Path("one.joint");
  const std::vector<uint8_t> bytes = ReadFile(model);
#ifdef __SANITIZE_ADDRESS__
  const std::vector<bool> ways = {
      true};  // a sanitizer stops at the first pointer out of the new bytes, before the answer
#else
  const std::vector<bool> ways = {true, false};
#endif
  for (const bool cut : ways) {
    WriteFile(model, bytes);
    BackgroundRun run({"-r", "1000000", "-o", Path("out"), model});
    ASSERT_TRUE(run.WaitFor("random input of seed 1\n")) << run.out();
    if (cut) {
      ASSERT_EQ(truncate(model.c_str(), 0), 0);
    } else {
      std::FILE* file = std::fopen(model.c_str(), "r+b");
      ASSERT_NE(file, nullptr);
      const std::vector<uint8_t> ones(bytes.size(), 0xff);
      std::fwrite(ones.data(), 1, ones.size(), file);
      std::fclose(file);
    }
    const CommandResult result = run.Finish();
    ExpectError(result, 4, {"error: " + model + ": " + kMessage});
    EXPECT_EQ(result.out.find("\nruns "), std::string::npos) << "figures of two models:\n" << result.out;
    EXPECT_EQ(result.out.find("wrote "), std::string::npos) << result.out;
  }
}

TEST_F(RunJoint, AModelThatIsReplacedByRenamingRunsOn) {
  const std::string model = Path("one.joint");
  BackgroundRun run({"-r", "1000000", model});
  ASSERT_TRUE(run.WaitFor("random input of seed 1\n")) << run.out();
  WriteFile(Path("new.joint"), Write(SmallNetwork()));
  ASSERT_EQ(rename(Path("new.joint").c_str(), model.c_str()), 0);
  usleep(100000);
  run.Send(SIGINT);
  const CommandResult result = run.Finish();
  EXPECT_EQ(result.status, 128 + SIGINT) << result.error;
  EXPECT_NE(result.out.find("\nruns "), std::string::npos) << result.out;
}

// Ends in the fault alone: nobody calls Check.
void Fault(const std::string& model, bool change, int signal) {
  const ModelWatch watch(model.c_str(), 4);
  if (change && truncate(model.c_str(), 1) != 0) _exit(100);
  static_cast<void>(raise(signal));
  _exit(101);
}

TEST_F(RunJoint, AFaultIsExplainedByAChangedModelAlone) {
  const std::string model = Path("one.joint");
  const std::vector<uint8_t> bytes = ReadFile(model);
  for (const int signal : {SIGBUS, SIGSEGV, SIGFPE, SIGABRT}) {
    EXPECT_EXIT(
        Fault(model, false, signal), [](int status) { return !WIFEXITED(status) || WEXITSTATUS(status) < 100; }, "")
        << signal;
    EXPECT_EXIT(Fault(model, true, signal), testing::ExitedWithCode(4), kMessage) << signal;
    WriteFile(model, bytes);
  }
}

}  // namespace
}  // namespace lockstep::test
