// --input-value: a network whose input is a constant of the model, in every command that reads the network.
#include <gtest/gtest.h>

#include "command_line.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"

namespace lockstep::testing {
namespace {

class InputValueTest : public CommandLineTest {
 protected:
  // The detector, whose first output is multiplied by an input `factor`.
  void SetUp() override {
    graph::Graph graph = SmallDetector();
    const graph::Tensor output = graph.tensor(graph.outputs[0]);
    const graph::TensorId factor = graph.AddTensor({"factor", graph::ElementType::kFloat, {1}, std::nullopt});
    const graph::TensorId scaled = graph.AddTensor({"scaled", output.type, output.shape, std::nullopt});
    graph.inputs.push_back(factor);
    graph.nodes.push_back({"Mul", "scale", {graph.outputs[0], factor}, {scaled}, {}, {}, graph::kNoTensor, {"scale"}});
    graph.outputs[0] = scaled;
    importer::ExportOnnx(graph, P("net.onnx"));
    WritePictures(Path("pictures"), 3);
    const boards::ProcessResult built = Lockstep({"build", "--input", P("net.onnx"), "--output-dir", P("out"),
                                                  "--calibration", P("pictures"), "--input-value", "factor=2"});
    ASSERT_EQ(built.status, 0) << built.err;
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
};

TEST_F(InputValueTest, AnalyzeAndCrosscheckTakeTheNetworkThatWasBuilt) {
  const std::vector<std::string> commands[] = {
      {"analyze", P("out"), "--images", P("pictures"), "--count", "1"},
      {"crosscheck", P("out/net.joint"), "--data", P("pictures/picture_0.png"), "--board", "local"}};
  for (const std::vector<std::string>& command : commands) {
    const auto with = [&](const std::vector<std::string>& more) {
      std::vector<std::string> arguments = command;
      arguments.insert(arguments.end(), more.begin(), more.end());
      return arguments;
    };
    const boards::ProcessResult plain = Lockstep(command);
    EXPECT_EQ(plain.status, 0) << plain.err;
    const boards::ProcessResult same = Lockstep(with({"--onnx", P("net.onnx"), "--input-value", "factor=2"}));
    EXPECT_EQ(same.status, 0) << same.err;
    ExpectError(with({"--input-value", "factor=2"}), 2, {"--input-value", "--onnx"});
    ExpectError(with({"--onnx", P("net.onnx"), "--input-value", "facter=2"}), 2, {"facter", "did you mean factor?"});
  }
}

}  // namespace
}  // namespace lockstep::testing
