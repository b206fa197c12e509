// Operators that the optimiser writes in others, from the ONNX file to the joint model, against ONNX Runtime.
#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include "compiler/compiler.h"
#include "difference.h"
#include "files/output_file.h"
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
using importer::SetString;
using nlohmann::ordered_json;
using onnx::TensorProto;

constexpr int kSamples = 6;

class ComposedOperators : public testing::FolderTest {
 protected:
  struct Input {
    graph::Shape shape;
    std::string type;  // as ONNX Runtime calls it
    int period;        // of its numbers
  };
  std::map<std::string, Input> inputs_;

  void AddInput(OnnxWriter& writer, const std::string& name, const graph::Shape& shape,
                const std::string& type = "float32", int period = 211) {
    const std::map<std::string, int> types = {{"float32", TensorProto::FLOAT},
                                              {"bool", TensorProto::BOOL},
                                              {"uint8", TensorProto::UINT8},
                                              {"int16", TensorProto::INT16}};
    writer.Input(name, shape, types.at(type));
    inputs_[name] = {shape, type, period};
  }

  engine::FloatTensor Sample(const std::string& name, int which) const {
    const Input& input = inputs_.at(name);
    engine::FloatTensor sample{input.shape, {}};
    for (int64_t i = 0; i < graph::ElementCount(input.shape); ++i) {
      const auto number = static_cast<int>((i * i * 31 + i * 17 + which * 53) % input.period);
      const bool is_float = input.type == "float32";
      sample.data.push_back(is_float ? 2.0F * static_cast<float>(number) / static_cast<float>(input.period) - 1.0F
                                     : static_cast<float>(number));
    }
    return sample;
  }

  template <typename T>
  static void Write(const std::filesystem::path& file, const std::string& type, const engine::FloatTensor& values) {
    const std::vector<T> stored(values.data.begin(), values.data.end());
    const std::vector<uint8_t> bytes = input::MakeNpy(type, values.shape, stored.data(), stored.size() * sizeof(T));
    files::WriteFile(file, bytes.data(), bytes.size());
  }

  // Compares the float network, a joint model in floats and one in integers with ONNX Runtime on the last sample.
  // `share`: by how much of the output's range the integers may be off, and `right` which share of the elements may
  // not.
  void Compare(const OnnxWriter& writer, double share, double right = 1.0) {
    std::ofstream(Path("net.onnx"), std::ios::binary) << writer.Bytes();
    OracleJob job{Path("net.onnx").string(), {}};
    ordered_json calibration = ordered_json::object();
    for (const auto& [name, input] : inputs_) {
      std::filesystem::create_directories(Path(name));
      calibration[name] = Path(name).string();
      for (int i = 0; i < kSamples; ++i) {
        const engine::FloatTensor values = Sample(name, i);
        const std::filesystem::path file = Path(name) / (std::to_string(i) + ".npy");
        if (input.type == "float32") Write<float>(file, "f32", values);
        if (input.type == "bool") Write<uint8_t>(file, "bool", values);
        if (input.type == "uint8") Write<uint8_t>(file, "u8", values);
        if (input.type == "int16") Write<int16_t>(file, "s16", values);
      }
      job.inputs[name] = Sample(name, kSamples - 1);
      if (input.type != "float32") job.types[name] = input.type;
    }
    const std::vector<float> theirs = RunOnnxRuntime({job})[0].outputs.begin()->second.data;
    const auto [low, high] = std::minmax_element(theirs.begin(), theirs.end());
    const double range = std::max(static_cast<double>(*high) - *low, 1e-3);
    for (const std::string precision : {"float", "auto"}) {
      ordered_json keys = {{"input", job.model},
                           {"output_dir", Path(precision).string()},
                           {"calibration", calibration},
                           {"name", "net"},
                           {"precision", precision}};
      for (const auto& [name, input] : inputs_) {
        if (input.type == "float32") keys["input_type"][name] = "f32";
      }
      const compiler::BuildResult result = compiler::Build(compiler::ParseConfig(keys, "test"), {});
      EXPECT_EQ(result.warnings.find("INACCURATE"), std::string::npos) << result.warnings;
      const bool floats = precision == "float";
      ExpectNear(LastOutput(precision + "/net.joint", run::EngineKind::kReference), theirs,
                 (floats ? 2e-5 : share) * range, floats ? 1.0 : right, precision);
    }
    ExpectNear(LastOutput("auto/net.joint", run::EngineKind::kReference),
               LastOutput("auto/net.joint", run::EngineKind::kNative), 0.0, 1.0, "the runtime");
    ExpectNear(LastOutput("net.onnx", run::EngineKind::kFloat), theirs, 2e-5 * range, 1.0, "the network as it is");
  }

  // Of the last sample.
  std::vector<float> LastOutput(const std::string& model, run::EngineKind engine) const {
    const auto runner = run::OpenModel(Path(model), engine, {});
    std::vector<input::DataSource> sources;
    for (const auto& [name, input] : inputs_) sources.push_back({name, Path(name).string()});
    const auto items = input::ListData(sources, runner->Inputs(), "data").items;
    return runner->Run(items.at(kSamples - 1), nullptr).front().values;
  }

  static void ExpectNear(const std::vector<float>& ours, const std::vector<float>& theirs, double bound, double right,
                         const std::string& what) {
    ASSERT_EQ(ours.size(), theirs.size());
    size_t near = 0;
    double largest = 0.0;
    for (size_t i = 0; i < ours.size(); ++i) {
      const double difference = Distance(ours[i], theirs[i]);
      near += difference <= bound ? 1 : 0;
      largest = std::max(largest, difference);
    }
    EXPECT_GE(static_cast<double>(near), right * static_cast<double>(ours.size()))
        << what << ": the largest difference is " << largest << ", allowed " << bound;
  }
};

