#include "input/input_info.h"

#include <algorithm>

#include "dump/values.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "input/pictures/preprocess.h"

namespace lockstep::input {
namespace {

using quantize::InputPreprocess;
using Type = InputPreprocess::Type;

const char* DTypeOf(Type type) {
  switch (type) {
    case Type::kPicture:
    case Type::kU8:
      return "u8";
    case Type::kS8:
      return "s8";
    case Type::kU16:
      return "u16";
    case Type::kS16:
      return "s16";
    case Type::kF32:
      break;
  }
  return "f32";
}

Type TypeOf(const joint::Tensor& tensor) {
  switch (tensor.dtype()) {
    case joint::DType::U8:
      return Type::kU8;
    case joint::DType::S8:
      return Type::kS8;
    case joint::DType::U16:
      return Type::kU16;
    case joint::DType::S16:
      return Type::kS16;
    default:
      return Type::kF32;
  }
}

// As ONNX declares an input.
Type DeclaredType(const graph::Tensor& tensor) {
  switch (tensor.onnx_type) {
    case graph::kOnnxBool:  // 0 or 1
    case graph::kOnnxUint8:
      return Type::kU8;
    case graph::kOnnxInt8:
      return Type::kS8;
    case graph::kOnnxUint16:
      return Type::kU16;
    case graph::kOnnxInt16:
      return Type::kS16;
    default:
      return Type::kF32;
  }
}

bool HoldsPicture(const graph::Graph& graph, const graph::Tensor& tensor) {
  if (tensor.onnx_type == graph::kOnnxBool) return false;
  const Type declared = DeclaredType(tensor);
  if (tensor.shape.size() != 4 || (declared != Type::kF32 && declared != Type::kU8)) return false;
  const int64_t channels = tensor.shape[graph::IsChannelsLast(graph, graph.Find(tensor.name)) ? 3 : 1];
  return channels == 1 || channels == 3;
}

Type DefaultType(const graph::Graph& graph, const graph::Tensor& tensor) {
  return HoldsPicture(graph, tensor) ? Type::kPicture : DeclaredType(tensor);
}

// (value - mean) / std of every channel.
InputPreprocess Chosen(const InputSettings& settings, Type type, bool integers) {
  InputPreprocess chosen = settings.picture;
  chosen.type = type;
  const bool takes_mean = type == Type::kPicture || type == Type::kU8;
  if (!takes_mean || !settings.mean_given) chosen.mean = {0.0F};
  if (!takes_mean || !settings.std_given) chosen.std = {type == Type::kPicture && !integers ? 255.0F : 1.0F};
  return chosen;
}

bool HasMeanAndStd(const joint::InputSpec& spec) {
  return spec.mean() != nullptr && spec.mean()->size() != 0 && spec.std() != nullptr && spec.std()->size() != 0;
}

InputPreprocess::Color ColorOf(joint::Color color) {
  switch (color) {
    case joint::Color::RGB:
      break;
    case joint::Color::BGR:
      return InputPreprocess::Color::kBgr;
    case joint::Color::GRAY:
      return InputPreprocess::Color::kGray;
  }
  return InputPreprocess::Color::kRgb;
}

InputPreprocess::Resize ResizeOf(joint::ResizeMode resize) {
  switch (resize) {
    case joint::ResizeMode::Letterbox:
      break;
    case joint::ResizeMode::Stretch:
      return InputPreprocess::Resize::kStretch;
    case joint::ResizeMode::None:
      return InputPreprocess::Resize::kNone;
  }
  return InputPreprocess::Resize::kLetterbox;
}

InputPreprocess PreprocessOf(const joint::InputSpec& spec, const joint::Tensor& tensor) {
  InputPreprocess preprocess;
  const bool picture =
      spec.kind() == joint::InputKind::Picture && tensor.shape()->size() == 4 && tensor.dtype() == joint::DType::U8;
  preprocess.type = picture ? Type::kPicture : TypeOf(tensor);
  preprocess.color = ColorOf(spec.color());
  preprocess.resize = ResizeOf(spec.resize());
  preprocess.pad_value = spec.pad_value();
  preprocess.mean = {0.0F};
  preprocess.std = {1.0F};
  if (HasMeanAndStd(spec)) {
    preprocess.mean.assign(spec.mean()->begin(), spec.mean()->end());
    preprocess.std.assign(spec.std()->begin(), spec.std()->end());
  }
  return preprocess;
}

const joint::Tensor& TensorOf(const joint::Model& model, const joint::InputSpec& spec) {
  return *model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(spec.tensor()));
}

}  // namespace

std::string Describe(const InputInfo& info) {
  return info.layout.dtype + " " + graph::ToString(dump::OnnxShape(info.layout));
}

