#include "two_inputs_network.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "files/output_file.h"
#include "import/onnx_export.h"
#include "input/npy.h"
#include "support/small_detector.h"
#include "support/small_graph.h"

namespace lockstep::testing {

void WriteVector(const std::filesystem::path& file, int seed) {
  std::vector<float> values(16);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>((static_cast<int>(i) * 5 + seed * 3) % 17 - 8) / 8.0F;
  }
  const auto npy = input::MakeNpy("f32", {2, 8}, values.data(), values.size() * sizeof(float));
  files::WriteFile(file, npy.data(), npy.size());
}

TwoInputs WriteTwoInputs(const std::filesystem::path& folder) {
  SmallGraph small;
  const graph::TensorId images = small.Input("images", {2, 3, 16, 16});
  const graph::TensorId vec = small.Input("vec", {2, 8});
  const graph::TensorId features = small.Conv(images, 3, 8, 3, {{"strides", std::vector<int64_t>{2, 2}}});
  const graph::TensorId bias = small.Add("Reshape", {vec, small.Ints({2, 8, 1, 1})});
  const graph::TensorId sum = small.Add("Relu", {small.Add("Add", {features, bias})});
  const graph::TensorId scores = small.Conv(sum, 8, 4, 1);
  const graph::TensorId shares = small.Add("Sigmoid", {small.Conv(sum, 8, 5, 1)});
  const graph::TensorId cells = small.Add("Reshape", {scores, small.Ints({2, 4, -1})});
  const graph::TensorId best = small.AddMany("TopK", {cells, small.Ints({3})}, 2, {{"axis", int64_t{2}}})[1];
  const graph::Graph graph = small.Finish({scores, shares, best});
  importer::ExportOnnx(graph, (folder / "net.onnx").string());
  WritePictures(folder / "pictures", 6);
  WritePictures(folder / "photos", 2, 99);
  for (int i = 0; i < 3; ++i) WriteVector(folder / "vectors" / (std::to_string(i) + ".npy"), i);
  WriteVector(folder / "vec.npy", 7);
  const TwoInputs made = {graph.tensor(scores).name, graph.tensor(shares).name, graph.tensor(best).name,
                          graph.tensor(scores).shape[2]};
  const nlohmann::ordered_json config = {{"input", "net.onnx"},
                                         {"calibration", {{"images", "pictures"}, {"vec", "vectors"}}},
                                         {"output_format", {{made.raw, "raw"}}},
                                         {"output_order", {{made.raw, "physical"}}}};
  const std::string text = config.dump(1);
  files::WriteFile(folder / "build.json", text.data(), text.size());
  return made;
}

}  // namespace lockstep::testing
