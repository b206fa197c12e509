// The models that onnx_mutation.cpp damages.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "onnx_mutation.h"
#include "onnx_writer.h"

namespace lockstep::importer {
namespace {

namespace fs = std::filesystem;

constexpr const char* kData = "/usr/share/libonnx-testdata/data/node";

template <typename Message>
bool Parse(const fs::path& path, Message& message) {
  std::ifstream file(path, std::ios::binary);
  return file && message.ParseFromIstream(&file);
}

// The recorded value of a small input of integers takes the input's place. True if there was one.
bool InputsToConstants(const fs::path& folder, onnx::ModelProto& model) {
  auto& graph = *model.mutable_graph();
  std::vector<onnx::ValueInfoProto> left;
  for (int i = 0; i < graph.input_size(); ++i) {
    onnx::TensorProto value;
    const fs::path recorded = folder / "test_data_set_0" / ("input_" + std::to_string(i) + ".pb");
    const bool whole =
        Parse(recorded, value) && value.data_type() == onnx::TensorProto::INT64 && value.ByteSizeLong() < 300;
    if (!whole) {
      left.push_back(graph.input(i));
      continue;
    }
    value.set_name(graph.input(i).name());
    *graph.add_initializer() = value;
  }
  const bool changed = static_cast<int>(left.size()) < graph.input_size();
  graph.clear_input();
  for (const auto& input : left) *graph.add_input() = input;
  return changed;
}

// Convolutions, activations, a residual, pools, Split, Concat, Resize, and the arithmetic of shapes that exporters
// write.
onnx::ModelProto Detector() {
  OnnxWriter writer(17);
  writer.Input("x", {1, 3, 8, 8}).Output("y").Output("z");
  writer.Floats("w", {4, 3, 3, 3}, std::vector<float>(108, 0.25F)).Floats("b", {4}, {1, 2, 3, 4});
  writer.Floats("d", {4, 1, 3, 3}, std::vector<float>(36, 0.5F)).Floats("four", {4}, {1, 2, 0.5F, 4});
  writer.Ints("sizes", {1, 3}).Ints("shape", {1, 4, -1}).Ints("index", {2}).Ints("pads", {0, 0, 1, 1, 0, 0, 1, 1});
  writer.Floats("scales", {4}, {1, 1, 2, 2}).Ints("starts", {1}).Ints("ends", {3}).Ints("axes", {1}).Ints("steps", {1});
  auto& conv = writer.Node("Conv", {"x", "w", "b"}, {"c"});
  SetInts(conv, "pads", {1, 1, 1, 1});
  SetInts(conv, "strides", {2, 1});
  writer.Node("BatchNormalization", {"c", "four", "four", "four", "four"}, {"n"});
  writer.Node("Sigmoid", {"n"}, {"g"});
  writer.Node("Mul", {"n", "g"}, {"m"});
  SetInt(writer.Node("Conv", {"m", "d"}, {"e"}), "group", 4);
  writer.Node("Pad", {"e", "pads"}, {"padded"});
  writer.Node("Add", {"padded", "m"}, {"sum"});
  SetInts(writer.Node("MaxPool", {"sum"}, {"p"}), "kernel_shape", {2, 2});
  SetInts(writer.Node("AveragePool", {"sum"}, {"q"}), "kernel_shape", {2, 2});
  writer.Node("GlobalAveragePool", {"q"}, {"mean"});
  writer.Node("Mul", {"p", "mean"}, {"scaled"});
  SetInt(writer.Node("Split", {"scaled", "sizes"}, {"s0", "s1"}), "axis", 1);
  SetInt(writer.Node("Concat", {"s1", "s0"}, {"k"}), "axis", 1);
  SetString(writer.Node("Resize", {"k", "", "scales"}, {"r"}), "mode", "nearest");
  writer.Node("Slice", {"r", "starts", "ends", "axes", "steps"}, {"cut"});
  SetInts(writer.Node("Transpose", {"cut"}, {"t"}), "perm", {0, 2, 3, 1});
  SetInt(writer.Node("Softmax", {"t"}, {"y"}), "axis", -1);
  writer.Node("Reshape", {"r", "shape"}, {"flat"});
  writer.Node("Shape", {"k"}, {"dims"});
  writer.Node("Gather", {"dims", "index"}, {"rows"});
  SetInt(writer.Node("Cast", {"rows"}, {"real"}), "to", onnx::TensorProto::FLOAT);
  writer.Node("Add", {"flat", "real"}, {"z"});
  return writer.model;
}

// The same choice of two branches as exporters write it, one reading a tensor from outside.
onnx::ModelProto Choice() {
  OnnxWriter writer(17);
  writer.Input("x", {1, 3, 4, 4}).Input("a", {1, 3, 4, 4}).Output("y");
  writer.Node("Relu", {"x"}, {"r"});
  auto& choice = writer.Node("If", {"x"}, {"y"});
  for (const char* name : {"then_branch", "else_branch"}) {
    auto& attribute = *choice.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    auto& node = *attribute.mutable_g()->add_node();
    node.set_op_type("Add");
    node.add_input("r");
    node.add_input("a");
    node.add_output("out");
    attribute.mutable_g()->add_output()->set_name("out");
  }
  return writer.model;
}

// A function that calls another one twice, of which a branch refers to an attribute of the call.
onnx::ModelProto Functions() {
  OnnxWriter writer(17);
  auto& graph = *writer.Input("x", {1, 3, 4, 4}).Output("y").model.mutable_graph();
  const auto function = [&](const char* name) -> onnx::FunctionProto& {
    auto& added = *writer.model.add_functions();
    added.set_domain("own");
    added.set_name(name);
    added.add_input("a");
    added.add_output("b");
    return added;
  };
  auto& leaf = function("Leaf");
  auto& yes = *leaf.add_node();
  yes.set_op_type("Constant");
  yes.add_output("yes");
  auto& value = *yes.add_attribute();
  value.set_name("value");
  value.set_type(onnx::AttributeProto::TENSOR);
  value.mutable_t()->set_data_type(onnx::TensorProto::BOOL);
  value.mutable_t()->add_int32_data(1);
  auto& choice = *leaf.add_node();
  choice = Choice().graph().node(1);
  choice.set_output(0, "b");
  choice.set_input(0, "yes");
  for (auto& branch : *choice.mutable_attribute()) {
    auto& node = *branch.mutable_g()->mutable_node(0);
    node.set_op_type("LeakyRelu");
    node.mutable_input()->DeleteSubrange(0, 1);
    auto& alpha = *node.add_attribute();
    alpha.set_name("alpha");
    alpha.set_type(onnx::AttributeProto::FLOAT);
    alpha.set_ref_attr_name("slope");
  }
  auto& twice = function("Twice");
  for (const auto& [from, to] : {std::pair{"a", "middle"}, {"middle", "b"}}) {
    OnnxWriter calls(17);
    auto& call = calls.Node("Leaf", {from}, {to});
    call.set_domain("own");
    SetFloat(call, "slope", 0.5F);
    *twice.add_node() = call;
  }
  for (const auto& [from, to] : {std::pair{"x", "once"}, {"once", "y"}}) {
    writer.Node("Twice", {from}, {to}).set_domain("own");
  }
  graph.set_name("functions");
  return writer.model;
}

}  // namespace

std::vector<MutationSeed> MutationSeeds() {
  std::vector<MutationSeed> seeds;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(kData)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  for (const fs::path& folder : folders) {
    onnx::ModelProto model;
    if (!Parse(folder / "model.onnx", model) || model.ByteSizeLong() > 20000) continue;
    const std::string name = folder.filename().string();
    seeds.push_back({name, model});
    if (InputsToConstants(folder, model)) seeds.push_back({name + " with constants", model});
  }
  // As many as all others together would drown what several nodes do to each other.
  for (int i = 0; i < 100; ++i) seeds.push_back({"detector", Detector()});
  for (int i = 0; i < 10; ++i) seeds.push_back({"choice", Choice()});
  for (int i = 0; i < 50; ++i) seeds.push_back({"functions", Functions()});
  return seeds;
}

}  // namespace lockstep::importer
