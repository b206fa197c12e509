#include "info/model_info.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "compiler/compiler.h"
#include "import/onnx_export.h"
#include "info/node_costs.h"
#include "support/small_detector.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::info {
namespace {

using nlohmann::ordered_json;

class ModelInfoTest : public testing::FolderTest {
 protected:
  ordered_json Describe(const graph::Graph& graph) const {
    importer::ExportOnnx(graph, Path("net.onnx").string());
    return DescribeModelFile(Path("net.onnx").string(), {});
  }
  ordered_json BuildAndDescribe() const {
    importer::ExportOnnx(testing::SmallDetector(), Path("net.onnx").string());
    testing::WritePictures(Path("pictures"), 2);
    const ordered_json keys = {{"input", Path("net.onnx").string()},
                               {"output_dir", Path("out").string()},
                               {"calibration", Path("pictures").string()}};
    compiler::Build(compiler::ParseConfig(keys, "test"), {});
    return DescribeModelFile(Path("out/net.joint").string(), {});
  }
};

const ordered_json& Named(const ordered_json& list, const std::string& name) {
  for (const ordered_json& entry : list) {
    if (entry.at("name") == name) return entry;
  }
  ADD_FAILURE() << name << " is not listed";
  return list.front();
}

TEST_F(ModelInfoTest, EdgesOfAJointModelAreWhoReadsWhat) {
  const ordered_json info = BuildAndDescribe();
  const ordered_json& layers = info.at("layers");
  const ordered_json& tensors = info.at("tensors");
  const auto lists = [](const ordered_json& list, const ordered_json& tensor) {
    return std::find(list.begin(), list.end(), tensor) != list.end();
  };
  size_t reads = 0;
  for (const ordered_json& layer : layers) {
    for (const ordered_json& input : layer.at("inputs"))
      reads += tensors.at(input.get<size_t>()).at("constant") ? 0 : 1;
  }
  EXPECT_EQ(info.at("edges").size(), reads);
  size_t from_inputs = 0;
  for (const ordered_json& edge : info.at("edges")) {
    const ordered_json& tensor = edge.at("tensor");
    EXPECT_TRUE(lists(layers.at(edge.at("to").get<size_t>()).at("inputs"), tensor)) << edge;
    if (edge.at("from").is_null()) {
      EXPECT_EQ(tensors.at(tensor.get<size_t>()).at("name"), info.at("inputs").at(0).at("name"));
      ++from_inputs;
    } else {
      EXPECT_TRUE(lists(layers.at(edge.at("from").get<size_t>()).at("outputs"), tensor)) << edge;
    }
  }
  EXPECT_GE(from_inputs, 1U);
}

TEST_F(ModelInfoTest, QuantisedTensorsOfAJointModelHaveTheirBits) {
  const ordered_json info = BuildAndDescribe();
  size_t quantised = 0;
  for (const ordered_json& tensor : info.at("tensors")) {
    const std::string type = tensor.at("dtype").get<std::string>();
    EXPECT_EQ(tensor.contains("bits"), type == "u8" || type == "u16" || type == "s8" || type == "s16") << tensor;
    if (!tensor.contains("bits")) continue;
    const int bits = tensor.at("bits").get<int>();
    EXPECT_TRUE(type == "u8" || type == "s8" ? bits >= 2 && bits <= 8 : bits >= 9 && bits <= 16) << tensor;
    ++quantised;
  }
  EXPECT_GT(quantised, 10U);
}

TEST_F(ModelInfoTest, ANetworkIsDescribedAsItIsAndAsItIsOptimised) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("images", {1, 3, 8, 8});
  const graph::TensorId y = net.Add("Conv", {x, net.Random({4, 3, 1, 1})});
  net.graph.outputs = {net.Add("Relu", {y})};
  const ordered_json info = Describe(net.graph);
  EXPECT_EQ(info.at("node_count"), 2);
  EXPECT_EQ(info.at("operators"), (ordered_json{{"Conv", 1}, {"Relu", 1}}));
  EXPECT_EQ(info.at("optimised_node_count"), 1);
  EXPECT_EQ(info.at("optimised_operators"), (ordered_json{{"Conv", 1}}));
}

