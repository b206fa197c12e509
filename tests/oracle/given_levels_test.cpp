// Networks that arrive quantised: the float network and the joint model against ONNX Runtime on the quantised file.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "compiler/compiler.h"
#include "engine/float/float_engine.h"
#include "files/output_file.h"
#include "import/onnx_import.h"
#include "import/onnx_writer.h"
#include "input/data_list.h"
#include "input/npy.h"
#include "onnx_runtime.h"
#include "run/model_runner.h"
#include "support/temporary_test_folder.h"

namespace lockstep::oracle {
namespace {

using importer::OnnxWriter;
using importer::SetInt;
using importer::SetInts;
using nlohmann::ordered_json;
using onnx::TensorProto;

constexpr int64_t kSide = 6;

struct Levels {
  float scale;
  int zero_point;
  int type = TensorProto::UINT8;
  bool contrib = false;
};

class Network {
 public:
  OnnxWriter writer;

  explicit Network(int64_t opset) : writer(opset) {
    auto& domain = *writer.model.add_opset_import();
    domain.set_domain("com.microsoft");
    domain.set_version(1);
    writer.Input("x", {1, 3, kSide, kSide});
  }

  std::string Integers(const std::string& name, const std::vector<int64_t>& shape, const std::vector<int>& values,
                       int type) {
    auto& tensor = *writer.model.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const int64_t extent : shape) tensor.add_dims(extent);
    for (const int value : values) tensor.add_int32_data(value);
    return name;
  }

  // x -> QuantizeLinear -> DequantizeLinear -> x_dq
  std::string Pair(const std::string& x, const Levels& levels) {
    writer.Floats(x + "_scale", {}, {levels.scale});
    Integers(x + "_zero", {}, {levels.zero_point}, levels.type);
    const std::string domain = levels.contrib ? "com.microsoft" : "";
    auto& quantize = writer.Node("QuantizeLinear", {x, x + "_scale", x + "_zero"}, {x + "_q"});
    quantize.set_domain(domain);
    quantize.set_name(x + "_quantize");
    auto& dequantize = writer.Node("DequantizeLinear", {x + "_q", x + "_scale", x + "_zero"}, {x + "_dq"});
    dequantize.set_domain(domain);
    dequantize.set_name(x + "_dequantize");
    return x + "_dq";
  }

  // Integers of 8 bits, a scale for each place along `axis`.
  std::string Weights(const std::string& name, const std::vector<int64_t>& shape, int64_t axis) {
    std::vector<int> levels;
    int64_t count = 1;
    for (const int64_t extent : shape) count *= extent;
    for (int64_t i = 0; i < count; ++i) levels.push_back(static_cast<int>((i * i * 37 + i * 11) % 255) - 127);
    Integers(name + "_q", shape, levels, TensorProto::INT8);
    std::vector<float> scales;
    for (int64_t i = 0; i < shape[static_cast<size_t>(axis)]; ++i)
      scales.push_back(0.002F + 0.0007F * static_cast<float>(i));
    writer.Floats(name + "_scale", {static_cast<int64_t>(scales.size())}, scales);
    Integers(name + "_zero", {static_cast<int64_t>(scales.size())}, std::vector<int>(scales.size(), 0),
             TensorProto::INT8);
    auto& node = writer.Node("DequantizeLinear", {name + "_q", name + "_scale", name + "_zero"}, {name});
    node.set_name(name + "_dequantize");
    SetInt(node, "axis", axis);
    return name;
  }

  std::string Conv(const std::string& x, const std::string& y, int64_t in, int64_t out) {
    auto& node = writer.Node("Conv", {x, Weights(y + "_w", {out, in, 3, 3}, 0)}, {y});
    node.set_name(y + "_conv");
    SetInts(node, "pads", {1, 1, 1, 1});
    return y;
  }
};

class GivenLevels : public testing::FolderTest {
 protected:
  static engine::FloatTensor Sample(int which) {
    engine::FloatTensor sample{{1, 3, kSide, kSide}, {}};
    for (int64_t i = 0; i < graph::ElementCount(sample.shape); ++i) {
      sample.data.push_back(std::sin(0.37F * static_cast<float>(i * (which + 3) % 101)));
    }
    return sample;
  }

  struct Results {
    std::vector<float> theirs, floats, joint;
    ordered_json tensors, notes;
  };

  Results Run(const Network& network) { return Run(network, ordered_json::object(), network); }

