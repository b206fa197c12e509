// ONNX Runtime's own operators against what the importer makes of them.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "agreement.h"
#include "import/onnx_writer.h"

namespace lockstep::oracle {
namespace {

using importer::OnnxWriter;
using importer::SetFloat;
using importer::SetFloats;
using importer::SetInt;
using importer::SetInts;
using importer::SetString;
using Names = std::vector<std::string>;

constexpr double kFloatBound = 2e-5;
constexpr double kOneLevel = 0.05 + 1e-5;  // of the levels that this test gives every output

class Network {
 public:
  OnnxWriter writer{17};

  Network() {
    auto& domain = *writer.model.add_opset_import();
    domain.set_domain("com.microsoft");
    domain.set_version(1);
    writer.Floats("scale", {}, {0.05F}).Floats("small_scale", {}, {0.01F});
    Bytes("zero", {}, {128});
  }

  std::string Input(const std::string& name, const std::vector<int64_t>& shape) {
    writer.Input(name, shape);
    engine::FloatTensor values;
    values.shape = shape;
    for (int64_t i = 0; i < graph::ElementCount(shape); ++i) {
      values.data.push_back(2.5F * std::sin(0.7F * static_cast<float>(i * i % 977) + static_cast<float>(name.size())));
    }
    inputs[name] = values;
    return name;
  }

  std::string Floats(const std::string& name, const std::vector<int64_t>& shape) {
    std::vector<float> values;
    for (int64_t i = 0; i < graph::ElementCount(shape); ++i) {
      values.push_back(0.5F * std::cos(1.3F * static_cast<float>(i * i % 971)));
    }
    writer.Floats(name, shape, values);
    return name;
  }

  std::string Bytes(const std::string& name, const std::vector<int64_t>& shape, std::vector<int> values = {},
                    int type = onnx::TensorProto::UINT8) {
    auto& tensor = *writer.model.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const int64_t extent : shape) tensor.add_dims(extent);
    for (int i = 0; values.size() < static_cast<size_t>(graph::ElementCount(shape)); ++i) {
      values.push_back(90 + i * i % 83);
    }
    for (const int value : values) tensor.add_int32_data(value);
    return name;
  }

  // An input in levels of `scale`.
  std::string Levels(const std::string& name, const std::vector<int64_t>& shape) {
    writer.Node("QuantizeLinear", {Input(name, shape), "scale", "zero"}, {name + "_levels"})
        .set_name(name + "_to_levels");
    return name + "_levels";
  }

  onnx::NodeProto& Node(const std::string& op, const Names& in, const Names& out, bool own_domain = true) {
    onnx::NodeProto& node = writer.Node(op, in, out);
    if (own_domain) node.set_domain("com.microsoft");
    return node;
  }

  // The levels as floats.
  void DequantizedOutput(const std::string& levels) {
    writer.Node("DequantizeLinear", {levels, "scale", "zero"}, {"y"});
    writer.Output("y");
  }

