#include <gtest/gtest.h>

#include "import/onnx_export.h"
#include "run/model_runner.h"
#include "support/small_detector.h"
#include "support/temporary_test_folder.h"

namespace lockstep::run {
namespace {

class FloatRunnerTest : public testing::FolderTest {};

TEST_F(FloatRunnerTest, AnOutputThatIsListedTwiceIsDeliveredTwice) {
  graph::Graph graph = testing::SmallDetector();
  const graph::TensorId output = graph.outputs[0];
  graph.outputs = {output, output};
  importer::ExportOnnx(graph, Path("net.onnx").string());
  WriteText(Path("zeros.bin"), std::string(3 * 32 * 32, '\0'));
  const auto runner = OpenModel(Path("net.onnx"), EngineKind::kFloat, {});
  const auto items = input::ListData({{"", Path("zeros.bin").string()}}, runner->Inputs(), "data").items;
  const auto outputs = runner->Run(items[0], nullptr);
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(static_cast<int64_t>(outputs[0].values.size()), graph::ElementCount(graph.tensor(output).shape));
  EXPECT_EQ(outputs[0].name, outputs[1].name);
  EXPECT_EQ(outputs[0].values, outputs[1].values);
}

}  // namespace
}  // namespace lockstep::run
