#include "extract/extract.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>

#include "dump/dump.h"
#include "dump/output_names.h"
#include "engine/reference/joint_file.h"
#include "engine/reference/joint_model.h"
#include "extract/layer_list.h"
#include "extract/one_layer_model.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "input/model_input.h"
#include "lockstep/seeded_input.h"
#include "lower/joint_writer.h"

namespace lockstep::extract {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

std::set<int> ChooseLayers(const joint::Model& model, const std::string& layer) {
  std::set<int> chosen;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < model.layers()->size(); ++i) {
    names.push_back(model.layers()->Get(i)->name()->str());
    if (layer.empty() || layer == names.back() || layer == std::to_string(i)) chosen.insert(static_cast<int>(i));
  }
  if (chosen.empty()) {
    throw UsageError("the model has no layer " + graph::Quoted(layer) + graph::DidYouMeanOf(layer, names) +
                     "; its layers are 0 to " + std::to_string(names.size() - 1) +
                     ", `run_joint --model-info` lists them");
  }
  // A name that is a number too: the name counts.
  for (const int index : std::set<int>(chosen)) {
    if (!layer.empty() && names[static_cast<size_t>(index)] == layer) return {index};
  }
  return chosen;
}

std::vector<Bytes> InputsOf(const joint::Model& model, const ExtractOptions& options, std::string* label) {
  if (options.data.empty()) {
    *label = "random bytes of seed " + std::to_string(options.seed);
    SeededBytes stream(options.seed);
    std::vector<Bytes> inputs;
    for (const joint::InputSpec* input : *model.inputs()) {
      const joint::Tensor& tensor = *model.tensors()->Get(static_cast<uint32_t>(input->tensor()));
      inputs.emplace_back(tensor.bytes());
      stream.FillInput(tensor.dtype() == joint::DType::F32, inputs.back().data(), inputs.back().size());
    }
    return inputs;
  }
  const input::DataList list = input::ListData(options.data, input::InputsOf(model), "data");
  if (list.items.size() != 1) {
    throw UsageError("--data has " + std::to_string(list.items.size()) +
                     " sets of inputs, and a layer is written with one; name one");
  }
  *label = list.items.front().label;
  return input::JointInputs(model, list.items.front());
}

std::string StemOf(int index, const std::string& name) {
  std::array<char, 16> number{};
  std::snprintf(number.data(), number.size(), "%04d_", index);
  return number.data() + dump::PlainName(name);
}

// Writes layers while the reference engine runs the network.
class LayerWriter {
 public:
  LayerWriter(const joint::Model& model, const ExtractOptions& options, std::set<int> chosen)
      : model_(model), options_(options), chosen_(std::move(chosen)), last_use_(model.tensors()->size(), -1) {
    model.UnPackTo(&whole_);
    for (const int layer : chosen_) {
      for (const int32_t tensor : whole_.layers[static_cast<size_t>(layer)]->inputs) {
        last_use_[static_cast<size_t>(tensor)] = layer;
      }
    }
  }

  // What a layer, or the network's input (-1), gives.
  void Keep(int32_t tensor, const uint8_t* data, size_t size) {
    if (last_use_[static_cast<size_t>(tensor)] >= 0) values_[tensor].assign(data, data + size);
  }

  // All outputs of the layer, by position.
  void Layer(int index, const std::vector<Bytes>& outputs) {
    if (chosen_.count(index) != 0) Write(index, outputs);
    for (auto value = values_.begin(); value != values_.end();) {
      value = last_use_[static_cast<size_t>(value->first)] <= index ? values_.erase(value) : std::next(value);
    }
  }

  ExtractResult Finish(const std::string& label) {
    result_.data = label;
    const std::string list = LayerListText(result_, model_.name()->str());
    files_.Add(options_.output_folder / kLayerList, list);
    files_.Commit();
    return std::move(result_);
  }

