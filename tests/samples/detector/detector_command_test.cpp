// The program: what it writes and prints, and one line with the way out for everything that cannot work.
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "crosscheck/process.h"
#include "support/temporary_test_folder.h"

namespace detector {
namespace {

class DetectorCommand : public lockstep::testing::FolderTest {
 protected:
  void SetUp() override {
    cv::imwrite(P("street.png"), cv::Mat(40, 60, CV_8UC3, cv::Scalar(20, 40, 60)));
    WriteText(Path("classes.txt"), "cat\ndog\n");
    WriteText(Path("out.bin"), std::string(6 * sizeof(float), '\0'));
  }

  std::string P(const std::string& name) const { return Path(name).string(); }
  // The arguments of a run that is good, and more.
  std::vector<std::string> Good(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {P("street.png"), "--raw", P("out.bin"), "--classes", P("classes.txt")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  static lockstep::crosscheck::ProcessResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), DETECTOR_PROGRAM);
    return lockstep::crosscheck::RunProcess(arguments, {}, std::chrono::seconds(60));
  }
  void ExpectError(const std::vector<std::string>& arguments, int status, const std::vector<std::string>& words) const {
    const std::vector<std::string> before = FilesAndFolders();
    const auto result = Run(arguments);
    EXPECT_EQ(result.status, status) << result.err;
    EXPECT_EQ(result.err.rfind("detector: ", 0), 0U) << result.err;
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << "one line: " << result.err;
    EXPECT_EQ(result.out, "") << "it worked before it complained";
    for (const std::string& word : words)
      EXPECT_NE(result.err.find(word), std::string::npos) << word << "\n" << result.err;
    EXPECT_EQ(FilesAndFolders(), before);
  }
};

TEST_F(DetectorCommand, WritesThePicture) {
  const auto result = Run(Good({"--write", P("boxes.png")}));
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("0 boxes"), std::string::npos) << result.out;
  EXPECT_FALSE(cv::imread(P("boxes.png")).empty());
  EXPECT_EQ(Files().size(), 4U) << "the file beside it is gone";
}

TEST_F(DetectorCommand, WrongUsage) {
  ExpectError({}, 2, {"picture", "--help"});
  ExpectError({P("street.png")}, 2, {"--model", "--raw"});
  ExpectError(Good({"--check"}), 2, {"two sides"});
  ExpectError(Good({"--check-iou", "0.5"}), 2, {"--check-iou", "--check"});
}

TEST_F(DetectorCommand, PicturesThatCannotBeRead) {
  WriteText(Path("damaged.png"), "no picture");
  ExpectError({P("damaged.png"), "--raw", P("out.bin")}, 4, {"damaged.png is damaged or no picture; give another"});
  ExpectError({P("none.jpg"), "--raw", P("out.bin")}, 4, {"none.jpg", "No such file", "check the path"});
  ExpectError({Path("").string(), "--raw", P("out.bin")}, 4, {"folder"});
}

TEST_F(DetectorCommand, PicturesThatCannotBeWritten) {
  ExpectError(Good({"--write", P("boxes")}), 4, {"boxes", "ending", ".png"});
  ExpectError(Good({"--write", P("boxes.docx")}), 4, {"boxes.docx", "ending", ".png"});
  ExpectError(Good({"--write", P("nothing/boxes.png")}), 4, {"nothing/boxes.png", "No such file", "folder"});
}

TEST_F(DetectorCommand, AFullDiskBehindStdout) {
  std::string command = DETECTOR_PROGRAM;
  for (const std::string& argument : Good()) command += " '" + argument + "'";
  const auto result =
      lockstep::crosscheck::RunProcess({"sh", "-c", command + " > /dev/full"}, {}, std::chrono::seconds(60));
  EXPECT_EQ(result.status, 4);
  EXPECT_NE(result.err.find("standard output cannot be written"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace detector
