// The program: what it writes and prints, and one line with the way out for everything that cannot work.
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "boards/process.h"
#include "support/joint_models.h"
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
  static lockstep::boards::ProcessResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), DETECTOR_PROGRAM);
    return lockstep::boards::RunProcess(arguments, {}, std::chrono::seconds(60));
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
  ExpectError({}, 2, {"detector: the picture is missing; `detector --help`"});
  ExpectError({P("street.png")}, 2, {"--model", "--raw"});
  ExpectError(Good({"--check"}), 2, {"two sides"});
  ExpectError(Good({"--check-iou", "0.5"}), 2, {"detector: --check-iou has no effect without --check;"});
  ExpectError(Good({"--size", "7"}), 2,
              {"detector: --size needs another value (side of the network's square input, 32 to 4096, default 640);"});
  ExpectError(Good({"--size", "big"}), 2, {"detector: --size needs another value"});
  ExpectError(Good({"--size"}), 2, {"detector: --size needs another value"});
  ExpectError(Good({"--sze", "640"}), 2, {"detector: '--sze' is not expected;"});
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

TEST_F(DetectorCommand, ModelsThatCannotBeRun) {
  const auto write = [&](const std::string& name, const lockstep::joint::ModelT& model) {
    const std::vector<uint8_t> file = lockstep::test::Write(model);
    WriteText(Path(name), std::string(file.begin(), file.end()));
  };
  lockstep::joint::ModelT model = lockstep::test::SmallNetwork();
  model.contract = "rq9";
  write("contract.joint", model);
  ExpectError({P("street.png"), "--model", P("contract.joint")}, 3, {"contract.joint", "rq9", "upgrade"});
  WriteText(Path("text.joint"), "no model");
  ExpectError({P("street.png"), "--model", P("text.joint")}, 4, {"text.joint"});
}

TEST_F(DetectorCommand, ThePictureReplacesNoInput) {
  const std::string street = P("street.png");
  std::filesystem::create_symlink(Path("out.bin"), Path("link.png"));
  std::filesystem::create_hard_link(Path("classes.txt"), Path("classes.png"));
  WriteText(Path("model.png"), "a model");
  for (const std::string& file : {street, P("link.png"), P("classes.png"), P("model.png"), P("") + "./street.png"}) {
    ExpectError(Good({"--model", P("model.png"), "--write", file}), 2, {file, "is an input", "--write"});
  }
  EXPECT_EQ(cv::imread(street).cols, 60);
}

// One candidate, a dog of 16 x 16 pixels in the 32 x 32 of the network.
TEST_F(DetectorCommand, TheCheckSaysWhatFailed) {
  const auto write = [&](const std::string& name, std::vector<float> column) {
    WriteText(Path(name), std::string(reinterpret_cast<const char*>(column.data()), column.size() * sizeof(float)));
  };
  write("dog.bin", {16, 16, 16, 16, 0, 0.8F});
  write("half.bin", {16, 16, 8, 16, 0, 0.8F});
  write("cat.bin", {16, 16, 16, 16, 0.8F, 0});
  const auto check = [&](const std::string& side, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {P("street.png"), "--classes", P("classes.txt"), "--size", "32", "--check"};
    arguments.insert(arguments.end(), {"--raw", "board=" + P(side), "--raw", "float=" + P("dog.bin")});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  };
  const auto same = check("dog.bin", {});
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_NE(same.out.find("check: 1 boxes of float above 0.50, min IoU 1.000\n"), std::string::npos) << same.out;
  const auto half = check("half.bin", {});
  EXPECT_EQ(half.status, 1);
  EXPECT_EQ(half.out.find("check"), std::string::npos) << half.out;
  EXPECT_EQ(half.err,
            "detector: check failed: the dog of float at x 15.0 y 5.6 width 30.0 height 30.0 overlaps no dog of board "
            "with more than IoU 0.500; --check-iou asks for 0.900\n");
  EXPECT_EQ(check("half.bin", {"--check-iou", "0.5"}).status, 0);
  const auto cat = check("cat.bin", {});
  EXPECT_EQ(cat.status, 1);
  EXPECT_NE(cat.err.find("no dog of board with more than IoU 0.000"), std::string::npos) << cat.err;
  const auto nothing = check("dog.bin", {"--conf", "0.99"});
  EXPECT_EQ(nothing.status, 1);
  EXPECT_EQ(nothing.out.find("check"), std::string::npos) << nothing.out;
  EXPECT_EQ(nothing.err,
            "detector: check failed, there is nothing to check: float has no box above --check-conf 0.50 and "
            "--conf 0.99; lower them\n");
}

TEST_F(DetectorCommand, TheHelpHasDefaultsAndAnExample) {
  const auto result = Run({"--help"});
  EXPECT_EQ(result.status, 0);
  for (const char* words :
       {"640", "0.25", "0.45", "0.5", "0.9", "the second is the reference", "detector street.jpg"}) {
    EXPECT_NE(result.out.find(words), std::string::npos) << words << " in\n" << result.out;
  }
  EXPECT_EQ(result.out.find(" in ["), std::string::npos) << result.out;
}

TEST_F(DetectorCommand, AFullDiskBehindStdout) {
  std::string command = DETECTOR_PROGRAM;
  for (const std::string& argument : Good()) command += " '" + argument + "'";
  const auto result =
      lockstep::boards::RunProcess({"sh", "-c", command + " > /dev/full"}, {}, std::chrono::seconds(60));
  EXPECT_EQ(result.status, 4);
  EXPECT_NE(result.err.find("standard output cannot be written"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace detector
