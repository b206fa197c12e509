// Runs run_joint within the test's own process, which works on emulated boards too.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "run_joint/run_joint.h"
#include "support/joint_models.h"
#include "support/temporary_folder.h"

namespace lockstep::test {

struct CommandResult {
  int status = -1;
  std::string out;
  std::string error;
};

inline CommandResult RunCommand(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "run_joint");
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  CommandResult result;
  result.status = RunJointMain(static_cast<int>(arguments.size()), argv.data());
  result.out = testing::internal::GetCapturedStdout();
  result.error = testing::internal::GetCapturedStderr();
  return result;
}

// One line that says what is wrong, with the given words in it.
inline void ExpectError(const CommandResult& result, int status, const std::vector<std::string>& words) {
  EXPECT_EQ(result.status, status) << result.error;
  for (const std::string& word : words)
    EXPECT_NE(result.error.find(word), std::string::npos) << word << " in " << result.error;
  EXPECT_EQ(result.error.find('\n'), result.error.size() - 1) << "one line: " << result.error;
}

// One line for each file that the user asked for.
inline void ExpectWrote(const CommandResult& result, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    EXPECT_NE(result.out.find("\nwrote       " + path + "\n"), std::string::npos) << path << " in\n" << result.out;
    EXPECT_EQ(access(path.c_str(), F_OK), 0) << path;
  }
}

inline void WriteText(const std::string& path, const std::string& text) {
  WriteFile(path, std::vector<uint8_t>(text.begin(), text.end()));
}

// A folder with small.joint (two inputs) and one.joint (one input), and inputs for both.
class RunJoint : public testing::Test {
 protected:
  void SetUp() override {
    WriteFile(Path("small.joint"), Write(SmallNetwork()));
    WriteFile(Path("one.joint"), Write(OneInput()));
    WriteFile(Path("picture.bin"), Bytes(12 * 16 * 3, 1));
    WriteFile(Path("gain.bin"), Bytes(16, 2));
    ASSERT_EQ(mkdir(Path("inputs").c_str(), 0777), 0);
    for (const char* name : {"a", "b", "c"}) {
      WriteFile(Path("inputs/" + std::string(name) + ".bin"), Bytes(8 * 8 * 4, static_cast<uint64_t>(name[0])));
    }
  }

  static joint::ModelT OneInput() {
    NetworkBuilder net(11, "one");
    const int x = net.Input({1, 8, 8, 4});
    net.Output(net.Dequantize(net.Conv(x, {})));
    return net.Finish();
  }

  static std::vector<uint8_t> Bytes(size_t count, uint64_t seed) {
    std::vector<uint8_t> bytes(count);
    for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<uint8_t>(i * 7 + seed * 13);
    return bytes;
  }

  // The second output is read by a layer; a network like it with other names.
  static joint::ModelT SharedOutput(const std::string& first, const std::string& second) {
    NetworkBuilder net(3, "shared");
    const int x = net.Conv(net.Input({1, 8, 8, 4}), {});
    net.Output(net.Dequantize(net.Conv(x, {})));
    net.Output(x);
    joint::ModelT model = net.Finish();
    model.tensors[static_cast<size_t>(model.outputs[0]->tensor)]->name = first;
    model.tensors[static_cast<size_t>(model.outputs[1]->tensor)]->name = second;
    return model;
  }

  std::string Path(const std::string& name) const { return folder_ / name; }
  std::string SmallData() const { return Path("picture.bin") + ";" + Path("gain.bin"); }

  TemporaryFolder folder_;
};

}  // namespace lockstep::test