 private:
  void Write(int index, const std::vector<Bytes>& outputs) {
    const joint::Layer& layer = *model_.layers()->Get(static_cast<uint32_t>(index));
    OneLayerModel one;
    try {
      one = MakeOneLayerModel(whole_, index);
    } catch (const UnsupportedModel& error) {
      if (!options_.layer.empty()) throw;
      result_.skipped.push_back({index, layer.name()->str(), error.what()});
      return;
    }
    std::vector<Bytes> inputs;
    for (const int32_t tensor : one.inputs) {
      const int32_t constant = whole_.tensors[static_cast<size_t>(tensor)]->constant;
      inputs.push_back(constant < 0 ? values_.at(tensor) : whole_.constants[static_cast<size_t>(constant)]->data);
    }
    const Bytes file = lower::WriteJoint(one.model);
    const joint::Model& checked = engine::CheckJointFile(file.data(), file.size());
    if (engine::ReferenceEngine(checked).Run(inputs) != outputs) {
      throw std::logic_error("layer " + std::to_string(index) + " gives other bytes alone than in the network");
    }
    ExtractedLayer written;
    written.index = index;
    written.name = layer.name()->str();
    written.op = joint::EnumNameOptions(layer.options_type());
    const std::string stem = StemOf(index, written.name);
    written.model = stem + ".joint";
    files_.Add(options_.output_folder / written.model, file.data(), file.size());
    const auto add = [&](const char* folder, const std::vector<std::string>& names, const std::vector<Bytes>& bytes,
                         std::vector<fs::path>& paths) {
      for (size_t i = 0; i < bytes.size(); ++i) {
        paths.push_back(fs::path(folder) / names[i]);
        files_.Add(options_.output_folder / paths.back(), bytes[i].data(), bytes[i].size());
      }
    };
    add("inputs", dump::InputFileNames(stem, NamesOf(one.model.inputs, one.model)), inputs, written.inputs);
    for (const int32_t output : one.outputs) {
      const joint::TensorT& tensor = *whole_.tensors[static_cast<size_t>(output)];
      written.channel_scales.emplace_back();
      if (tensor.quantization == nullptr || tensor.quantization->axis < 0) continue;
      written.channel_scales.back().assign(tensor.quantization->scale.begin(), tensor.quantization->scale.end());
    }
    add("expected", dump::OutputFileNames(stem, NamesOf(one.model.outputs, one.model)), outputs, written.expected);
    result_.layers.push_back(std::move(written));
  }

  template <typename Specs>
  static std::vector<std::string> NamesOf(const Specs& specs, const joint::ModelT& model) {
    std::vector<std::string> names;
    for (const auto& spec : specs) names.push_back(model.tensors[static_cast<size_t>(spec->tensor)]->name);
    return names;
  }

  const joint::Model& model_;
  const ExtractOptions& options_;
  std::set<int> chosen_;
  joint::ModelT whole_;
  std::vector<int> last_use_;  // by tensor: the last chosen layer that reads it
  std::map<int32_t, Bytes> values_;
  files::OutputFiles files_;
  ExtractResult result_;
};

}  // namespace

ExtractResult Extract(const ExtractOptions& options, const std::function<void(int done, int total)>& progress) {
  files::RequireFile(options.model);
  engine::JointModel joint(options.model.string());
  const joint::Model& model = joint.model();
  const std::set<int> chosen = ChooseLayers(model, options.layer);
  files::RequireWritableFolder(options.output_folder);
  std::string label;
  const std::vector<Bytes> inputs = InputsOf(model, options, &label);
  LayerWriter writer(model, options, chosen);
  for (uint32_t i = 0; i < inputs.size(); ++i) {
    writer.Keep(model.inputs()->Get(i)->tensor(), inputs[i].data(), inputs[i].size());
  }
  std::vector<Bytes> outputs;
  const auto layers = static_cast<int>(model.layers()->size());
  joint.engine().Run(inputs, [&](int index, int output_index, const joint::Layer& layer, const joint::Tensor& output,
                                 const uint8_t* data) {
    outputs.emplace_back(data, data + output.bytes());
    writer.Keep(layer.outputs()->Get(static_cast<uint32_t>(output_index)), data, output.bytes());
    if (outputs.size() < layer.outputs()->size()) return;
    writer.Layer(index, outputs);
    outputs.clear();
    if (progress) progress(index + 1, layers);
  });
  return writer.Finish(label);
}

std::string RunJointLine(const ExtractedLayer& layer) {
  std::string data;
  for (const fs::path& input : layer.inputs) data += (data.empty() ? "" : ";") + input.string();
  return "run_joint_debug -d \"" + data + "\" --verify expected -o outputs " + layer.model.string();
}

}  // namespace lockstep::extract
