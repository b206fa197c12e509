#include "known_networks.h"

#include "support/small_graph.h"

namespace lockstep::testing {

graph::Graph ColourClassifier() {
  SmallGraph net;
  const graph::TensorId image = net.Input("images", {1, 3, 16, 16});
  return net.Finish({net.Add("Flatten", {net.Add("GlobalAveragePool", {image})}, {{"axis", int64_t{1}}})});
}

graph::Graph RedBlocks() {
  SmallGraph net;
  const graph::TensorId image = net.Input("images", {1, 3, 32, 32});
  const graph::TensorId cells = net.Add(
      "AveragePool", {image}, {{"kernel_shape", std::vector<int64_t>{8, 8}}, {"strides", std::vector<int64_t>{8, 8}}});
  // cx, cy, w, h, objectness, class 0, class 1 from R, G, B.
  const std::vector<float> weights = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, -20, 0, 0, 20};
  const std::vector<float> bias = {0.5F, 0.5F, 0, 0, -10, 10, -10};
  return net.Finish({net.Add("Conv", {cells, net.Floats({7, 3, 1, 1}, weights), net.Floats({7}, bias)})});
}

}  // namespace lockstep::testing
