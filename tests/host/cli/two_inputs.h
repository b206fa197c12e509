// The network with two inputs through the commands.
#pragma once

#include <string>
#include <vector>

#include "command_line.h"
#include "two_inputs_network.h"

namespace lockstep::testing {

class TwoInputsTest : public CommandLineTest {
 protected:
  void SetUp() override { net_ = WriteTwoInputs(Path(".")); }

  std::string P(const std::string& name) const { return Path(name).string(); }

  // Without its outputs' forms.
  std::vector<std::string> BuildCommand(const std::string& folder) const {
    return {"build",
            "--input",
            P("net.onnx"),
            "--output-dir",
            P(folder),
            "--calibration",
            "images=" + P("pictures"),
            "--calibration",
            "vec=" + P("vectors")};
  }
  void Build() const {
    const boards::ProcessResult built = Lockstep({"build", "--config", P("build.json"), "--output-dir", P("out")});
    ASSERT_EQ(built.status, 0) << built.err;
  }

  std::vector<std::string> Data() const { return {"--data", "images=" + P("photos"), "--data", "vec=" + P("vec.npy")}; }

  static std::vector<std::string> With(std::vector<std::string> arguments, const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  TwoInputs net_;
};

}  // namespace lockstep::testing