TEST_F(ModelInfoTest, ANetworkHasNodesTensorsMacsAndParameters) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("images", {1, 4, 9, 8});
  const graph::TensorId w = net.Random({6, 2, 3, 3});
  const graph::TensorId conv = net.Add("Conv", {x, w, net.Random({6})}, {{"group", int64_t{2}}});
  const graph::TensorId again = net.Add("Conv", {x, w}, {{"group", int64_t{2}}});
  const ordered_json info = Describe(net.Finish({net.Add("Tanh", {conv}), again}));
  const std::string name = net.graph.tensor(conv).name;
  const ordered_json& node = Named(info.at("nodes"), name);
  EXPECT_EQ(node.at("op"), "Conv+Tanh");
  EXPECT_EQ(node.at("shape"), (ordered_json{1, 6, 7, 6}));
  EXPECT_EQ(node.at("dtype"), "f32");
  EXPECT_EQ(node.at("inputs").at(0), "images");
  EXPECT_EQ(node.at("macs"), 6 * 7 * 6 * 2 * 3 * 3);
  EXPECT_EQ(node.at("parameters"), 6 * 2 * 3 * 3 + 6);
  EXPECT_EQ(info.at("macs"), 2 * 6 * 7 * 6 * 2 * 3 * 3);
  EXPECT_EQ(info.at("parameters"), 6 * 2 * 3 * 3 + 6) << "weights that two nodes share count once";
  EXPECT_EQ(info.at("inputs").at(0).at("shape"), (ordered_json{1, 4, 9, 8}));
  EXPECT_EQ(info.at("inputs").at(0).at("axes"), (ordered_json{0, 1, 2, 3}));
  EXPECT_EQ(Named(info.at("tensors"), net.graph.tensor(w).name).at("constant"), true);
}

TEST_F(ModelInfoTest, MacsOfEveryOperatorThatMultiplies) {
  testing::SmallGraph net;
  const graph::TensorId image = net.Input("image", {1, 4, 5, 5});
  const graph::TensorId row = net.Input("row", {5, 7});
  const graph::TensorId turned = net.Input("turned", {7, 5});
  const graph::TensorId up = net.Add("ConvTranspose", {image, net.Random({4, 3, 2, 2})});
  const graph::TensorId gemm = net.Add("Gemm", {row, net.Random({7, 3})});
  const graph::TensorId other = net.Add("Gemm", {turned, net.Random({7, 3})}, {{"transA", int64_t{1}}});
  const graph::TensorId product = net.Add("MatMul", {row, net.Random({7, 2})});
  const ordered_json info = Describe(net.Finish({up, gemm, other, product}));
  EXPECT_EQ(Named(info.at("nodes"), net.graph.tensor(up).name).at("macs"), 4 * 5 * 5 * 3 * 2 * 2);
  EXPECT_EQ(Named(info.at("nodes"), net.graph.tensor(gemm).name).at("macs"), 5 * 3 * 7);
  EXPECT_EQ(Named(info.at("nodes"), net.graph.tensor(other).name).at("macs"), 5 * 3 * 7);
  EXPECT_EQ(Named(info.at("nodes"), net.graph.tensor(product).name).at("macs"), 5 * 2 * 7);
}

// Of nodes that no pass has made a Conv of.
TEST(NodeCosts, MacsOfConvTransposeMatMulAndGemm) {
  const auto macs = [](const std::string& op, const graph::Shape& a, const graph::Shape& b,
                       const std::map<std::string, graph::Attribute>& attributes = {}) {
    testing::SmallGraph net;
    net.Finish({net.Add(op, {net.Input("a", a), net.Input("b", b)}, attributes)});
    return MacsOf(net.graph, net.graph.nodes[0]);
  };
  EXPECT_EQ(macs("ConvTranspose", {1, 4, 5, 5}, {4, 3, 2, 2}), 4 * 5 * 5 * 3 * 2 * 2);
  EXPECT_EQ(macs("MatMul", {3, 5, 7}, {7, 2}), 3 * 5 * 2 * 7);
  EXPECT_EQ(macs("Gemm", {5, 7}, {7, 3}), 5 * 3 * 7);
  EXPECT_EQ(macs("Gemm", {7, 5}, {7, 3}, {{"transA", int64_t{1}}}), 5 * 3 * 7);
}

