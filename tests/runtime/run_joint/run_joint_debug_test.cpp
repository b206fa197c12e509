// The command line of run_joint in the debug build: dumps, and layers tested alone with a dump's inputs.
#include <gtest/gtest.h>

#include "command.h"

namespace lockstep::test {
namespace {

class RunJointDebug : public RunJoint {
 protected:
  CommandResult Dump(const std::string& folder, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"--dump_intermediate", "2", "--dump_folder", Path(folder), "-d", SmallData()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(Path("small.joint"));
    return RunCommand(arguments);
  }
};

TEST_F(RunJointDebug, DumpsOneFolderPerInput) {
  ASSERT_EQ(RunCommand({"--dump-intermediate=1", "-o", Path("out"), "-i", Path("inputs"), "-w", "1", Path("one.joint")})
                .status,
            0);
  EXPECT_EQ(FilesIn(Path("out/dump")), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(FilesIn(Path("out/dump/b")).size(), 2U);
}

TEST_F(RunJointDebug, InjectedOwnDumpChangesNothing) {
  ASSERT_EQ(Dump("first").status, 0);
  const CommandResult again = Dump("second", {"--inject", Path("first")});
  ASSERT_EQ(again.status, 0) << again.error;
  ASSERT_EQ(FilesIn(Path("first")), FilesIn(Path("second")));
  for (const std::string& file : FilesIn(Path("first"))) {
    EXPECT_EQ(ReadFile(Path("first/" + file)), ReadFile(Path("second/" + file))) << file;
  }
}

TEST_F(RunJointDebug, AnInjectedErrorStaysInItsReaders) {
  ASSERT_EQ(Dump("first").status, 0);
  // The output of layer 7 (MaxPool_7) is read by layer 8 alone; the layers behind get the inputs of the dump.
  const std::string file = "0007_MaxPool_7_shape_1_3_4_16.bin";
  std::vector<uint8_t> bytes = ReadFile(Path("first/" + file));
  for (uint8_t& byte : bytes) byte ^= 0x55;
  WriteFile(Path("first/" + file), bytes);
  ASSERT_EQ(Dump("second", {"--inject", Path("first")}).status, 0);
  for (const std::string& name : FilesIn(Path("first"))) {
    if (name == "manifest.json") continue;
    const bool differs = ReadFile(Path("first/" + name)) != ReadFile(Path("second/" + name));
    EXPECT_EQ(differs, name == file || name.find("0008_") == 0) << name;
  }
}

TEST_F(RunJointDebug, InjectRefusesOtherModelsAndMissingLayers) {
  ASSERT_EQ(Dump("first").status, 0);
  ExpectError(RunCommand({"--inject", Path("first"), Path("one.joint")}), 4, {"manifest.json", "digest"});
  ExpectError(Dump("second", {"--inject", Path("nowhere")}), 4, {"nowhere/manifest.json"});
  unlink(Path("first/0001_Conv_1_shape_1_6_8_16.bin").c_str());
  ExpectError(Dump("second", {"--inject", Path("first")}), 4, {"0001_Conv_1_shape_1_6_8_16.bin"});
  EXPECT_EQ(FilesIn(Path("second")).size() > 0, true);
  for (const std::string& name : FilesIn(Path("second"))) EXPECT_NE(name, "manifest.json") << "of a dump that failed";
}

// The digest stands behind the model's name.
TEST_F(RunJointDebug, InjectReadsManifestsOfAnyLength) {
  joint::ModelT model = OneInput();
  model.name = std::string(4096, 'n');  // the most that the loader takes
  WriteFile(Path("long.joint"), Write(model));
  const CommandResult dump =
      RunCommand({"--dump_intermediate", "2", "--dump_folder", Path("dump"), Path("long.joint")});
  ASSERT_EQ(dump.status, 0) << dump.error;
  const CommandResult result = RunCommand({"--inject", Path("dump"), Path("long.joint")});
  EXPECT_EQ(result.status, 0) << result.error;
}

TEST_F(RunJointDebug, BadExpressionIsWrongUsage) {
  ExpectError(Dump("first", {"--dump_layers", "["}), 2, {"dump_layers", "["});
}

}  // namespace
}  // namespace lockstep::test
