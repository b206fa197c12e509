#include "compiler/model_info.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "compiler/blockers.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "import/onnx_import.h"
#include "lockstep/md5.h"
#include "lower/lower.h"
#include "optimize/optimize.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::compiler {
namespace {

using nlohmann::ordered_json;
using report::Align;

std::string ShapeText(const flatbuffers::Vector<int32_t>& shape) {
  return graph::ToString(graph::Shape(shape.begin(), shape.end()));
}

ordered_json DescribeTensor(const joint::Model& model, int index) {
  const joint::Tensor& tensor = *model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
  ordered_json json = {{"name", tensor.name()->str()},
                       {"shape", ShapeText(*tensor.shape())},
                       {"dtype", joint::EnumNameDType(tensor.dtype())},
                       {"bytes", tensor.bytes()}};
  const joint::Quantization* quantization = tensor.quantization();
  if (quantization != nullptr && quantization->scale() != nullptr && quantization->scale()->size() == 1) {
    json["scale"] = quantization->scale()->Get(0);
    json["zero_point"] = quantization->zero_point() != nullptr && quantization->zero_point()->size() == 1
                             ? quantization->zero_point()->Get(0)
                             : 0;
  }
  return json;
}

ordered_json DescribeInput(const joint::Model& model, const joint::InputSpec& spec) {
  ordered_json json = DescribeTensor(model, spec.tensor());
  json["color"] = joint::EnumNameColor(spec.color());
  json["resize"] = joint::EnumNameResizeMode(spec.resize());
  return json;
}

std::string Text(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : report::JsonText(value);
}

// A list of flat objects as a table; the columns are the keys of the first.
std::string ListText(const std::string& title, const ordered_json& list) {
  if (list.empty()) return "";
  std::vector<report::Column> columns;
  for (const auto& [key, value] : list.front().items()) {
    columns.push_back({key, value.is_number() ? Align::kRight : Align::kLeft, 48});
  }
  report::Table table(columns);
  for (const ordered_json& entry : list) {
    std::vector<report::Cell> cells;
    cells.reserve(columns.size());
    for (const report::Column& column : columns) {
      cells.emplace_back(entry.contains(column.title) ? Text(entry.at(column.title)) : "");
    }
    table.AddRow(std::move(cells));
  }
  return "\n" + title + "\n" + table.ToText(false, "  ");
}

// How many nodes there are of each operator.
std::map<std::string, int> Operators(const graph::Graph& graph) {
  std::map<std::string, int> operators;
  for (const graph::Node& node : graph.nodes) ++operators[node.op];
  return operators;
}

}  // namespace

ordered_json DescribeJointModel(const joint::Model& model, size_t file_bytes, bool layers) {
  const lower::ModelSummary summary = lower::Summarize(model);
  ordered_json json = {
      {"kind", "joint model"},
      {"name", model.name()->str()},
      {"format_version", model.format_version()},
      {"contract", model.contract()->str()},
      {"compiler_version", model.compiler_version()->str()},
      {"digest", ToText(model.digest()->bytes()->data()).data()},
      {"source_digest", model.source_digest() != nullptr ? model.source_digest()->str() : ""},
      {"calibration_digest", model.calibration_digest() != nullptr ? model.calibration_digest()->str() : ""},
      {"file_bytes", file_bytes},
      {"macs", summary.macs},
      {"layer_count", summary.layers},
      {"weight_bytes", summary.weight_bytes},
      {"constant_bytes", summary.constant_bytes},
      {"arena_bytes", summary.arena_bytes},
      {"arena_lower_bound", summary.arena_lower_bound},
      {"test_vectors", model.test_vectors() != nullptr ? model.test_vectors()->size() : 0}};
  json["inputs"] = ordered_json::array();
  for (const joint::InputSpec* spec : *model.inputs()) json["inputs"].push_back(DescribeInput(model, *spec));
  json["outputs"] = ordered_json::array();
  for (const joint::OutputSpec* spec : *model.outputs()) {
    json["outputs"].push_back(DescribeTensor(model, spec->tensor()));
  }
  std::map<std::string, int> operators;
  for (const joint::Layer* layer : *model.layers()) ++operators[joint::EnumNameOptions(layer->options_type())];
  json["operators"] = operators;
  if (!layers) return json;
  json["layers"] = ordered_json::array();
  int index = 0;
  for (const joint::Layer* layer : *model.layers()) {
    const joint::Tensor& output = *model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(layer->outputs()->Get(0)));
    json["layers"].push_back({{"index", index++},
                              {"name", layer->name()->str()},
                              {"op", joint::EnumNameOptions(layer->options_type())},
                              {"shape", ShapeText(*output.shape())},
                              {"dtype", joint::EnumNameDType(output.dtype())},
                              {"macs", layer->macs()},
                              {"tensor", output.name()->str()}});
  }
  return json;
}

ordered_json DescribeModelFile(const std::string& path, const std::map<std::string, graph::Shape>& input_shape) {
  if (std::filesystem::path(path).extension() == ".onnx") return DescribeNetwork(path, input_shape);
  if (!input_shape.empty()) {
    throw UsageError("--input-shape is for an ONNX network; " + path + " has its shapes in it, leave it out");
  }
  files::RequireFile(path);
  const engine::JointModel joint(path);
  return DescribeJointModel(joint.model(), joint.file().size(), true);
}

ordered_json DescribeNetwork(const std::string& path, const std::map<std::string, graph::Shape>& input_shape) {
  importer::ImportOptions options;
  options.input_shapes = input_shape;
  graph::Graph graph = importer::ImportOnnx(path, options);
  const size_t nodes = graph.nodes.size();
  const std::map<std::string, int> operators = Operators(graph);
  optimize::Optimize(graph);
  ordered_json json = {{"kind", "ONNX network"},
                       {"name", graph.name},
                       {"opset", graph.opset},
                       {"nodes", nodes},
                       {"optimised_nodes", graph.nodes.size()}};
  const auto tensors = [&](const std::vector<graph::TensorId>& ids) {
    ordered_json list = ordered_json::array();
    for (const graph::TensorId id : ids) {
      list.push_back({{"name", graph.tensor(id).name}, {"shape", graph::ToString(graph.tensor(id).shape)}});
    }
    return list;
  };
  json["inputs"] = tensors(graph.inputs);
  json["outputs"] = tensors(graph.outputs);
  json["operators"] = operators;
  json["optimised_operators"] = Operators(graph);
  json["blockers"] = ordered_json::array();
  for (const optimize::Blocker& blocker : FindBlockers(graph)) {
    json["blockers"].push_back({{"node", blocker.node}, {"op", blocker.op}, {"reason", blocker.reason}});
  }
  return json;
}

std::string InfoText(const ordered_json& info) {
  std::string text;
  std::string lists;
  for (const auto& [key, value] : info.items()) {
    std::string title = key;
    for (char& c : title) c = c == '_' ? ' ' : c;
    if (value.is_array()) {
      lists += ListText(title, value);
    } else if (value.is_object()) {
      std::string counts;
      for (const auto& [name, count] : value.items()) {
        counts.append(counts.empty() ? "" : ", ").append(name).append(" ").append(Text(count));
      }
      lists.append("\n").append(title).append("\n  ").append(counts).append("\n");
    } else {
      std::string shown = Text(value);
      if (title.find("bytes") != std::string::npos || key == "arena_lower_bound") {
        shown += " (" + report::ByteCount(value.get<double>()) + ")";
      }
      title.resize(std::max<size_t>(title.size() + 1, 20), ' ');
      text.append(title).append(shown).append("\n");
    }
  }
  return text + lists;
}

}  // namespace lockstep::compiler
