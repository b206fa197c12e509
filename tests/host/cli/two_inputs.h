// A network with two inputs, a batch of two and two outputs, and data for it.
#pragma once

#include <filesystem>
#include <string>

#include "command_line.h"
#include "files/output_file.h"
#include "import/onnx_export.h"
#include "input/npy.h"
#include "support/small_detector.h"
#include "support/small_graph.h"

namespace lockstep::testing {

class TwoInputsTest : public CommandLineTest {
 protected:
  void SetUp() override {
    SmallGraph small;
    const graph::TensorId images = small.Input("images", {2, 3, 16, 16});
    const graph::TensorId vec = small.Input("vec", {2, 8});
    const graph::TensorId features = small.Conv(images, 3, 8, 3, {{"strides", std::vector<int64_t>{2, 2}}});
    const graph::TensorId bias = small.Add("Reshape", {vec, small.Ints({2, 8, 1, 1})});
    const graph::TensorId sum = small.Add("Relu", {small.Add("Add", {features, bias})});
    graph::Graph graph = small.Finish({small.Conv(sum, 8, 4, 1), small.Conv(sum, 8, 5, 1)});
    floats_ = graph.tensor(graph.outputs[0]).name;
    raw_ = graph.tensor(graph.outputs[1]).name;
    rows_ = graph.tensor(graph.outputs[0]).shape[2];
    importer::ExportOnnx(graph, P("net.onnx"));
    WritePictures(Path("pictures"), 6);
    WritePictures(Path("photos"), 2, 99);
    for (int i = 0; i < 3; ++i) WriteVector("vectors/" + std::to_string(i) + ".npy", i);
    WriteVector("vec.npy", 7);
  }

  std::string P(const std::string& name) const { return Path(name).string(); }

  void WriteVector(const std::string& name, int seed) const {
    std::vector<float> values(16);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>((static_cast<int>(i) * 5 + seed * 3) % 17 - 8) / 8.0F;
    }
    const auto file = input::MakeNpy("f32", {2, 8}, values.data(), values.size() * sizeof(float));
    files::WriteFile(Path(name), file.data(), file.size());
  }

  void Build(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"build",
                                          "--input",
                                          P("net.onnx"),
                                          "--output-dir",
                                          P("out"),
                                          "--calibration",
                                          "images=" + P("pictures"),
                                          "--calibration",
                                          "vec=" + P("vectors"),
                                          "--output-format",
                                          raw_ + ":raw",
                                          "--output-order",
                                          raw_ + ":physical"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const boards::ProcessResult built = Lockstep(arguments);
    ASSERT_EQ(built.status, 0) << built.err;
  }

  std::vector<std::string> Data() const { return {"--data", "images=" + P("photos"), "--data", "vec=" + P("vec.npy")}; }

  std::string floats_;  // names of the outputs
  std::string raw_;
  int64_t rows_ = 0;
};

}  // namespace lockstep::testing
