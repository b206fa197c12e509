// Every attribute and every list of integers of every operator, replaced by values that mean harm: the node is refused
// with an error of ours or gives shapes, and nothing crashes, hangs or takes the memory.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "graph/error.h"
#include "ops/op_samples.h"
#include "ops/op_table.h"
#include "optimize/optimize.h"

namespace lockstep::ops {
namespace {

using graph::Attribute;
using graph::Graph;
using Ints = std::vector<int64_t>;

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();
constexpr int64_t kNasty[] = {0,
                              1,
                              -1,
                              2,
                              3,
                              4,
                              -4,
                              5,
                              -5,
                              7,
                              100,
                              -100,
                              1000000007,
                              int64_t{1} << 30,
                              int64_t{1} << 31,
                              -(int64_t{1} << 31),
                              int64_t{1} << 32,
                              int64_t{1} << 62,
                              kHighest,
                              kLowest};

std::vector<Attribute> Values() {
  std::vector<Attribute> values;
  for (const int64_t number : kNasty) {
    values.emplace_back(number);
    for (const size_t length : {size_t{1}, size_t{2}, size_t{4}}) values.emplace_back(Ints(length, number));
    values.emplace_back(Ints{1, number});
    values.emplace_back(Ints{0, number, 1, 2});
  }
  values.emplace_back(Ints{});
  values.emplace_back(Ints(70, 1));
  for (const float number : {0.0F, -1.0F, 1e30F, -std::numeric_limits<float>::infinity(), std::nanf("")}) {
    values.emplace_back(number);
  }
  for (const char* text : {"", "SAME_UPPER", "SAME_LOWER", "VALID", "reflect", "wrap", "linear", "cubic", "LEFT", "a,b",
                           "...i,...i", "ab->ba", "tf_crop_and_resize", "bidirectional", "nonsense"}) {
    values.emplace_back(std::string(text));
  }
  values.emplace_back(graph::ConstantData{});
  return values;
}

constexpr const char* kAttributes[] = {"axis",
                                       "axes",
                                       "perm",
                                       "group",
                                       "strides",
                                       "pads",
                                       "dilations",
                                       "kernel_shape",
                                       "auto_pad",
                                       "ceil_mode",
                                       "count_include_pad",
                                       "storage_order",
                                       "output_padding",
                                       "output_shape",
                                       "blocksize",
                                       "keepdims",
                                       "noop_with_empty_axes",
                                       "select_last_index",
                                       "mode",
                                       "batch_dims",
                                       "p",
                                       "size",
                                       "alpha",
                                       "beta",
                                       "bias",
                                       "lambd",
                                       "gamma",
                                       "epsilon",
                                       "training_mode",
                                       "transA",
                                       "transB",
                                       "allowzero",
                                       "start",
                                       "end",
                                       "to",
                                       "exclusive",
                                       "reverse",
                                       "upper",
                                       "largest",
                                       "sorted",
                                       "fmod",
                                       "approximate",
                                       "value",
                                       "coordinate_transformation_mode",
                                       "nearest_mode",
                                       "keep_aspect_ratio_policy",
                                       "detect_negative",
                                       "reduction",
                                       "stash_type",
                                       "direction",
                                       "bits",
                                       "k",
                                       "dtype",
                                       "equation",
                                       "padding_mode",
                                       "align_corners",
                                       "layout",
                                       "hidden_size",
                                       "activations",
                                       "activation_alpha",
                                       "activation_beta",
                                       "clip",
                                       "input_forget",
                                       "linear_before_reset",
                                       "center_point_box",
                                       "output_height",
                                       "output_width",
                                       "sampling_ratio",
                                       "spatial_scale",
                                       "batch_axis",
                                       "time_axis",
                                       "ignore_index",
                                       "output_dtype",
                                       "mantissa_bits",
                                       "integer_type",
                                       "exclude_outside",
                                       "cubic_coeff_a",
                                       "extrapolation_value",
                                       "antialias"};

// How far the graph goes before it is refused.
enum class End { kRefused, kBlocked, kAccepted };

End Run(Graph graph, bool all_constant) {
  const auto begin = std::chrono::steady_clock::now();
  End end = End::kRefused;
  try {
    if (all_constant) {
      for (const graph::TensorId id : graph.inputs) {
        graph::Tensor& input = graph.tensor(id);
        input.constant = MakeValue(input.type, input.shape).data;
      }
      graph.inputs.clear();
    }
    optimize::InferShapes(graph);
    optimize::Optimize(graph);
    end = optimize::FindBlockers(graph).empty() ? End::kAccepted : End::kBlocked;
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("node '"), std::string::npos) << error.what();
  } catch (const UnsupportedModel&) {
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  return end;
}

void RunBoth(const Graph& graph) {
  Run(graph, false);
  Run(graph, true);
}

// An attribute that is read is refused if it is a tensor, but for the `value` that is one.
bool Reads(Graph sample, const std::string& key) {
  if (key == "value") return true;
  sample.nodes[0].attributes[key] = graph::ConstantData{};
  return Run(sample, false) == End::kRefused || Run(sample, true) == End::kRefused;
}

TEST(AttributeMutation, OfEveryOperatorIsRefusedOrValid) {
  const std::vector<Attribute> values = Values();
  for (const OpRow& row : kOps) {
    const Graph sample = testing::SampleOf(std::string(row.name));
    for (const char* key : kAttributes) {
      if (!Reads(sample, key)) continue;
      for (size_t i = 0; i < values.size(); ++i) {
        SCOPED_TRACE(std::string(row.name) + ", attribute " + key + ", value " + std::to_string(i));
        Graph graph = sample;
        graph.nodes[0].attributes[key] = values[i];
        RunBoth(graph);
        if (HasFailure()) return;
      }
    }
  }
}

TEST(AttributeMutation, OfEveryListOfIntegersIsRefusedOrValid) {
  for (const OpRow& row : kOps) {
    const Graph sample = testing::SampleOf(std::string(row.name));
    for (const graph::TensorId id : sample.nodes[0].inputs) {
      if (id == graph::kNoTensor || !sample.tensor(id).constant) continue;
      if (sample.tensor(id).type != graph::ElementType::kInt64) continue;
      for (const int64_t number : kNasty) {
        for (const int64_t length : {0, 1, 2, 4, 8}) {
          SCOPED_TRACE(std::string(row.name) + ", " + std::to_string(length) + " times " + std::to_string(number));
          Graph graph = sample;
          graph.tensor(id).constant->ints.assign(static_cast<size_t>(length), number);
          graph.tensor(id).shape = {length};
          RunBoth(graph);
          if (HasFailure()) return;
        }
      }
    }
  }
}

TEST(AttributeMutation, OfEveryShapeIsRefusedOrValid) {
  const std::vector<graph::Shape> shapes = {
      {},        {0},          {1},          {6},          {0, 0},          {4, 6},
      {1, 4, 6}, {1, 4, 0, 6}, {1, 1, 1, 1}, {2, 4, 4, 6}, {1, 4, 4, 4, 6}, {1, 1, 1, 1, 1, 4, 4, 6}};
  for (const OpRow& row : kOps) {
    const Graph sample = testing::SampleOf(std::string(row.name));
    for (const graph::TensorId id : sample.nodes[0].inputs) {
      if (id == graph::kNoTensor) continue;
      for (const graph::Shape& shape : shapes) {
        SCOPED_TRACE(std::string(row.name) + ", " + graph::ToString(shape));
        Graph graph = sample;
        graph::Tensor& tensor = graph.tensor(id);
        tensor.shape = shape;
        if (tensor.constant) tensor.constant = MakeValue(tensor.type, shape).data;
        RunBoth(graph);
        if (HasFailure()) return;
      }
    }
  }
}

// Those that were once taken, or ended the program.
TEST(AttributeMutation, AnAxisOfSoftmaxOutsideOfTheRankIsNamed) {
  for (const int64_t axis : {int64_t{4}, int64_t{5}, int64_t{100}, int64_t{1} << 31, -(int64_t{1} << 31), kLowest,
                             int64_t{-5}, int64_t{-100}}) {
    Graph graph = testing::SampleOf("Softmax");
    graph.nodes[0].attributes["axis"] = axis;
    try {
      optimize::InferShapes(graph);
      ADD_FAILURE() << "axis " << axis << " was taken";
    } catch (const BadInput& error) {
      EXPECT_EQ(std::string(error.what()), "node 'Softmax_0' (Softmax): its attribute 'axis' is " +
                                               std::to_string(axis) + "; allowed for rank 4: -4 to 3");
    }
  }
}

}  // namespace
}  // namespace lockstep::ops