TEST_F(ModelInfoTest, WhatIsNotKnownIsNull) {
  testing::SmallGraph net;
  net.graph.outputs = {net.Add("Relu", {net.Add("Strange", {net.Input("x", {1, 3, 8, 8})})})};
  const ordered_json info = Describe(net.graph);
  EXPECT_TRUE(info.at("outputs").at(0).at("shape").is_null());
  EXPECT_TRUE(info.at("nodes").at(0).at("shape").is_null());
  EXPECT_EQ(info.at("blockers").size(), 1U);
  EXPECT_NE(InfoText(info).find("Strange"), std::string::npos);
}

TEST_F(ModelInfoTest, ANetworkAndItsModelHaveTheSameMacs) {
  const ordered_json joint = BuildAndDescribe();
  const ordered_json onnx = DescribeModelFile(Path("net.onnx").string(), {});
  EXPECT_GT(onnx.at("macs"), 0);
  EXPECT_EQ(onnx.at("macs"), joint.at("macs"));
}

TEST_F(ModelInfoTest, AJointModelSpellsTensorsAsManifestsDo) {
  const ordered_json info = BuildAndDescribe();
  const ordered_json& input = info.at("inputs").at(0);
  EXPECT_EQ(input.at("shape"), (ordered_json{1, 32, 32, 3}));
  EXPECT_EQ(input.at("dtype"), "u8");
  EXPECT_EQ(input.at("axes"), (ordered_json{0, 2, 3, 1}));
  // As the settings spell it.
  EXPECT_EQ(input.at("kind"), "picture");
  EXPECT_EQ(input.at("color"), "RGB");
  EXPECT_EQ(input.at("resize"), "letterbox");
  const ordered_json& output = info.at("outputs").at(0);
  EXPECT_EQ(output.at("shape"), (ordered_json{1, 8, 336}));
  EXPECT_EQ(output.at("axes"), (ordered_json{0, 1, 2}));
  EXPECT_EQ(output.at("dtype"), "f32");
  EXPECT_EQ(output.at("scale"), 1.0);
  EXPECT_EQ(output.at("bytes"), 8 * 336 * 4);
}

TEST_F(ModelInfoTest, EveryEdgeOfAJointModelLeadsFromItsMakerToItsReaders) {
  const ordered_json info = BuildAndDescribe();
  const ordered_json& tensors = info.at("tensors");
  std::set<int> made;
  for (const ordered_json& tensor : tensors) {
    if (tensor.at("constant").get<bool>()) made.insert(tensor.at("index").get<int>());
  }
  made.insert(0);  // the input
  EXPECT_EQ(tensors.at(0).at("name"), info.at("inputs").at(0).at("name"));
  std::set<int> read;
  for (const ordered_json& layer : info.at("layers")) {
    for (const int tensor : layer.at("inputs")) {
      EXPECT_EQ(made.count(tensor), 1U) << layer << " reads what is not there";
      read.insert(tensor);
      if (tensors.at(tensor).contains("last_layer")) {
        EXPECT_LE(layer.at("index"), tensors.at(tensor).at("last_layer"));
      }
    }
    for (const int tensor : layer.at("outputs")) {
      EXPECT_TRUE(made.insert(tensor).second) << layer << " makes a tensor again";
      EXPECT_EQ(tensors.at(tensor).at("first_layer"), layer.at("index"));
      EXPECT_EQ(tensors.at(tensor).at("shape"), layer.at("shape"));
    }
  }
  EXPECT_EQ(made.size(), tensors.size());
  EXPECT_EQ(read.size() + info.at("outputs").size(), tensors.size()) << "a tensor is neither read nor an output";
}