// A number behind a NaN does not hide it.
TEST(LargestDifference, IsInfiniteWhereOneIsNoNumber) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  using Numbers = std::vector<float>;
  EXPECT_EQ(LargestDifference(Numbers{kNan, 1.0F}, Numbers{0.0F, 1.0F}), kInfinity);
  EXPECT_EQ(LargestDifference(Numbers{0.0F, 1.0F}, Numbers{kNan, 1.0F}), kInfinity);
  EXPECT_EQ(LargestDifference(Numbers{kNan, 3.0F}, Numbers{kNan, 1.0F}), 2.0);
}

TEST_F(ComposedOperators, Hardmax) {
  OnnxWriter writer(17);
  AddInput(writer, "x", {1, 9, 12});
  SetInt(writer.Node("Hardmax", {"x"}, {"y"}), "axis", 1);
  writer.Output("y");
  Compare(writer, 0.01);
}

TEST_F(ComposedOperators, ReduceProd) {
  OnnxWriter writer(17);
  AddInput(writer, "x", {1, 3, 4, 5});
  SetInts(writer.Node("ReduceProd", {"x"}, {"y"}), "axes", {1, 2});
  writer.Node("Add", {"x", "y"}, {"sum"});
  writer.Output("sum");
  Compare(writer, 0.02);
}

TEST_F(ComposedOperators, GridSample) {
  for (const std::string mode : {"bilinear", "nearest"}) {
    for (const std::string padding : {"zeros", "border", "reflection"}) {
      SCOPED_TRACE(mode + " " + padding);
      OnnxWriter writer(17);
      inputs_.clear();
      AddInput(writer, "x", {1, 2, 6, 7});
      std::vector<float> grid;
      for (int i = 0; i < 5 * 4 * 2; ++i) grid.push_back(1.6F * static_cast<float>((i * 37) % 31) / 15.0F - 1.6F);
      writer.Floats("grid", {1, 5, 4, 2}, grid);
      auto& node = writer.Node("GridSample", {"x", "grid"}, {"y"});
      SetString(node, "mode", mode);
      SetString(node, "padding_mode", padding);
      writer.Output("y");
      Compare(writer, 0.025);
    }
  }
}

// As frameworks export attention: where nothing may be looked at the smallest float is added.
TEST_F(ComposedOperators, AttentionMasks) {
  for (const float hidden : {-3.4028235e+38F, -1e9F, -1e4F}) {
    SCOPED_TRACE(hidden);
    OnnxWriter writer(17);
    inputs_.clear();
    AddInput(writer, "x", {1, 6, 8});
    AddInput(writer, "ids", {1, 1, 8}, "uint8", 5);
    writer.Ints("three", {3}).Floats("one", {}, {1.0F}).Floats("hidden", {}, {hidden});
    auto& widened = writer.Node("Cast", {"ids"}, {"wide"});
    widened.set_name("widened");
    SetInt(widened, "to", TensorProto::INT64);
    writer.Node("Less", {"wide", "three"}, {"below"});
    SetInt(writer.Node("Cast", {"below"}, {"shown"}), "to", TensorProto::FLOAT);
    writer.Node("Sub", {"one", "shown"}, {"masked"});
    writer.Node("Mul", {"masked", "hidden"}, {"added"});
    writer.Node("Add", {"x", "added"}, {"scores"});
    SetInt(writer.Node("Softmax", {"scores"}, {"y"}), "axis", -1);
    writer.Output("y");
    Compare(writer, 0.01);
  }
}

TEST_F(ComposedOperators, ComparisonsOfIntegerInputs) {
  for (const std::string type : {"uint8", "int16"}) {
    SCOPED_TRACE(type);
    OnnxWriter writer(17);
    inputs_.clear();
    AddInput(writer, "x", {1, 4, 6});
    AddInput(writer, "ids", {1, 6}, type, 5);
    writer.Ints("axis", {1}).Ints("three", {3}).Floats("none", {}, {0.0F});
    SetInt(writer.Node("Cast", {"ids"}, {"wide"}), "to", TensorProto::INT64);
    writer.Node("Less", {"wide", "three"}, {"below"});
    writer.Node("Unsqueeze", {"below", "axis"}, {"mask"});
    writer.Node("Where", {"mask", "x", "none"}, {"y"});
    writer.Output("y");
    Compare(writer, 0.01);
  }
}

TEST_F(ComposedOperators, InputsOfTruthValues) {
  OnnxWriter writer(17);
  AddInput(writer, "x", {1, 4, 6});
  AddInput(writer, "mask", {1, 1, 6}, "bool", 2);
  AddInput(writer, "other", {1, 4, 6}, "bool", 2);
  writer.Floats("none", {}, {-0.5F});
  writer.Node("Not", {"mask"}, {"opposite"});
  writer.Node("Or", {"opposite", "other"}, {"either"});
  writer.Node("Where", {"either", "x", "none"}, {"chosen"});
  SetInt(writer.Node("Cast", {"mask"}, {"numbers"}), "to", TensorProto::FLOAT);
  writer.Node("Add", {"chosen", "numbers"}, {"y"});
  writer.Output("y");
  Compare(writer, 0.01);
}

}  // namespace
}  // namespace lockstep::oracle