std::map<std::string, InputPreprocess> ChooseInputs(const std::string& network, const graph::Graph& graph,
                                                    const InputSettings& settings) {
  std::vector<std::string> names;
  for (const graph::TensorId id : graph.inputs) names.push_back(graph.tensor(id).name);
  for (const auto& [name, type] : settings.types) {
    if (std::count(names.begin(), names.end(), name) != 0) continue;
    throw UsageError("--input-type: " + network + " has no input " + graph::Quoted(name) +
                     graph::DidYouMean(name, names));
  }
  std::map<std::string, InputPreprocess> chosen;
  for (const graph::TensorId id : graph.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    const auto said = settings.types.find(tensor.name);
    const Type type = said == settings.types.end() ? DefaultType(graph, tensor) : said->second;
    chosen[tensor.name] = Chosen(settings, type, tensor.onnx_type != 0 && DeclaredType(tensor) != Type::kF32);
    if (type == Type::kPicture) {
      CheckPreprocess(network, tensor.name, tensor.shape, chosen[tensor.name], graph::IsChannelsLast(graph, id));
    }
  }
  const bool takes_mean = std::any_of(chosen.begin(), chosen.end(), [](const auto& input) {
    return input.second.type == Type::kPicture || input.second.type == Type::kU8;
  });
  if (!takes_mean && (settings.mean_given || settings.std_given)) {
    throw UsageError("--mean and --std have no effect: no input of " + network +
                     " is a picture or a u8 tensor; leave them out");
  }
  return chosen;
}

std::vector<std::string> InputNotes(const graph::Graph& graph, const InputSettings& settings,
                                    const std::map<std::string, InputPreprocess>& chosen) {
  std::vector<std::string> notes;
  for (const graph::TensorId id : graph.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    const Type type = chosen.at(tensor.name).type;
    if (type == Type::kPicture || settings.types.count(tensor.name) != 0) continue;
    notes.push_back("the input " + tensor.name + " (" + graph::ToString(tensor.shape) + ") is taken as a tensor of " +
                    DTypeOf(type) + "; --input-type " + tensor.name + ":TYPE says otherwise");
  }
  return notes;
}

std::vector<InputInfo> InputsOf(const graph::Graph& graph, const std::map<std::string, InputPreprocess>& chosen) {
  std::vector<InputInfo> inputs;
  for (const graph::TensorId id : graph.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    InputInfo info;
    info.name = tensor.name;
    info.preprocess = chosen.at(tensor.name);
    info.normalised = info.preprocess.type != Type::kF32;
    info.takes_floats = info.preprocess.type != Type::kF32;
    info.truth = tensor.onnx_type == graph::kOnnxBool;
    info.layout.tensor = tensor.name;
    info.layout.dtype = DTypeOf(info.preprocess.type);
    info.layout.scale = 1.0;
    info.layout.shape = tensor.shape;
    if (info.is_picture() && !graph::IsChannelsLast(graph, id)) {
      info.layout.axes = {0, 2, 3, 1};
      info.layout.shape = {tensor.shape[0], tensor.shape[2], tensor.shape[3], tensor.shape[1]};
    }
    inputs.push_back(std::move(info));
  }
  return inputs;
}

std::vector<InputInfo> InputsOf(const joint::Model& model) {
  std::vector<InputInfo> inputs;
  for (const joint::InputSpec* spec : *model.inputs()) {
    const joint::Tensor& tensor = TensorOf(model, *spec);
    InputInfo info;
    info.name = tensor.name()->str();
    info.preprocess = PreprocessOf(*spec, tensor);
    info.layout = dump::DescribeTensor(tensor);
    info.normalised = tensor.dtype() != joint::DType::F32 && HasMeanAndStd(*spec);
    inputs.push_back(std::move(info));
  }
  return inputs;
}

std::map<std::string, graph::Shape> InputShapesOf(const joint::Model& model) {
  std::map<std::string, graph::Shape> shapes;
  for (const InputInfo& info : InputsOf(model)) shapes[info.name] = dump::OnnxShape(info.layout);
  return shapes;
}

engine::FloatTensor RealInput(const InputInfo& info, const std::vector<uint8_t>& bytes) {
  const graph::Shape shape = dump::OnnxShape(info.layout);
  if (!info.normalised) return {shape, dump::RealValues(info.layout, bytes)};
  if (info.is_picture()) return {shape, NormalisedPixels(info.layout.shape, info.layout.axes, bytes, info.preprocess)};
  dump::DumpLayer stored = info.layout;  // the stored integers themselves
  stored.scale = 1.0;
  stored.zero_point = 0;
  engine::FloatTensor values{shape, dump::RealValues(stored, bytes)};
  const bool one = info.preprocess.mean.size() == 1 && info.preprocess.std.size() == 1;
  // The channels are the last axis in memory.
  const size_t axis = info.layout.axes.empty() ? shape.size() - 1 : static_cast<size_t>(info.layout.axes.back());
  int64_t inner = 1;
  for (size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  for (size_t k = 0; k < values.data.size(); ++k) {
    const auto channel = one ? 0 : static_cast<size_t>(static_cast<int64_t>(k) / inner % shape[axis]);
    values.data[k] = Normalised(info.preprocess, channel, values.data[k]);
  }
  return values;
}

}  // namespace lockstep::input
