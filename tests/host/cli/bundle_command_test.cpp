// `lockstep bundle` and `lockstep replay` through the program.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "bundle/archive.h"
#include "command_line.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"

namespace lockstep::testing {
namespace {

class BundleCommandTest : public CommandLineTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(SmallDetector(), P("net.onnx"));
    WritePictures(Path("pictures"), 3);
    const boards::ProcessResult built =
        Lockstep({"build", "--input", P("net.onnx"), "--output-dir", P("out"), "--calibration", P("pictures"), "-q"});
    ASSERT_EQ(built.status, 0) << built.err;
  }
  std::string P(const std::string& name) const { return Path(name).string(); }

  boards::ProcessResult Bundle(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"bundle", P("out/net.joint"), "--data",      P("pictures"), "--count",
                                          "2",      "--output",         P("b.tar.gz"), "-q"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Lockstep(arguments);
  }

  // The bundle with one file's content changed, its manifest as it was.
  void Change(const std::string& changed) {
    bundle::ArchiveWriter writer(Path("changed.tar.gz"));
    bundle::ReadArchive(
        Path("b.tar.gz"), [](const std::string&) { return uint64_t{1} << 30; },
        [&](const std::string& name, std::vector<uint8_t> bytes) {
          if (name == changed) bytes[bytes.size() / 2] ^= 1;
          writer.Add(name, bytes);
        });
    writer.Finish();
  }
};

TEST_F(BundleCommandTest, WhatIsPackedGivesTheSame) {
  WriteText(Path("board.log"), "it was raining");
  const boards::ProcessResult made = Bundle({"--board", "local", "--layers", "Concat", "--log", P("board.log")});
  ASSERT_EQ(made.status, 0) << made.err;
  for (const char* word : {"net.joint", "net.config.json", "inputs/0_", "expected/1/manifest.json", "layers/0/",
                           "logs/0_board.log", "on local: exact"}) {
    EXPECT_NE(made.out.find(word), std::string::npos) << word << "\n" << made.out;
  }
  const boards::ProcessResult replayed =
      Lockstep({"replay", P("b.tar.gz"), "--keep", P("kept"), "--json", P("r.json"), "-q"});
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
  EXPECT_NE(replayed.out.find("the same result as where the bundle was made"), std::string::npos) << replayed.out;
  const auto json = nlohmann::json::parse(ReadText(Path("r.json")));
  EXPECT_EQ(json.at("same"), true);
  EXPECT_EQ(json.at("inputs").size(), 2U);
  EXPECT_EQ(json.at("inputs").at(0).at("boards").at(0).at("verdict"), "exact");
  EXPECT_EQ(ReadText(Path("kept/net.joint")), ReadText(Path("out/net.joint")));
  EXPECT_EQ(ReadText(Path("kept/logs/0_board.log")), "it was raining");
}

TEST_F(BundleCommandTest, RandomWeightsRunAsTheOwnOnes) {
  const boards::ProcessResult made = Bundle({"--board", "local", "--strip-weights"});
  ASSERT_EQ(made.status, 0) << made.err;
  const boards::ProcessResult replayed = Lockstep({"replay", P("b.tar.gz"), "--keep", P("kept"), "-q"});
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
  EXPECT_NE(replayed.out.find("random weights"), std::string::npos) << replayed.out;
  EXPECT_NE(ReadText(Path("kept/net.joint")), ReadText(Path("out/net.joint")));
  EXPECT_FALSE(std::filesystem::exists(Path("kept/net.config.json"))) << "it names files of the user";
}

TEST_F(BundleCommandTest, AnotherRecordedResultIsSaid) {
  ASSERT_EQ(Bundle({"--board", "local"}).status, 0);
  bundle::ArchiveWriter writer(Path("other.tar.gz"));
  bundle::ReadArchive(
      Path("b.tar.gz"), [](const std::string&) { return uint64_t{1} << 30; },
      [&](const std::string& name, std::vector<uint8_t> bytes) {
        if (name == "manifest.json") {
          auto json = nlohmann::ordered_json::parse(bytes);
          json["inputs"][0]["boards"][0]["verdict"] = "differs";
          json["inputs"][0]["boards"][0]["differing"] = {"some layer"};
          const std::string text = json.dump();
          bytes.assign(text.begin(), text.end());
        }
        writer.Add(name, bytes);
      });
  writer.Finish();
  const boards::ProcessResult replayed = Lockstep({"replay", P("other.tar.gz"), "-q"});
  EXPECT_EQ(replayed.status, 1) << replayed.out << replayed.err;
  EXPECT_NE(replayed.out.find("another result"), std::string::npos) << replayed.out;
}

// Of files each of which the disk has room for.
TEST_F(BundleCommandTest, AFullDiskIsNamedByTheArchiveThatWasAskedFor) {
  std::mt19937 random(1);
  std::vector<std::string> command = {"bundle", P("out/net.joint"), "--data",      P("pictures"), "--count",
                                      "1",      "--output",         P("b.tar.gz"), "-q"};
  for (int i = 0; i < 8; ++i) {
    std::string noise(50000, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    WriteText(Path(std::to_string(i) + ".log"), noise);
    command.insert(command.end(), {"--log", P(std::to_string(i) + ".log")});
  }
  ASSERT_EQ(Lockstep(command).status, 0);
  std::filesystem::remove(Path("b.tar.gz"));
  const std::vector<std::string> before = FilesAndFolders();
  const boards::ProcessResult result = LockstepUnder("trap '' XFSZ && ulimit -f 300", command);
  EXPECT_EQ(result.status, 4) << result.err;
  EXPECT_NE(result.err.find("cannot write " + P("b.tar.gz") + ": File too large; free some space"), std::string::npos)
      << result.err;
  EXPECT_EQ(FilesAndFolders(), before);
}

TEST_F(BundleCommandTest, DamagedBundlesAreRefusedByName) {
  ASSERT_EQ(Bundle().status, 0);
  Change("net.joint");
  ExpectError({"replay", P("changed.tar.gz"), "-q"}, 4, {"changed.tar.gz", "net.joint", "md5"});
  bundle::ArchiveWriter writer(Path("no.tar.gz"));
  writer.Add("something.txt", {'x'});
  writer.Finish();
  ExpectError({"replay", P("no.tar.gz"), "-q"}, 4, {"no.tar.gz", "something.txt", "no bundle"});
  ExpectError({"replay", P("none.tar.gz"), "-q"}, 4, {"none.tar.gz"});
  ExpectError(
      {"bundle", P("out/net.joint"), "--data", P("pictures"), "--output", P("c.tar.gz"), "--layers", "nothing", "-q"},
      2, {"--layers nothing"});
  for (const char* name : {"c.zip", "c.tar", ".tgz"}) {
    ExpectError({"bundle", P("out/net.joint"), "--data", P("pictures"), "--output", P(name), "-q"}, 2,
                {name, "NAME.tar.gz or NAME.tgz"});
  }
  ExpectError({"bundle", P("out/net.joint"), "--data", P("pictures"), "--output", P("out/net.joint"), "-q"}, 2,
              {"net.joint"});
}

}  // namespace
}  // namespace lockstep::testing
