#include "input/model_input.h"

#include <cmath>
#include <cstring>
#include <utility>

#include "dump/values.h"
#include "files/output_file.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "graph/short_number.h"
#include "input/folder.h"
#include "input/npy.h"
#include "input/pictures/preprocess.h"

namespace lockstep::input {
namespace {

// Truth values are the bytes 0 and 1.
bool SameType(const InputInfo& info, const NpyArray& array) {
  return array.dtype == info.layout.dtype || (array.dtype == "bool" && info.layout.dtype == "u8");
}

// Layers define what they make of NaN and infinities, but as data these are a mistake.
InputReader::Data RequireFinite(InputReader::Data data, const std::string& label, const InputInfo& info) {
  if (!data.floats && info.layout.dtype != "f32") return data;
  for (size_t at = 0; at + sizeof(float) <= data.bytes.size(); at += sizeof(float)) {
    float value = 0.0F;
    std::memcpy(&value, data.bytes.data() + at, sizeof(value));
    if (std::isfinite(value)) continue;
    throw BadInput(label + ": the input " + info.name + " takes finite numbers, element " +
                   std::to_string(at / sizeof(float)) + " in the file is " + std::to_string(value) +
                   "; give it a number");
  }
  return data;
}

// A file may hold other bytes than 0 and 1 where it should hold truth values; logic would compute with them.
void RequireTruth(const std::vector<uint8_t>& bytes, const std::string& dtype, const std::string& label,
                  const InputInfo& info) {
  if (!info.truth) return;
  dump::DumpLayer as_numbers;
  as_numbers.dtype = dtype;
  as_numbers.scale = 1.0;
  as_numbers.shape = {static_cast<int64_t>(bytes.size() / dump::DTypeBytes(dtype))};
  const std::vector<float> values = dump::RealValues(as_numbers, bytes);
  for (size_t at = 0; at < values.size(); ++at) {
    if (values[at] == 0.0F || values[at] == 1.0F) continue;
    throw BadInput(label + ": the input " + info.name + " takes truth values, 0 and 1; element " + std::to_string(at) +
                   " in the file is " + graph::ShortNumber(values[at]) + "; save 1 for what is true");
  }
}

InputReader::Data FromArray(const NpyArray& array, const std::string& label, const InputInfo& info) {
  const graph::Shape shape = dump::OnnxShape(info.layout);
  const bool floats = info.takes_floats && array.dtype == "f32" && !SameType(info, array);
  if (array.shape != shape || !(floats || SameType(info, array))) {
    throw BadInput(label + ": the input " + info.name + " takes " + Describe(info) + ", the array is " + array.dtype +
                   " " + graph::ToString(array.shape) + "; save it with that shape and type");
  }
  RequireTruth(array.bytes, array.dtype, label, info);
  if (floats) return RequireFinite({array.bytes, true}, label, info);
  if (array.dtype == "f32") RequireFinite({array.bytes, false}, label, info);
  return {dump::ToPhysical(shape, info.layout.axes, array.bytes.data(), dump::DTypeBytes(array.dtype)), false};
}

InputReader::Data FromRawFile(const std::string& file, const InputInfo& info) {
  std::vector<uint8_t> bytes = files::ReadFile(file);
  const size_t as_floats = static_cast<size_t>(info.layout.Elements()) * sizeof(float);
  const bool floats = info.takes_floats && bytes.size() == as_floats && bytes.size() != info.bytes();
  if (floats || bytes.size() == info.bytes()) RequireTruth(bytes, floats ? "f32" : info.layout.dtype, file, info);
  if (bytes.size() == info.bytes()) return RequireFinite({std::move(bytes), false}, file, info);
  if (floats) return RequireFinite({std::move(bytes), true}, file, info);
  throw BadInput(file + " has " + std::to_string(bytes.size()) + " bytes, the input " + info.name + " (" +
                 Describe(info) + ") takes " + std::to_string(info.bytes()) +
                 (info.takes_floats ? ", or " + std::to_string(as_floats) + " as float32" : "") +
                 "; give the tensor's bytes" + (info.is_picture() ? " or a picture" : ""));
}

}  // namespace

struct InputReader::Impl {
  std::vector<InputInfo> inputs;
  std::map<size_t, PictureReader> pictures;

  Data ReadPart(size_t input, const DataPart& part) {
    const InputInfo& info = inputs[input];
    if (!part.pictures.empty()) return ReadPictures(input, part);
    switch (KindOf(part.file)) {
      case FileKind::kArray:
        return FromArray(ParseNpy(files::ReadFile(part.file), part.file), part.file, info);
      case FileKind::kSet: {
        const size_t most = static_cast<size_t>(info.layout.Elements()) * sizeof(double) + kMostNpyHeader;
        const std::string label = part.file + ", array " + info.name;
        return FromArray(ParseNpy(ReadNpzEntry(part.file, info.name, most), label), label, info);
      }
      default:
        return FromRawFile(part.file, info);
    }
  }