// Bytes from the first element to behind the last.
int64_t ReachOf(const ordered_json& tensor) {
  const auto bytes = tensor.at("bytes").get<int64_t>();
  if (!tensor.contains("strides")) return bytes;
  int64_t elements = 1;
  for (const int64_t extent : tensor.at("shape")) elements *= extent;
  int64_t last = 0;
  for (size_t axis = 0; axis < tensor.at("shape").size(); ++axis) {
    last += (tensor.at("shape").at(axis).get<int64_t>() - 1) * tensor.at("strides").at(axis).get<int64_t>();
  }
  return (last + 1) * (bytes / elements);
}

TEST_F(ModelInfoTest, TensorsThatLiveTogetherLieApartInTheArena) {
  const ordered_json info = BuildAndDescribe();
  const ordered_json& tensors = info.at("tensors");
  // What Reshapes, Slices and Concats move may lie where the other side has it.
  std::vector<size_t> family(tensors.size());
  std::iota(family.begin(), family.end(), size_t{0});
  for (const ordered_json& layer : info.at("layers")) {
    if (layer.at("op") != "Reshape" && layer.at("op") != "Slice" && layer.at("op") != "Concat") continue;
    for (const size_t input : layer.at("inputs")) {
      const size_t joined = family[layer.at("outputs").at(0)];
      std::replace(family.begin(), family.end(), joined, size_t{family[input]});
    }
  }
  int64_t end_of_all = 0;
  for (const ordered_json& a : tensors) {
    if (!a.contains("arena_offset")) continue;
    const int64_t begin = a.at("arena_offset");
    const int64_t end = begin + ReachOf(a);
    end_of_all = std::max(end_of_all, end);
    EXPECT_LE(a.at("first_layer"), a.at("last_layer"));
    for (const ordered_json& b : tensors) {
      if (!b.contains("arena_offset") || b.at("index") <= a.at("index")) continue;
      const bool together = a.at("first_layer") <= b.at("last_layer") && b.at("first_layer") <= a.at("last_layer");
      const int64_t other = b.at("arena_offset");
      const bool apart = end <= other || other + ReachOf(b) <= begin;
      EXPECT_TRUE(!together || apart || family[a.at("index")] == family[b.at("index")]) << a << "\n" << b;
    }
  }
  EXPECT_GT(end_of_all, 0);
  EXPECT_LE(end_of_all, info.at("arena_bytes"));
}

TEST_F(ModelInfoTest, VersionsOfLayersAreShownWhereOneIsAboveTheFirst) {
  ordered_json info = BuildAndDescribe();
  const auto header = [&info] {
    const std::string text = InfoText(info);
    const size_t at = text.find("index", text.find("\nlayers\n"));
    return text.substr(at, text.find('\n', at) - at);
  };
  for (ordered_json& layer : info.at("layers")) layer.at("version") = 1;
  EXPECT_EQ(header().find("version"), std::string::npos) << header();
  info["layers"][1]["version"] = 2;
  EXPECT_NE(header().find("version"), std::string::npos) << header();
}

graph::TensorId Integers(testing::SmallGraph& net, const graph::Shape& shape) {
  const graph::TensorId x = net.Input("x", shape);
  net.graph.tensor(x).type = graph::ElementType::kInt64;
  return x;
}

TEST_F(ModelInfoTest, TheTextShowsShapesAndWholeReasons) {
  testing::SmallGraph net;
  const std::string text = InfoText(Describe(net.Finish({net.Add("Relu", {Integers(net, {1, 6, 8, 4})})})));
  EXPECT_NE(text.find("1x6x8x4"), std::string::npos) << text;
  EXPECT_NE(
      text.find(
          "it holds integers that are not cast to floats or compared first, or more than 16 bits of them; give it its "
          "value with --input-value "),
      std::string::npos)
      << text;
  EXPECT_EQ(text.find("\ntensors"), std::string::npos) << text;
}

}  // namespace
}  // namespace lockstep::info
