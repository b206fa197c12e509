#include "input/model_input.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "dump/dump.h"
#include "dump/values.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "input/folder.h"
#include "input/preprocess.h"

namespace lockstep::input {
namespace {

namespace fs = std::filesystem;
using quantize::InputPreprocess;

bool IsRaw(const std::string& path) { return KindOf(path) == FileKind::kRaw; }

// "1 picture", "3 pictures".
std::string Counted(size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

DataItem RawItem(const std::vector<std::string>& files) {
  DataItem item;
  for (const std::string& file : files) item.label += (item.label.empty() ? "" : ";") + file;
  item.stem = fs::path(files.front()).stem().string();
  item.files = files;
  return item;
}

DataItem PictureItem(const PictureRef& picture) {
  DataItem item;
  item.label = picture.Label();
  item.stem = fs::path(picture.path).stem().string();
  if (picture.frame >= 0) item.stem += "_" + std::to_string(picture.frame);
  item.picture = picture;
  return item;
}

// Throws UsageError where even the endings do not tell two inputs apart.
void MakeStemsDistinct(std::vector<DataItem>& items) {
  std::map<std::string, int> uses;
  for (const DataItem& item : items) ++uses[item.stem];
  std::map<std::string, std::string> labels;
  for (DataItem& item : items) {
    const std::string& file = item.files.empty() ? item.picture.path : item.files.front();
    const std::string ending = fs::path(file).extension().string();
    if (uses.at(item.stem) > 1 && !ending.empty()) item.stem += "_" + ending.substr(1);
    const auto [other, distinct] = labels.emplace(item.stem, item.label);
    if (distinct) continue;
    throw UsageError(other->second + " and " + item.label + " would both write files named " + item.stem +
                     "; rename one of them");
  }
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t start = 0;
  for (size_t end = 0; end != std::string::npos; start = end + 1) {
    end = text.find(separator, start);
    if (end != start && start < text.size()) parts.push_back(text.substr(start, end - start));
  }
  return parts;
}

void RequireCount(const DataItem& item, size_t inputs) {
  if (item.files.empty() ? inputs == 1 : item.files.size() == inputs) return;
  throw UsageError("the model has " + std::to_string(inputs) + " inputs, --data gives " +
                   std::to_string(std::max<size_t>(1, item.files.size())) + " (" + item.label +
                   "); name one .bin file for each input, separated by ';'");
}

float Normalised(const quantize::InputPreprocess& preprocess, int64_t channel, float pixel) {
  const auto of_channel = [&](const std::vector<float>& values) {
    return values.size() == 1 ? values[0] : values[static_cast<size_t>(channel)];
  };
  return (pixel - of_channel(preprocess.mean)) / of_channel(preprocess.std);
}

const joint::Tensor& TensorOf(const joint::Model& model, const joint::InputSpec& spec) {
  return *model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(spec.tensor()));
}

bool HasMeanAndStd(const joint::InputSpec& spec) {
  return spec.mean() != nullptr && spec.mean()->size() != 0 && spec.std() != nullptr && spec.std()->size() != 0;
}

// (pixel - mean) / std.
engine::FloatTensor NormalisedPixels(dump::DumpLayer layout, const joint::InputSpec& spec,
                                     const std::vector<uint8_t>& bytes) {
  layout.scale = 1.0;  // the stored pixels themselves
  layout.zero_point = 0;
  engine::FloatTensor values{dump::OnnxShape(layout), dump::RealValues(layout, bytes)};
  const quantize::InputPreprocess preprocess = PreprocessOf(spec);
  const int64_t channels = values.shape.size() > 1 ? values.shape[1] : 1;
  const int64_t plane = graph::ElementCount(values.shape) / std::max<int64_t>(1, values.shape[0] * channels);
  for (size_t k = 0; k < values.data.size(); ++k) {
    const int64_t channel = static_cast<int64_t>(k) / std::max<int64_t>(1, plane) % std::max<int64_t>(1, channels);
    values.data[k] = Normalised(preprocess, channel, values.data[k]);
  }
  return values;
}

// What the bytes of an input stand for: floats, pixels with a mean and a standard deviation, or integers with a scale
// and a zero point. Nothing is assumed where the model says none of them.
engine::FloatTensor RealInput(const joint::Tensor& tensor, const joint::InputSpec& spec,
                              const std::vector<uint8_t>& bytes) {
  const dump::DumpLayer layout = dump::DescribeTensor(tensor);
  if (tensor.dtype() != joint::DType::F32 && HasMeanAndStd(spec)) return NormalisedPixels(layout, spec, bytes);
  if (tensor.dtype() != joint::DType::F32 && layout.scale == 0.0) {
    throw UsageError("the joint model does not say what the bytes of its input " + layout.tensor +
                     " stand for: it has neither mean and std nor a scale; run it without the ONNX network");
  }
  return {dump::OnnxShape(layout), dump::RealValues(layout, bytes)};
}

}  // namespace

quantize::InputPreprocess PreprocessOf(const joint::InputSpec& spec) {
  quantize::InputPreprocess preprocess;
  switch (spec.color()) {
    case joint::Color::RGB:
      preprocess.color = quantize::InputPreprocess::Color::kRgb;
      break;
    case joint::Color::BGR:
      preprocess.color = quantize::InputPreprocess::Color::kBgr;
      break;
    case joint::Color::GRAY:
      preprocess.color = quantize::InputPreprocess::Color::kGray;
      break;
  }
  switch (spec.resize()) {
    case joint::ResizeMode::Letterbox:
      preprocess.resize = quantize::InputPreprocess::Resize::kLetterbox;
      break;
    case joint::ResizeMode::Stretch:
      preprocess.resize = quantize::InputPreprocess::Resize::kStretch;
      break;
    case joint::ResizeMode::None:
      preprocess.resize = quantize::InputPreprocess::Resize::kNone;
      break;
  }
  preprocess.mean.assign(1, 0.0F);
  preprocess.std.assign(1, 1.0F);
  if (spec.mean() != nullptr && spec.mean()->size() != 0) {
    preprocess.mean.assign(spec.mean()->begin(), spec.mean()->end());
  }
  if (spec.std() != nullptr && spec.std()->size() != 0) preprocess.std.assign(spec.std()->begin(), spec.std()->end());
  preprocess.pad_value = spec.pad_value();
  return preprocess;
}

DataList ListData(const std::string& data) {
  const std::vector<std::string> parts = Split(data, ';');
  if (parts.empty()) throw UsageError("--data is empty; name a picture, a .bin file or a folder");
  if (parts.size() > 1 || (IsRaw(parts[0]) && !fs::is_directory(parts[0]))) {
    for (const std::string& part : parts) {
      if (!fs::exists(part)) throw BadInput("cannot read " + part + ": no such file; check --data");
    }
    return {{RawItem(parts)}, ""};
  }
  if (!fs::is_directory(parts[0])) return {{PictureItem(ListPictures(parts[0], 1).front())}, ""};

  const FolderContent content = ListFolder(parts[0]);
  if (!content.raw.empty() && !content.pictures.empty()) {
    throw UsageError("the folder " + parts[0] + " has " + Counted(content.raw.size(), ".bin file") + " and " +
                     Counted(content.pictures.size(), "picture") +
                     "; put them into two folders, or name one file with --data");
  }
  DataList list;
  if (content.raw.empty()) {
    for (const PictureRef& picture : ListPictures(parts[0], 1, &list.skipped))
      list.items.push_back(PictureItem(picture));
  } else {
    for (const std::string& file : content.raw) list.items.push_back(RawItem({file}));
    list.skipped = SkippedText(parts[0], content.skipped);
  }
  MakeStemsDistinct(list.items);
  return list;
}

std::vector<fs::path> FilesOfData(const std::string& data) {
  std::vector<fs::path> files;
  try {
    for (const DataItem& item : ListData(data).items) {
      files.insert(files.end(), item.files.begin(), item.files.end());
      if (item.files.empty()) files.emplace_back(item.picture.path);
    }
  } catch (const Error&) {
    return {};
  }
  return files;
}

std::map<std::string, graph::Shape> InputShapesOf(const joint::Model& model) {
  std::map<std::string, graph::Shape> shapes;
  for (const joint::InputSpec* spec : *model.inputs()) {
    const joint::Tensor& tensor = TensorOf(model, *spec);
    shapes[tensor.name()->str()] = dump::OnnxShape(dump::DescribeTensor(tensor));
  }
  return shapes;
}

std::vector<std::vector<uint8_t>> JointInputs(const joint::Model& model, const DataItem& item) {
  RequireCount(item, model.inputs()->size());
  std::vector<std::vector<uint8_t>> inputs;
  for (flatbuffers::uoffset_t i = 0; i < model.inputs()->size(); ++i) {
    const joint::InputSpec& spec = *model.inputs()->Get(i);
    const joint::Tensor& tensor = TensorOf(model, spec);
    if (item.files.empty()) {
      if (tensor.shape()->size() != 4) {
        throw UsageError("the input " + tensor.name()->str() + " is no picture (its rank is " +
                         std::to_string(tensor.shape()->size()) + "); give its bytes as a .bin file");
      }
      const PictureSize size{tensor.shape()->Get(1), tensor.shape()->Get(2)};
      inputs.push_back(LoadPicture(item.picture, PreprocessOf(spec), size).bytes);
    } else {
      inputs.push_back(files::ReadFile(item.files[i]));
    }
    if (inputs.back().size() != tensor.bytes()) {
      throw BadInput((item.files.empty() ? item.label : item.files[i]) + " has " +
                     std::to_string(inputs.back().size()) + " bytes, the input " + tensor.name()->str() + " takes " +
                     std::to_string(tensor.bytes()) + "; give a picture or raw bytes of the tensor's size");
    }
  }
  return inputs;
}

std::map<std::string, engine::FloatTensor> FloatInputsOf(const joint::Model& model,
                                                         const std::vector<std::vector<uint8_t>>& inputs,
                                                         const graph::Graph& graph) {
  std::map<std::string, engine::FloatTensor> floats;
  if (graph.inputs.size() != inputs.size()) {
    throw UsageError("the ONNX network has " + std::to_string(graph.inputs.size()) + " inputs, the joint model " +
                     std::to_string(inputs.size()) + "; give --onnx the network that the model was made from");
  }
  for (flatbuffers::uoffset_t i = 0; i < model.inputs()->size(); ++i) {
    const joint::InputSpec& spec = *model.inputs()->Get(i);
    const joint::Tensor& tensor = TensorOf(model, spec);
    engine::FloatTensor values = RealInput(tensor, spec, inputs[i]);
    const graph::Tensor& input = graph.tensor(graph.inputs[i]);
    if (input.shape != values.shape) {
      throw UsageError("the ONNX input " + input.name + " is " + graph::ToString(input.shape) + ", the joint model's " +
                       tensor.name()->str() + " is " + graph::ToString(values.shape) +
                       "; give --onnx the network that the model was made from");
    }
    floats[input.name] = std::move(values);
  }
  return floats;
}

std::map<std::string, engine::FloatTensor> FloatInputs(const std::string& network, const graph::Graph& graph,
                                                       const quantize::InputPreprocess& preprocess,
                                                       const DataItem& item) {
  RequireCount(item, graph.inputs.size());
  std::map<std::string, engine::FloatTensor> floats;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const graph::Tensor& tensor = graph.tensor(graph.inputs[i]);
    engine::FloatTensor& values = floats[tensor.name];
    values.shape = tensor.shape;
    if (item.files.empty()) {
      const PictureSize size = CheckPreprocess(network, tensor.name, tensor.shape, preprocess);
      values = ToFloatTensor(LoadPicture(item.picture, preprocess, size), preprocess);
      continue;
    }
    const std::vector<uint8_t> bytes = files::ReadFile(item.files[i]);
    const auto elements = static_cast<size_t>(graph::ElementCount(tensor.shape));
    if (bytes.size() == elements * sizeof(float)) {
      values.data.resize(elements);
      std::memcpy(values.data.data(), bytes.data(), bytes.size());
    } else if (bytes.size() == elements && tensor.shape.size() == 4) {
      const PictureSize size = CheckPreprocess(network, tensor.name, tensor.shape, preprocess);
      PreparedPicture picture;
      picture.height = size.height;
      picture.width = size.width;
      picture.channels = ChannelCount(preprocess.color);
      picture.bytes = bytes;
      values = ToFloatTensor(picture, preprocess);
    } else {
      throw BadInput(item.files[i] + " has " + std::to_string(bytes.size()) + " bytes, the input " + tensor.name +
                     " (" + graph::ToString(tensor.shape) + ") takes " + std::to_string(elements * sizeof(float)) +
                     " as float32 or " + std::to_string(elements) + " as pixels");
    }
  }
  return floats;
}

}  // namespace lockstep::input