  Data ReadPictures(size_t input, const DataPart& part) {
    const InputInfo& info = inputs[input];
    RequirePictures(info, part.pictures.front());
    const PictureSize size{static_cast<int>(info.layout.shape[1]), static_cast<int>(info.layout.shape[2])};
    PictureReader& reader = pictures.try_emplace(input, info.preprocess, size).first->second;
    Data data;
    for (size_t i = 0; i < part.pictures.size(); ++i) {
      const PictureRef& picture = part.pictures[i];
      const bool again = i > 0 && picture == part.pictures[i - 1];
      const size_t one = data.bytes.size() / std::max<size_t>(1, i);
      const std::vector<uint8_t> bytes =
          again ? std::vector<uint8_t>(data.bytes.end() - static_cast<std::ptrdiff_t>(one), data.bytes.end())
                : reader.Read(picture).bytes;
      data.bytes.insert(data.bytes.end(), bytes.begin(), bytes.end());
    }
    if (data.bytes.size() == info.bytes()) return data;
    throw BadInput(part.Label() + " has " + std::to_string(data.bytes.size()) + " bytes as a picture, the input " +
                   info.name + " (" + Describe(info) + ") takes " + std::to_string(info.bytes()) +
                   "; build the model with a --color that has as many channels");
  }
};

InputReader::InputReader(std::vector<InputInfo> inputs) : impl_(std::make_unique<Impl>(Impl{std::move(inputs), {}})) {}
InputReader::~InputReader() = default;
InputReader::InputReader(InputReader&&) noexcept = default;

const std::vector<InputInfo>& InputReader::inputs() const { return impl_->inputs; }

std::vector<InputReader::Data> InputReader::Read(const DataItem& item) {
  std::vector<Data> inputs;
  for (size_t i = 0; i < impl_->inputs.size(); ++i) inputs.push_back(impl_->ReadPart(i, item.parts.at(i)));
  return inputs;
}

engine::FloatTensor InputReader::ToFloats(size_t input, const Data& data) const {
  const InputInfo& info = impl_->inputs[input];
  if (!data.floats) return RealInput(info, data.bytes);
  engine::FloatTensor values{dump::OnnxShape(info.layout), std::vector<float>(data.bytes.size() / sizeof(float))};
  std::memcpy(values.data.data(), data.bytes.data(), data.bytes.size());
  return values;
}

std::vector<std::vector<uint8_t>> JointInputs(const joint::Model& model, const DataItem& item) {
  std::vector<std::vector<uint8_t>> inputs;
  for (InputReader::Data& data : InputReader(InputsOf(model)).Read(item)) inputs.push_back(std::move(data.bytes));
  return inputs;
}

std::map<std::string, engine::FloatTensor> FloatInputsOf(const joint::Model& model,
                                                         const std::vector<std::vector<uint8_t>>& inputs,
                                                         const graph::Graph& graph) {
  if (graph.inputs.size() != inputs.size()) {
    throw UsageError("the ONNX network has " + graph::Counted(graph.inputs.size(), "input") + ", the joint model " +
                     std::to_string(inputs.size()) + "; give --onnx the network that the model was made from");
  }
  std::map<std::string, engine::FloatTensor> floats;
  const std::vector<InputInfo> infos = InputsOf(model);
  for (size_t i = 0; i < infos.size(); ++i) {
    if (infos[i].layout.dtype != "f32" && !infos[i].normalised && infos[i].layout.scale == 0.0) {
      throw UsageError("the joint model does not say what the bytes of its input " + infos[i].name +
                       " stand for: it has neither mean and std nor a scale; run it without the ONNX network");
    }
    engine::FloatTensor values = RealInput(infos[i], inputs[i]);
    const graph::Tensor& input = graph.tensor(graph.inputs[i]);
    if (input.shape != values.shape) {
      throw UsageError("the ONNX input " + input.name + " is " + graph::ToString(input.shape) + ", the joint model's " +
                       infos[i].name + " is " + graph::ToString(values.shape) +
                       "; give --onnx the network that the model was made from");
    }
    floats[input.name] = std::move(values);
  }
  return floats;
}

std::map<std::string, engine::FloatTensor> FloatInputs(const std::vector<InputInfo>& inputs, const DataItem& item) {
  InputReader reader(inputs);
  const std::vector<InputReader::Data> data = reader.Read(item);
  std::map<std::string, engine::FloatTensor> floats;
  for (size_t i = 0; i < inputs.size(); ++i) floats[inputs[i].name] = reader.ToFloats(i, data[i]);
  return floats;
}

}  // namespace lockstep::input
