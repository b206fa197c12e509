// Where run_joint writes: nothing over what it reads, and every result under a name of its own.
#include <gtest/gtest.h>

#include "command.h"

namespace lockstep::test {
namespace {

// Goldens that were overwritten first would equal themselves.
TEST_F(RunJoint, OutputsGoToNoFolderThatIsRead) {
  const std::string model = Path("one.joint");
  const std::string data = Path("inputs/a.bin");
  ASSERT_EQ(RunCommand({"-d", data, "-o", Path("gold"), model}).status, 0);
  const std::string golden = Path("gold/" + FilesIn(Path("gold"))[0]);
  WriteFile(golden, {1, 2, 3});
  ASSERT_EQ(symlink(Path("gold").c_str(), Path("link").c_str()), 0);
  for (const std::string folder : {"gold", "link", "gold/../gold/"}) {
    for (const std::string read : {"verify", "inject"}) {
      ExpectError(RunCommand({"-d", data, "-o", Path(folder), "--" + read, Path("gold"), model}), 2,
                  {"--output-folder and --" + read, "the same folder"});
    }
  }
  ExpectError(RunCommand({"-i", Path("inputs"), "-o", Path("inputs"), model}), 2,
              {"--input-folder", "the same folder"});
  EXPECT_EQ(ReadFile(golden).size(), 3U) << "was written over";
}

TEST_F(RunJoint, AnOutputReplacesNoInput) {
  const std::string model = Path("named.joint");
  WriteFile(model, Write(SharedOutput("boxes", "x")));
  WriteFile(Path("inputs/a_x.bin"), Bytes(8 * 8 * 4, 5));
  WriteText(Path("list.txt"), Path("inputs/a.bin") + "\n" + Path("inputs/a_x.bin") + "\n");
  ExpectError(RunCommand({"-l", Path("list.txt"), "-o", Path("inputs"), model}), 2,
              {Path("inputs/a_x.bin"), "is an input"});
  EXPECT_EQ(ReadFile(Path("inputs/a_x.bin")), Bytes(8 * 8 * 4, 5));
}

// Under any of their names.
TEST_F(RunJoint, AReportReplacesNoInput) {
  const std::string model = Path("one.joint");
  const std::string data = Path("inputs/a.bin");
  const std::vector<uint8_t> kept = ReadFile(model);
  WriteText(Path("list.txt"), data + "\n");
  ASSERT_EQ(symlink(model.c_str(), Path("link").c_str()), 0);
  ASSERT_EQ(mkdir(Path("csv").c_str(), 0777), 0);
  ASSERT_EQ(mkdir(Path("json").c_str(), 0777), 0);
  for (const char* name : {"trace.json", "json/profile.json", "csv/profile.csv", "report.json"}) {
    ASSERT_EQ(link(data.c_str(), Path(name).c_str()), 0);
  }
  for (const std::string option : {"--save-benchmark", "--memory-path", "--profile-path"}) {
    for (const std::string& read : {model, data, Path("list.txt"), Path("link"), Path("inputs/../one.joint")}) {
      ExpectError(RunCommand({option, read, "-l", Path("list.txt"), model}), 2, {read, "is an input", option});
    }
  }
  ExpectError(RunCommand({"--profile-path", folder_.path(), "-d", data, model}), 2, {Path("trace.json: is an input")});
  for (const std::string format : {"csv", "json"}) {
    ExpectError(RunCommand({"--profile-path", Path(format), "-d", data, model}), 2,
                {Path(format + "/profile." + format + ": is an input")});
  }
  ExpectError(RunCommand({"--memory-path", Path("report"), "-d", data, model}), 2, {Path("report.json: is an input")});
  ExpectError(RunCommand({"--self-test", "--memory-path", model, model}), 2, {model, "is an input"});
  EXPECT_EQ(ReadFile(model), kept);
  EXPECT_EQ(RunCommand({"--save-benchmark", Path("link.json"), "-d", data, model}).status, 0);
}

TEST_F(RunJoint, AnOutputReplacesNeitherModelNorList) {
  ASSERT_EQ(RunCommand({"-d", Path("inputs/a.bin"), "-o", Path("out"), Path("one.joint")}).status, 0);
  const std::string output = Path("out/" + FilesIn(Path("out"))[0]);
  ASSERT_EQ(rename(Path("one.joint").c_str(), output.c_str()), 0);
  ExpectError(RunCommand({"-d", Path("inputs/a.bin"), "-o", Path("out"), output}), 2, {output, "--output-folder"});
  ASSERT_EQ(rename(output.c_str(), Path("one.joint").c_str()), 0);
  WriteText(output, Path("inputs/a.bin") + "\n");
  ExpectError(RunCommand({"-l", output, "-o", Path("out"), Path("one.joint")}), 2, {output, "--output-folder"});
}

TEST_F(RunJoint, EveryOutputHasAFileOfItsOwn) {
  NetworkBuilder net(3, "names");
  const int x = net.Input({1, 8, 8, 4});
  for (int i = 0; i < 3; ++i) net.Output(net.Dequantize(net.Conv(x, {})));
  joint::ModelT object = net.Finish();
  const char* names[] = {"a.b", "a/b", "a_b_1"};
  for (size_t i = 0; i < 3; ++i) object.tensors[static_cast<size_t>(object.outputs[i]->tensor)]->name = names[i];
  WriteFile(Path("names.joint"), Write(object));
  const std::vector<std::string> run = {"-d", Path("inputs/a.bin"), Path("names.joint")};
  std::vector<std::string> write = run;
  write.insert(write.end(), {"-o", Path("out")});
  ASSERT_EQ(RunCommand(write).status, 0);
  EXPECT_EQ(FilesIn(Path("out")), (std::vector<std::string>{"a_a_b.bin", "a_a_b_1.bin", "a_a_b_1_1.bin"}));
  std::vector<std::string> verify = run;
  verify.insert(verify.end(), {"--verify", Path("out")});
  EXPECT_EQ(RunCommand(verify).status, 0);
}

TEST_F(RunJoint, ResultsOfTwoInputsHaveTwoNames) {
  ASSERT_EQ(mkdir(Path("more").c_str(), 0777), 0);
  WriteFile(Path("more/a.bin"), Bytes(8 * 8 * 4, 5));
  WriteFile(Path("inputs/a_x.bin"), Bytes(8 * 8 * 4, 6));
  WriteText(Path("twice.txt"), Path("inputs/a.bin") + "\n" + Path("more/a.bin") + "\n");
  const std::string model = Path("one.joint");
  for (const std::string option : {"-o", "--verify"}) {
    ExpectError(RunCommand({"-l", Path("twice.txt"), option, Path("out"), model}), 2,
                {"inputs/a.bin", "more/a.bin", "one name", "rename"});
  }
  EXPECT_EQ(RunCommand({"-l", Path("twice.txt"), model}).status, 0) << "nothing is named after the inputs";
  // a with the output x_y, and a_x with the output y.
  WriteFile(Path("named.joint"), Write(SharedOutput("x_y", "y")));
  WriteText(Path("across.txt"), Path("inputs/a.bin") + "\n" + Path("inputs/a_x.bin") + "\n");
  ExpectError(RunCommand({"-l", Path("across.txt"), "-o", Path("out"), Path("named.joint")}), 2,
              {"inputs/a.bin", "inputs/a_x.bin", "'a_x_y.bin'"});
}

TEST_F(RunJoint, NamesThatAreTooLongAreNoticedBeforeTheRuns) {
  const std::string data = Path("inputs/" + std::string(250, 'a') + ".bin");
  ASSERT_EQ(rename(Path("inputs/a.bin").c_str(), data.c_str()), 0);
  const CommandResult result = RunCommand({"-d", data, "-o", Path("out"), Path("one.joint")});
  ExpectError(result, 4, {"cannot be written: File name"});
  EXPECT_EQ(result.out.find("runs "), std::string::npos) << result.out;
  EXPECT_NE(access(Path("out").c_str(), F_OK), 0);
}

}  // namespace
}  // namespace lockstep::test
