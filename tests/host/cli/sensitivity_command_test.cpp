// `lockstep sensitivity` through the program: what it keeps, and that it goes on after an interruption.
#include <gtest/gtest.h>

#include <csignal>

#include "command_line.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"

namespace lockstep::testing {
namespace {

class SensitivityCommandTest : public CommandLineTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(SmallDetector(), P("net.onnx"));
    WritePictures(Path("pictures"), 60);
  }

  std::string P(const std::string& name) const { return Path(name).string(); }

  std::vector<std::string> Measure(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"sensitivity", "--input",    P("net.onnx"), "--output-dir",
                                          P("out"),      "--count",    "4",           "--calibration",
                                          P("pictures"), "--pictures", "50",          "-q"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(SensitivityCommandTest, GoesOnAfterAnInterruption) {
  const boards::ProcessResult whole = Lockstep(Measure({"--csv", P("whole.csv"), "--no-state"}));
  ASSERT_EQ(whole.status, 0) << whole.err;
  EXPECT_FALSE(std::filesystem::exists(Path("out"))) << "nothing was to be kept";

  // Interrupted as soon as a few results are there.
  std::string command = LOCKSTEP_PROGRAM;
  for (const std::string& argument : Measure({})) command += " '" + argument + "'";
  const std::string kept = P("out/net.sensitivity");
  const std::string script = command + " & child=$!; while [ \"$(cat '" + kept +
                             "' 2>/dev/null | wc -l)\" -lt 20 ]; do sleep 0.01; done; kill -INT $child; wait $child";
  const boards::ProcessResult interrupted = boards::RunProcess({"sh", "-c", script}, {}, std::chrono::seconds(240));
  ASSERT_EQ(interrupted.status, 128 + SIGINT) << interrupted.err;
  EXPECT_EQ(interrupted.out, "");

  const boards::ProcessResult rest = Lockstep(Measure({"--csv", P("rest.csv")}));
  ASSERT_EQ(rest.status, 0) << rest.err;
  EXPECT_NE(rest.out.find(" results were in " + kept), std::string::npos) << rest.out;
  EXPECT_EQ(ReadText(Path("rest.csv")), ReadText(Path("whole.csv")));
}

TEST_F(SensitivityCommandTest, AnotherFileIsNotTakenForKeptResults) {
  WriteText(Path("notes.txt"), "mine\n");
  ExpectError(Measure({"--state", P("notes.txt")}), 4, {"notes.txt", "--state"});
  EXPECT_EQ(ReadText(Path("notes.txt")), "mine\n");
}

}  // namespace
}  // namespace lockstep::testing