  // `theirs`: the same network as ONNX Runtime knows it.
  Results Run(const Network& network, const ordered_json& more, const Network& theirs) {
    std::ofstream(Path("net.onnx"), std::ios::binary) << network.writer.Bytes();
    std::ofstream(Path("theirs.onnx"), std::ios::binary) << theirs.writer.Bytes();
    std::filesystem::create_directories(Path("data"));
    for (int i = 0; i < 4; ++i) {
      const engine::FloatTensor sample = Sample(i);
      const std::vector<uint8_t> bytes =
          input::MakeNpy("f32", sample.shape, sample.data.data(), sample.data.size() * sizeof(float));
      files::WriteFile(Path("data/" + std::to_string(i) + ".npy"), bytes.data(), bytes.size());
    }
    ordered_json keys = {{"input", Path("net.onnx").string()},
                         {"output_dir", Path("out").string()},
                         {"calibration", Path("data").string()},
                         {"name", "net"},
                         {"input_type", {{"x", "f32"}}}};
    keys.update(more);
    compiler::Build(compiler::ParseConfig(keys, "test"), {});
    Results results;
    const std::map<std::string, engine::FloatTensor> input = {{"x", Sample(2)}};
    results.theirs = RunOnnxRuntime(Path("theirs.onnx").string(), input).outputs.begin()->second.data;
    const graph::Graph graph = importer::ImportOnnx(Path("out/frontend/optimized.onnx").string(), {});
    results.floats = engine::FloatEngine(graph, {}).Run(input).begin()->second.data;
    const auto runner = run::OpenModel(Path("out/net.joint"), run::EngineKind::kReference, {});
    const auto items = input::ListData({{"", Path("data").string()}}, runner->Inputs(), "data").items;
    results.joint = runner->Run(items.at(2), nullptr).front().values;
    results.tensors = ordered_json::parse(ReadText(Path("out/quant/calibration.json"))).at("tensors");
    results.notes = ordered_json::parse(ReadText(Path("out/net.report.json"))).at("notes");
    return results;
  }

  static double Largest(const std::vector<float>& a, const std::vector<float>& b) {
    EXPECT_EQ(a.size(), b.size());
    double largest = 0.0;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      const double difference = std::abs(static_cast<double>(a[i]) - b[i]);
      if (!(difference <= largest)) largest = std::isnan(difference) ? HUGE_VAL : difference;
    }
    return largest;
  }
};

// The Relu between the convolutions is in the levels alone.
TEST_F(GivenLevels, ARelu6ThatTheLevelsStandForIsInTheFloatNetworkToo) {
  Network network(17);
  const std::string x = network.Pair("x", {2.0F / 255.0F, 128});
  const std::string inner = network.Pair(network.Conv(x, "inner", 3, 4), {0.7F / 255.0F, -128, TensorProto::INT8});
  const float step = 1.5F / 255.0F;
  network.writer.Output(network.Pair(network.Conv(inner, "outer", 4, 2), {step, 128}));
  const Results results = Run(network);
  EXPECT_LT(Largest(results.joint, results.theirs), 1.5 * step);
  EXPECT_LT(Largest(results.floats, results.theirs), 4.0 * step) << "but for what is rounded";
  EXPECT_EQ(results.tensors.at("inner_dq").at("calibrated").at("observer"), "network")
      << results.tensors.at("inner_dq").dump();
}

// ONNX has them from opset 21 on, ONNX Runtime in its own domain before.
TEST_F(GivenLevels, Of16BitsAreHeldWhereThePrecisionHas16Bits) {
  const float step = 1.5F / 65535.0F;
  const auto network = [&](bool contrib) {
    Network made(contrib ? 17 : 21);
    const std::string x = made.Pair("x", {2.0F / 65535.0F, 32768, TensorProto::UINT16, contrib});
    made.writer.Output(made.Pair(made.Conv(x, "y", 3, 2), {step, -20, TensorProto::INT16, contrib}));
    return made;
  };
  for (const bool contrib : {false, true}) {
    SCOPED_TRACE(contrib ? "com.microsoft" : "ONNX");
    const Results wide = Run(network(contrib), {{"activation_bits", 16}}, network(true));
    EXPECT_NEAR(wide.tensors.at("y_dq").at("scale").get<double>(), step, 1e-9);
    EXPECT_EQ(wide.tensors.at("y_dq").at("zero_point"), 32748);
    EXPECT_EQ(wide.tensors.at("y_dq").at("bits"), 16);
    EXPECT_LT(Largest(wide.joint, wide.theirs), 3.0 * step);
    const Results narrow = Run(network(contrib), ordered_json::object(), network(true));
    EXPECT_EQ(narrow.tensors.at("y_dq").at("bits"), 8);
    EXPECT_NE(narrow.notes.dump().find("levels of 16 bits in the network and fewer here"), std::string::npos)
        << narrow.notes.dump();
  }
}

// take_quantization_test holds the scales themselves.
TEST_F(GivenLevels, OfWeightsAreHeldInProducts) {
  constexpr int64_t kInputs = 3 * kSide * kSide;
  const float step = 16.0F / 255.0F;
  for (const std::string op : {"MatMul", "Gemm"}) {
    SCOPED_TRACE(op);
    Network network(17);
    const std::string x = network.Pair("x", {2.0F / 255.0F, 128});
    SetInt(network.writer.Node("Flatten", {x}, {"flat"}), "axis", 1);
    const bool rows = op == "Gemm";
    const std::string weights = rows ? network.Weights("w", {8, kInputs}, 0) : network.Weights("w", {kInputs, 8}, 1);
    auto& node = network.writer.Node(op, {"flat", weights}, {"y"});
    if (rows) SetInt(node, "transB", 1);
    network.writer.Output(network.Pair("y", {step, 128}));
    const Results results = Run(network);
    EXPECT_LT(Largest(results.joint, results.theirs), 1.1 * step);
    EXPECT_LT(Largest(results.floats, results.theirs), 1.1 * step);
  }
}

}  // namespace
}  // namespace lockstep::oracle
