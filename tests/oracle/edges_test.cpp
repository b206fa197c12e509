// Edges of ONNX's operators: windows, indices and limits beyond an end, ties, old defaults; against ONNX Runtime.
#include <gtest/gtest.h>

#include <functional>

#include "agreement.h"
#include "small_network.h"

namespace lockstep::oracle {
namespace {

using importer::SetFloat;
using importer::SetInt;
using importer::SetInts;
using importer::SetString;

struct Edge {
  const char* name;
  int64_t opset;
  std::function<void(Network&)> make;
};

void Slice(Network& n, int64_t start, int64_t end, int64_t step) {
  n.Input("x", {5});
  n.writer.Ints("starts", {start}).Ints("ends", {end}).Ints("axes", {-1}).Ints("steps", {step});
  n.writer.Node("Slice", {"x", "starts", "ends", "axes", "steps"}, {"y"});
}

void Pool(Network& n, const char* op, int64_t extent) {
  n.Input("x", {1, 2, extent, extent});
  auto& node = n.writer.Node(op, {"x"}, {"y"});
  SetInts(node, "kernel_shape", {3, 3});
  SetInts(node, "strides", {2, 2});
  SetInt(node, "ceil_mode", 1);
}

const Edge kEdges[] = {
    {"slice_before_the_first", 13, [](Network& n) { Slice(n, -100, -200, -1); }},
    {"slice_all_backwards", 13, [](Network& n) { Slice(n, 100, -100, -2); }},
    {"slice_forwards", 13, [](Network& n) { Slice(n, -100, 100, 1); }},
    {"max_of_less_than_a_window", 12, [](Network& n) { Pool(n, "MaxPool", 2); }},
    {"mean_of_less_than_a_window", 12, [](Network& n) { Pool(n, "AveragePool", 2); }},
    {"mean_of_one_and_a_half_windows", 12, [](Network& n) { Pool(n, "AveragePool", 4); }},
    {"norm_of_zeros", 13,
     [](Network& n) {
       n.Input("x", {2, 3});
       for (size_t i = 0; i < 3; ++i) n.inputs["x"].data[i] = 0.0F;
       n.writer.Node("LpNormalization", {"x"}, {"y"});
     }},
    {"old_softmax", 9,
     [](Network& n) {
       n.Input("x", {2, 2, 3});
       n.writer.Node("Softmax", {"x"}, {"y"});
     }},
    {"old_upsample", 9,
     [](Network& n) {
       n.Input("x", {1, 1, 2, 2});
       n.writer.Floats("scales", {4}, {1, 1, 2, 3});
       n.writer.Node("Upsample", {"x", "scales"}, {"y"});
     }},
    {"clip_without_a_minimum", 11,
     [](Network& n) {
       n.Input("x", {4});
       n.writer.Floats("high", {}, {0.5F}).Node("Clip", {"x", "", "high"}, {"y"});
     }},
    {"max_pool_indices_by_columns", 12,
     [](Network& n) {
       n.Input("x", {1, 2, 5, 4});
       auto& node = n.writer.Node("MaxPool", {"x"}, {"values", "places"});
       SetInts(node, "kernel_shape", {3, 2});
       SetInts(node, "strides", {2, 1});
       SetInts(node, "pads", {1, 1, 1, 0});
       SetInt(node, "storage_order", 1);
       SetInt(n.writer.Node("Cast", {"places"}, {"y"}), "to", onnx::TensorProto::FLOAT);
     }},
    {"max_pool_dilated", 12,
     [](Network& n) {
       n.Input("x", {1, 2, 6, 6});
       auto& node = n.writer.Node("MaxPool", {"x"}, {"y"});
       SetInts(node, "kernel_shape", {2, 2});
       SetInts(node, "dilations", {2, 2});
       SetInts(node, "strides", {2, 2});
       SetInt(node, "ceil_mode", 1);
     }},
    {"mean_with_padding_upper", 12,
     [](Network& n) {
       n.Input("x", {1, 2, 5, 4});
       auto& node = n.writer.Node("AveragePool", {"x"}, {"y"});
       SetInts(node, "kernel_shape", {3, 2});
       SetInts(node, "strides", {2, 3});
       SetString(node, "auto_pad", "SAME_LOWER");
     }},
    {"norm_pool", 18,
     [](Network& n) {
       n.Input("x", {1, 2, 5, 4});
       auto& node = n.writer.Node("LpPool", {"x"}, {"y"});
       SetInts(node, "kernel_shape", {3, 2});
       SetInts(node, "strides", {2, 1});
       SetInts(node, "pads", {1, 0, 1, 1});
       SetInt(node, "p", 3);
     }},
    {"old_norm_pool", 2,
     [](Network& n) {
       n.Input("x", {1, 2, 5, 4});
       auto& node = n.writer.Node("LpPool", {"x"}, {"y"});
       SetInts(node, "kernel_shape", {3, 2});
     }},
    {"regions", 16,
     [](Network& n) {
       n.Input("x", {1, 2, 6, 7});
       n.writer.Floats("regions", {3, 4}, {0, 0, 4, 3, 1.5F, 2.25F, 6.5F, 5.5F, -3, -2, 9, 8})
           .Ints("images", {0, 0, 0});
       auto& node = n.writer.Node("RoiAlign", {"x", "regions", "images"}, {"y"});
       SetInt(node, "output_height", 2);
       SetInt(node, "output_width", 3);
     }},
    {"old_regions", 10,
     [](Network& n) {
       n.Input("x", {1, 2, 6, 7});
       n.writer.Floats("regions", {2, 4}, {0, 0, 4, 3, 1.5F, 2.25F, 1.5F, 2.25F}).Ints("images", {0, 0});
       auto& node = n.writer.Node("RoiAlign", {"x", "regions", "images"}, {"y"});
       SetInt(node, "output_height", 2);
       SetInt(node, "output_width", 3);
       SetInt(node, "sampling_ratio", 2);
     }},
    {"one_hot_of_any_index", 11,
     [](Network& n) {
       n.Input("x", {1});
       n.writer.Ints("indices", {0, -1, 3, -4, 2}).Ints("depth", {3}).Floats("values", {2}, {-1.0F, 5.0F});
       SetInt(n.writer.Node("OneHot", {"indices", "depth", "values"}, {"hot"}), "axis", 0);
       n.writer.Node("Add", {"hot", "x"}, {"y"});
     }},
    {"mean_and_variance", 13,
     [](Network& n) {
       n.Input("x", {2, 3, 4, 2});
       SetInts(n.writer.Node("MeanVarianceNormalization", {"x"}, {"y"}), "axes", {0, 2});
     }},
    {"clip_with_limits_swapped", 12,
     [](Network& n) {
       n.Input("x", {5});
       n.writer.Floats("low", {}, {0.5F}).Floats("high", {}, {-0.5F});
       n.writer.Node("Clip", {"x", "low", "high"}, {"clipped"});
       n.writer.Node("Add", {"clipped", "x"}, {"y"});
     }},
    {"remainder", 13,
     [](Network& n) {
       n.Input("x", {6});
       n.writer.Floats("by", {2, 1}, {0.7F, -0.7F});
       SetInt(n.writer.Node("Mod", {"x", "by"}, {"y"}), "fmod", 1);
     }},
    {"steps_of_a_range", 11,
     [](Network& n) {
       n.Input("x", {1});
       n.writer.Floats("from", {}, {0.1F}).Floats("to", {}, {0.7F}).Floats("by", {}, {0.1F});
       n.writer.Node("Range", {"from", "to", "by"}, {"range"});
       n.writer.Node("Add", {"range", "x"}, {"y"});
     }},
    {"hardmax_of_equals", 13,
     [](Network& n) {
       n.Input("x", {2, 3});
       n.inputs["x"].data = {1, 2, 2, 5, 5, 5};
       n.writer.Node("Hardmax", {"x"}, {"y"});
     }},
    {"reflected_pad", 13,
     [](Network& n) {
       n.Input("x", {2, 4});
       n.writer.Ints("pads", {1, 2, 0, -1});
       SetString(n.writer.Node("Pad", {"x", "pads"}, {"y"}), "mode", "reflect");
     }},
    {"edge_pad", 13,
     [](Network& n) {
       n.Input("x", {2, 4});
       n.writer.Ints("pads", {2, -1, 0, 3});
       SetString(n.writer.Node("Pad", {"x", "pads"}, {"y"}), "mode", "edge");
     }},
    {"split_unevenly", 18,
     [](Network& n) {
       n.Input("x", {7, 2});
       SetInt(n.writer.Node("Split", {"x"}, {"a", "b", "c"}), "num_outputs", 3);
       n.writer.Node("Concat", {"c", "a", "b"}, {"y"}).add_attribute();
       auto& axis = *n.writer.model.mutable_graph()->mutable_node(1)->mutable_attribute(0);
       axis.set_name("axis");
       axis.set_type(onnx::AttributeProto::INT);
       axis.set_i(0);
     }},
    {"old_softmax_from_the_end", 11,
     [](Network& n) {
       n.Input("x", {2, 2, 3});
       SetInt(n.writer.Node("LogSoftmax", {"x"}, {"y"}), "axis", -2);
     }},
    {"transposed_convolution", 11,
     [](Network& n) {
       n.Input("x", {1, 2, 3, 3});
       n.Weights("w", {2, 2, 3, 3});
       auto& node = n.writer.Node("ConvTranspose", {"x", "w"}, {"y"});
       SetInts(node, "strides", {2, 2});
       SetInts(node, "output_shape", {6, 5});
       SetString(node, "auto_pad", "SAME_LOWER");
     }},
    {"gathered_from_batches", 12,
     [](Network& n) {
       n.Input("x", {2, 3, 2});
       auto& indices = *n.writer.model.mutable_graph()->add_initializer();
       indices.set_name("indices");
       indices.set_data_type(onnx::TensorProto::INT64);
       for (const int64_t extent : {2, 2, 1}) indices.add_dims(extent);
       for (const int64_t index : {-1, 0, 1, -3}) indices.add_int64_data(index);
       SetInt(n.writer.Node("GatherND", {"x", "indices"}, {"y"}), "batch_dims", 1);
     }},
    {"local_response", 13,
     [](Network& n) {
       n.Input("x", {1, 6, 2, 2});
       SetInt(n.writer.Node("LRN", {"x"}, {"y"}), "size", 5);
     }},
    {"running_sum_backwards", 14,
     [](Network& n) {
       n.Input("x", {3, 4});
       n.writer.Ints("axis", {-1});
       auto& node = n.writer.Node("CumSum", {"x", "axis"}, {"y"});
       SetInt(node, "reverse", 1);
       SetInt(node, "exclusive", 1);
     }},
    {"lower_triangle", 14,
     [](Network& n) {
       n.Input("x", {2, 3, 4});
       n.writer.Ints("k", {-1});
       n.writer.model.mutable_graph()->mutable_initializer(0)->clear_dims();
       SetInt(n.writer.Node("Trilu", {"x", "k"}, {"y"}), "upper", 0);
     }},
    {"gemm_turned", 13,
     [](Network& n) {
       n.Input("x", {3, 2});
       n.Weights("w", {4, 3});
       n.Weights("c", {2, 1});
       auto& node = n.writer.Node("Gemm", {"x", "w", "c"}, {"y"});
       SetInt(node, "transA", 1);
       SetInt(node, "transB", 1);
       SetFloat(node, "alpha", 0.5F);
       SetFloat(node, "beta", -2.0F);
     }},
    {"last_largest", 12,
     [](Network& n) {
       n.Input("x", {2, 4});
       n.inputs["x"].data = {1, 3, 3, 2, 5, 5, 0, 5};
       auto& node = n.writer.Node("ArgMax", {"x"}, {"place"});
       SetInt(node, "axis", -1);
       SetInt(node, "select_last_index", 1);
       SetInt(n.writer.Node("Cast", {"place"}, {"y"}), "to", onnx::TensorProto::FLOAT);
     }},
};

TEST(Edges, AreWhereOnnxRuntimeHasThem) {
  std::vector<Comparison> comparisons;
  for (const Edge& edge : kEdges) {
    Network network(edge.opset);
    edge.make(network);
    network.writer.Output("y");
    comparisons.push_back({edge.name, 2e-5, network.writer.Bytes(), network.inputs});
  }
  ExpectSameValues(comparisons);
}

}  // namespace
}  // namespace lockstep::oracle
