#include "import/annotate.h"

#include <algorithm>
#include <fstream>

#include "graph/error.h"
#include "import/model_file.h"
#include "import/newer_fields.h"

namespace lockstep::importer {
namespace {

constexpr int kMetadataOfNode = 9;  // NodeProto.metadata_props, IR version 10

Notes NotesOf(const onnx::NodeProto& node) {
  Notes notes;
  for (const std::string& bytes : FieldBytes(node, kMetadataOfNode)) {
    onnx::StringStringEntryProto entry;
    if (entry.ParseFromString(bytes)) notes.emplace_back(entry.key(), entry.value());
  }
  return notes;
}

void AppendVarint(std::string& bytes, size_t value) {
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80U);
  bytes += static_cast<char>(value);
}

// As the bytes of a field: it is added whether or not the library has a name for it.
void Add(const std::string& key, const std::string& value, onnx::NodeProto& node) {
  onnx::StringStringEntryProto entry;
  entry.set_key(key);
  entry.set_value(value);
  std::string bytes(1, static_cast<char>(kMetadataOfNode << 3 | 2));
  const std::string message = entry.SerializeAsString();
  AppendVarint(bytes, message.size());
  if (!node.MergeFromString(bytes + message)) throw std::logic_error("a note that is no field");
}

void Remove(onnx::NodeProto& node) {
  const auto* known = node.GetDescriptor()->FindFieldByNumber(kMetadataOfNode);
  if (known != nullptr) {
    node.GetReflection()->ClearField(&node, known);
  } else {
    node.mutable_unknown_fields()->DeleteByNumber(kMetadataOfNode);
  }
}

void Annotate(const Notes& notes, onnx::NodeProto& node) {
  const Notes before = NotesOf(node);
  Remove(node);
  for (const auto& [key, value] : before) {
    const bool replaced = std::any_of(notes.begin(), notes.end(),
                                      [&, &old_key = key](const auto& note) { return note.first == old_key; });
    if (!replaced) Add(key, value, node);
  }
  for (const auto& [key, value] : notes) Add(key, value, node);
}

}  // namespace

AnnotatedOnnx AnnotateOnnx(const std::string& path, const std::map<std::string, Notes>& by_node) {
  std::ifstream stream(path, std::ios::binary);
  onnx::ModelProto model;
  if (!stream || !model.ParseFromIstream(&stream)) {
    throw BadInput(path + " is no ONNX file that can be read; name the network with --onnx");
  }
  for (const onnx::TensorProto& weights : model.graph().initializer()) {
    if (weights.data_location() != onnx::TensorProto::EXTERNAL) continue;
    throw BadInput(path + ": the weights " + weights.name() +
                   " lie in another file, which a copy would not find; name frontend/optimized.onnx of the build");
  }
  AnnotatedOnnx result;
  for (onnx::NodeProto& node : *model.mutable_graph()->mutable_node()) {
    ++result.nodes;
    const auto notes = by_node.find(node.name());
    if (notes == by_node.end() || node.name().empty()) continue;
    Annotate(notes->second, node);
    ++result.annotated;
  }
  if (!model.SerializeToString(&result.file)) throw BadInput(path + " is larger than one file can be");
  return result;
}

std::map<std::string, Notes> NotesOf(const std::string& file) {
  onnx::ModelProto model;
  if (!model.ParseFromString(file)) throw BadInput("no ONNX model");
  std::map<std::string, Notes> all;
  for (const onnx::NodeProto& node : model.graph().node()) {
    Notes notes = NotesOf(node);
    if (!notes.empty()) all[node.name()] = std::move(notes);
  }
  return all;
}

}  // namespace lockstep::importer
