// What a check says when it fails, what becomes of files when a command fails, and files that outputs must not replace.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"

namespace lockstep::testing {
namespace {

class ChecksAndFilesTest : public CommandLineTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(SmallDetector(), P("net.onnx"));
    WritePictures(Path("pictures"), 3);
    const crosscheck::ProcessResult built = Lockstep(Build());
    ASSERT_EQ(built.status, 0) << built.err;
  }

  std::vector<std::string> Build(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"build",  "--input",       P("net.onnx"), "--output-dir",
                                          P("out"), "--calibration", P("pictures")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
  std::string Picture() const { return P("pictures/picture_0.png"); }
};

TEST_F(ChecksAndFilesTest, ADigestIsNotComparedWhereThatIsAskedFor) {
  std::string file = ReadText(Path("out/net.joint"));
  const std::string version = nlohmann::json::parse(Lockstep({"info", P("out/net.joint"), "--json", "-"}).out)
                                  .at("compiler_version")
                                  .get<std::string>();
  const size_t at = file.find(version);
  ASSERT_NE(at, std::string::npos);
  file[at] = static_cast<char>(file[at] ^ 1);
  WriteText(Path("stale.joint"), file);
  std::vector<std::string> run = {"run", P("stale.joint"), "--data", Picture()};
  ExpectError(run, 4, {"stale.joint", "digest"});
  run.insert(run.end(), {"--no-digest", "--save-inputs", P("inputs")});
  const crosscheck::ProcessResult result = Lockstep(run);
  EXPECT_EQ(result.status, 0) << result.err;
}

}  // namespace
}  // namespace lockstep::testing