  std::map<std::string, engine::FloatTensor> inputs;
};

struct Case {
  const char* name;
  double bound;
  std::function<void(Network&)> make;
};

const Case kCases[] = {
    {"FusedConv", kFloatBound,
     [](Network& n) {
       auto& node =
           n.Node("FusedConv", {n.Input("x", {1, 2, 5, 6}), n.Floats("w", {4, 2, 3, 3}), n.Floats("b", {4})}, {"y"});
       SetInts(node, "pads", {1, 1, 1, 1});
       SetString(node, "activation", "LeakyRelu");
       SetFloats(node, "activation_params", {0.3F});
       n.writer.Output("y");
     }},
    {"FusedConvClip", kFloatBound,
     [](Network& n) {
       auto& node = n.Node("FusedConv", {n.Input("x", {1, 2, 5, 6}), n.Floats("w", {4, 2, 3, 3})}, {"y"});
       SetString(node, "activation", "Clip");
       SetFloats(node, "activation_params", {-0.5F, 1.0F});
       n.writer.Output("y");
     }},
    {"FusedGemm", kFloatBound,
     [](Network& n) {
       auto& node = n.Node("FusedGemm", {n.Input("x", {3, 5}), n.Floats("w", {4, 5}), n.Floats("b", {4})}, {"y"});
       SetInt(node, "transB", 1);
       SetString(node, "activation", "Tanh");
       n.writer.Output("y");
     }},
    {"Gelu", kFloatBound,
     [](Network& n) {
       n.Node("Gelu", {n.Input("x", {3, 7})}, {"y"});
       n.writer.Output("y");
     }},
    {"BiasGelu", kFloatBound,
     [](Network& n) {
       n.Node("BiasGelu", {n.Input("x", {3, 7}), n.Floats("b", {7})}, {"y"});
       n.writer.Output("y");
     }},
    {"FastGelu", kFloatBound,
     [](Network& n) {
       n.Node("FastGelu", {n.Input("x", {3, 7}), n.Floats("b", {7})}, {"y"});
       n.writer.Output("y");
     }},
    {"QuickGelu", kFloatBound,
     [](Network& n) {
       SetFloat(n.Node("QuickGelu", {n.Input("x", {3, 7})}, {"y"}), "alpha", 1.5F);
       n.writer.Output("y");
     }},
    {"SkipLayerNormalization", kFloatBound,
     [](Network& n) {
       auto& node = n.Node("SkipLayerNormalization",
                           {n.Input("x", {1, 3, 8}), n.Input("skip", {1, 3, 8}), n.Floats("gamma", {8}),
                            n.Floats("beta", {8}), n.Floats("bias", {8})},
                           {"y", "", "", "sum"});
       SetFloat(node, "epsilon", 1e-3F);
       n.writer.Output("y").Output("sum");
     }},
    {"SkipSimplifiedLayerNormalization", kFloatBound,
     [](Network& n) {
       auto& node = n.Node("SkipSimplifiedLayerNormalization",
                           {n.Input("x", {1, 3, 8}), n.Input("skip", {1, 3, 8}), n.Floats("gamma", {8})}, {"y"});
       SetFloat(node, "epsilon", 1e-3F);
       n.writer.Output("y");
     }},
    {"SimplifiedLayerNormalization", kFloatBound,
     [](Network& n) {
       auto& node =
           n.Node("SimplifiedLayerNormalization", {n.Input("x", {1, 3, 8}), n.Floats("gamma", {8})}, {"y"}, false);
       SetInt(node, "axis", -1);
       SetFloat(node, "epsilon", 1e-3F);
       n.writer.Output("y");
     }},
    {"QLinearAdd", kOneLevel,
     [](Network& n) {
       n.Node("QLinearAdd",
              {n.Levels("a", {2, 3, 4}), "scale", "zero", n.Levels("b", {2, 3, 4}), "scale", "zero", "scale", "zero"},
              {"q"});
       n.DequantizedOutput("q");
     }},
    {"QLinearMul", kOneLevel,
     [](Network& n) {
       n.Node("QLinearMul",
              {n.Levels("a", {2, 3, 4}), "scale", "zero", n.Levels("b", {2, 3, 4}), "scale", "zero", "scale", "zero"},
              {"q"});
       n.DequantizedOutput("q");
     }},
    {"QLinearConcat", kOneLevel,
     [](Network& n) {
       auto& node = n.Node(
           "QLinearConcat",
           {"scale", "zero", n.Levels("a", {2, 3}), "scale", "zero", n.Bytes("b", {2, 2}), "small_scale", "zero"},
           {"q"});
       SetInt(node, "axis", 1);
       n.DequantizedOutput("q");
     }},
    {"QLinearSigmoid", kOneLevel,
     [](Network& n) {
       n.Node("QLinearSigmoid", {n.Levels("x", {2, 9}), "scale", "zero", "scale", "zero"}, {"q"});
       n.DequantizedOutput("q");
     }},
    {"QLinearLeakyRelu", kOneLevel,
     [](Network& n) {
       SetFloat(n.Node("QLinearLeakyRelu", {n.Levels("x", {2, 9}), "scale", "zero", "scale", "zero"}, {"q"}), "alpha",
                0.2F);
       n.DequantizedOutput("q");
     }},
    {"QLinearSoftmax", kOneLevel,
     [](Network& n) {
       auto& node = n.Node("QLinearSoftmax", {n.Levels("x", {2, 9}), "scale", "zero", "scale", "zero"}, {"q"});
       SetInt(node, "axis", 1);
       SetInt(node, "opset", 13);
       n.DequantizedOutput("q");
     }},
    {"QLinearGlobalAveragePool", kOneLevel,
     [](Network& n) {
       n.Node("QLinearGlobalAveragePool", {n.Levels("x", {1, 3, 4, 5}), "scale", "zero", "scale", "zero"}, {"q"});
       n.DequantizedOutput("q");
     }},
    {"QLinearAveragePool", kOneLevel,
     [](Network& n) {
       auto& node =
           n.Node("QLinearAveragePool", {n.Levels("x", {1, 3, 4, 5}), "scale", "zero", "scale", "zero"}, {"q"});
       SetInts(node, "kernel_shape", {2, 2});
       n.DequantizedOutput("q");
     }},
    {"QGemm", kOneLevel,
     [](Network& n) {
       auto& node = n.Node("QGemm",
                           {n.Levels("a", {2, 6}), "scale", "zero", n.Bytes("b", {4, 6}), "small_scale", "zero",
                            n.Bytes("c", {4}, {100, -200, 300, 0}, onnx::TensorProto::INT32), "scale", "zero"},
                           {"q"});
       SetInt(node, "transB", 1);
       n.DequantizedOutput("q");
     }},
    {"QGemmToFloats", 1e-4,
     [](Network& n) {
       n.Node("QGemm", {n.Levels("a", {2, 6}), "scale", "zero", n.Bytes("b", {6, 4}), "small_scale", "zero"}, {"y"});
       n.writer.Output("y");
     }},
    {"MatMulIntegerToFloat", 1e-4,
     [](Network& n) {
       n.Node(
           "MatMulIntegerToFloat",
           {n.Levels("a", {2, 6}), n.Bytes("b", {6, 4}), "scale", "small_scale", "zero", "zero", n.Floats("bias", {4})},
           {"y"});
       n.writer.Output("y");
     }},
    // Of the levels of its input ONNX Runtime rounds half a step of 5/255 for each of six products with at most 0.8.
    {"DynamicQuantizeMatMul", 0.5 * 5.0 / 255.0 * 6 * 0.8,
     [](Network& n) {
       n.Node("DynamicQuantizeMatMul",
              {n.Input("a", {2, 6}), n.Bytes("b", {6, 4}), "small_scale", "zero", n.Floats("bias", {4})}, {"y"});
       n.writer.Output("y");
     }},
};

TEST(ContribOperators, GiveWhatOnnxRuntimeGives) {
  std::vector<Comparison> comparisons;
  for (const Case& one : kCases) {
    Network network;
    one.make(network);
    comparisons.push_back({one.name, one.bound, network.writer.Bytes(), network.inputs});
  }
  ExpectSameValues(comparisons);
}

}  // namespace
}  // namespace lockstep::oracle
