#include "evaluate/given_outputs.h"

#include <utility>

#include "dump/output_names.h"
#include "dump/values.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "input/npy.h"
#include "run/runners.h"

namespace lockstep::evaluate {
namespace {

namespace fs = std::filesystem;

// An output of the network as its files hold it.
struct Expected {
  std::string suffix;  // of the .bin file's name, behind the picture's
  run::OutputTensor output;
  size_t bytes = 0;
};

std::vector<Expected> ExpectedOf(const joint::Model& model) {
  std::vector<Expected> expected;
  std::vector<std::vector<uint8_t>> zeros;
  for (OutputFile& file : OutputFilesOf(model, "")) {
    zeros.emplace_back(file.bytes);
    expected.push_back({std::move(file.name), {}, file.bytes});
  }
  const std::vector<run::OutputTensor> outputs = run::MakeOutputs(model, zeros);
  for (size_t i = 0; i < expected.size(); ++i) expected[i].output = outputs[i];
  return expected;
}

std::vector<Expected> ExpectedOf(const graph::Graph& graph) {
  std::vector<Expected> expected;
  std::vector<std::string> names;
  for (const graph::TensorId id : graph.outputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    names.push_back(tensor.name);
    Expected& one = expected.emplace_back();
    one.output.name = tensor.name;
    one.output.shape = tensor.shape;
    one.output.layout.shape = tensor.shape;
    one.output.layout.dtype = tensor.type == graph::ElementType::kFloat ? "f32" : "s64";
    one.output.layout.scale = one.output.layout.HoldsIntegers() ? 1.0 : 0.0;
    one.bytes = static_cast<size_t>(graph::ElementCount(tensor.shape)) * dump::DTypeBytes(one.output.layout.dtype);
  }
  const std::vector<std::string> files = dump::OutputFileNames("", names);
  for (size_t i = 0; i < files.size(); ++i) expected[i].suffix = files[i];
  return expected;
}

std::vector<float> ReadArray(const fs::path& path, const graph::Shape& shape) {
  input::NpyArray array = input::ParseNpy(files::ReadFile(path), path.string());
  if (array.shape != shape || (array.dtype != "f32" && array.dtype != "s64")) {
    throw BadInput(path.string() + ": the output is f32 or s64 " + graph::ToString(shape) + ", the file has " +
                   array.dtype + " " + graph::ToString(array.shape));
  }
  dump::DumpLayer layout;
  layout.dtype = array.dtype;
  layout.shape = array.shape;
  layout.scale = layout.HoldsIntegers() ? 1.0 : 0.0;
  return dump::RealValues(layout, array.bytes);
}

std::vector<float> ReadBytes(const fs::path& path, const Expected& expected) {
  const std::vector<uint8_t> bytes = files::ReadFile(path);
  if (bytes.size() != expected.bytes) {
    throw BadInput(path.string() + ": the output " + graph::ToString(expected.output.shape) + " is " +
                   expected.output.layout.dtype + " of " + std::to_string(expected.bytes) + " bytes, the file has " +
                   std::to_string(bytes.size()));
  }
  return dump::RealValues(expected.output.layout, bytes);
}

class GivenOutputs : public Side {
 public:
  explicit GivenOutputs(const SideOptions& options) : folder_(options.outputs) {
    files::RequireFile(options.model);
    if (run::IsOnnx(options.model)) {
      const run::FloatRunner network(options.model, options.runner);
      info_ = MakeSideInfo(options.model, network.Inputs(), network.OutputShapes());
      expected_ = ExpectedOf(network.graph());
    } else {
      const engine::JointModel joint(options.model.string());
      info_ = MakeSideInfo(options.model, input::InputsOf(joint.model()), run::OutputShapesOf(joint.model()));
      expected_ = ExpectedOf(joint.model());
    }
  }

  const SideInfo& info() const override { return info_; }
  double seconds() const override { return 0.0; }

  std::vector<run::OutputTensor> Run(const SidePicture& picture) override {
    std::vector<run::OutputTensor> outputs;
    for (const Expected& expected : expected_) {
      const fs::path bin = folder_ / (picture.name + expected.suffix);
      const fs::path npy = fs::path(bin).replace_extension(".npy");
      run::OutputTensor& output = outputs.emplace_back(expected.output);
      std::error_code error;
      if (fs::exists(npy, error)) {
        output.values = ReadArray(npy, expected.output.shape);
      } else if (fs::exists(bin, error)) {
        output.values = ReadBytes(bin, expected);
      } else {
        throw BadInput(bin.string() + ": no such file, nor with .npy; `evaluate --save-inputs` says what inputs are " +
                       "called, and outputs are called after them");
      }
    }
    return FirstOfBatch(std::move(outputs), info_.input.batch());
  }

 private:
  fs::path folder_;
  SideInfo info_;
  std::vector<Expected> expected_;
};

}  // namespace

std::unique_ptr<Side> MakeGivenOutputs(const SideOptions& options) { return std::make_unique<GivenOutputs>(options); }

}  // namespace lockstep::evaluate
