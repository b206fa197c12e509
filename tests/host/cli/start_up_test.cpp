// What happens before a command begins: OpenCV and its codecs are loaded only where there are pictures to read, and the
// environment is checked.
#include <gtest/gtest.h>

#include <fstream>

#include "command_line.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"

namespace lockstep::testing {
namespace {

class StartUpTest : public CommandLineTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(SmallDetector(), Path("net.onnx").string());
    WritePictures(Path("pictures"), 1);
  }
  std::string P(const std::string& name) const { return Path(name).string(); }

  // The dynamic loader's report of a run.
  std::string Loaded(const std::vector<std::string>& arguments) const {
    setenv("LD_DEBUG", "files", 1);
    const std::string report = Lockstep(arguments).err;
    unsetenv("LD_DEBUG");
    EXPECT_NE(report.find("calling init: "), std::string::npos) << "the loader reports nothing: " << report;
    return report;
  }
};

TEST_F(StartUpTest, OpenCvIsLoadedForPicturesAlone) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--version"}, {"--help"}, {"build", "--help"}, {"info", P("net.onnx")}}) {
    EXPECT_EQ(Loaded(arguments).find("libopencv"), std::string::npos) << arguments.front();
  }
  const std::string with_picture = Loaded({"run", P("net.onnx"), "--data", P("pictures/picture_0.png")});
  EXPECT_NE(with_picture.find("libopencv"), std::string::npos) << with_picture.substr(0, 2000);
}

TEST_F(StartUpTest, APluginThatIsNotThereIsNamedWhereItIsNeeded) {
  std::filesystem::create_directories(Path("bin"));
  const std::string alone = P("bin/lockstep");
  std::filesystem::copy_file(LOCKSTEP_PROGRAM, alone);
  const auto run = [&](const std::vector<std::string>& arguments) {
    return boards::RunProcess(arguments, {}, std::chrono::seconds(60));
  };
  EXPECT_EQ(run({alone, "info", P("net.onnx")}).status, 0);
  const auto refused = run({alone, "run", P("net.onnx"), "--data", P("pictures/picture_0.png")});
  EXPECT_EQ(refused.status, 4) << refused.err;
  for (const std::string& word : {P("bin/picture_decoder.so"), P("lib/lockstep/picture_decoder.so")}) {
    EXPECT_NE(refused.err.find(word), std::string::npos) << refused.err;
  }
  std::ofstream(Path("bin/picture_decoder.so")) << "no library";
  const auto broken = run({alone, "run", P("net.onnx"), "--data", P("pictures/picture_0.png")});
  EXPECT_EQ(broken.status, 4) << broken.err;
  EXPECT_NE(broken.err.find("picture_decoder.so cannot be loaded"), std::string::npos) << broken.err;
}

TEST_F(StartUpTest, AnUnknownInstructionSetIsRefusedBeforeAnythingIsDone) {
  setenv("LOCKSTEP_ISA", "portable,aba\ncus,avx2", 1);
  const std::vector<std::string> words = {"LOCKSTEP_ISA: \"aba\\ncus\" is none of", "portable, msa, neon"};
  ExpectError({"build", "--input", P("net.onnx"), "--output-dir", P("out"), "--calibration", P("pictures")}, 2, words);
  ExpectError({"run", P("net.onnx"), "--data", P("pictures/picture_0.png")}, 2, words);
  ExpectError({"info", P("net.onnx")}, 2, words);
  setenv("LOCKSTEP_ISA", "portable,", 1);
  ExpectError({"info", P("net.onnx")}, 2, {"LOCKSTEP_ISA: \"\" is none of"});
  EXPECT_FALSE(std::filesystem::exists(Path("out")));
  EXPECT_EQ(Lockstep({"build", "--help"}).status, 0);
  EXPECT_EQ(Lockstep({"help", "build"}).status, 0);
  unsetenv("LOCKSTEP_ISA");
}

// No CPU has both; an emulated board may have what this one lacks.
TEST_F(StartUpTest, AnInstructionSetOfOtherCpusIsRefusedWhereKernelsRunHere) {
  setenv("LOCKSTEP_ISA", "neon,avx2", 1);
  const std::vector<std::string> build = {"build",  "--input",       P("net.onnx"), "--output-dir",
                                          P("out"), "--calibration", P("pictures")};
  ExpectError(build, 2, {"LOCKSTEP_ISA: ", " is none of this CPU's instruction sets, portable"});
  EXPECT_FALSE(std::filesystem::exists(Path("out")));
  EXPECT_EQ(Lockstep({"info", P("net.onnx")}).status, 0);
  unsetenv("LOCKSTEP_ISA");
}

}  // namespace
}  // namespace lockstep::testing
