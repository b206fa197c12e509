#include "import/onnx_import.h"

#include <algorithm>
#include <set>

#include "graph/error.h"
#include "import/graph_cut.h"
#include "import/model_file.h"
#include "import/onnx_tensor.h"
#include "import/opset_normalize.h"
#include "optimize/optimize.h"

namespace lockstep::importer {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

// The shapes of the file's outputs that it gives in full, by name.
using DeclaredShapes = std::map<std::string, graph::Shape>;

// Builds the graph; one object per file.
class Importer {
 public:
  Importer(const onnx::ModelProto& model, const std::string& path) : proto_(model.graph()), path_(path) {
    graph_.name = proto_.name();
    graph_.opset = ReadOpset(model, path);
  }

  Graph Run() {
    ReadInitializers();
    ReadInputs();
    for (const auto& node : proto_.node()) {
      for (const std::string& name : node.output()) Define(name, node);
    }
    for (const auto& node : proto_.node()) ReadNode(node);
    ReadOutputs();
    return std::move(graph_);
  }

  const DeclaredShapes& declared() const { return declared_; }

 private:
  void ReadInitializers() {
    for (const auto& initializer : proto_.initializer()) {
      const std::string where = "'" + path_ + "': constant '" + initializer.name() + "'";
      if (graph_.Find(initializer.name()) != kNoTensor) throw BadInput(where + " is given twice");
      graph_.AddTensor(ReadTensor(initializer, initializer.name(), where));
    }
    if (proto_.sparse_initializer_size() > 0) {
      throw UnsupportedModel("'" + path_ + "' holds sparse constants; export it with dense ones");
    }
  }

  void ReadInputs() {
    for (const auto& input : proto_.input()) {
      const TensorId known = graph_.Find(input.name());
      if (known != kNoTensor && graph_.tensor(known).constant) continue;  // an initializer with a default
      const std::string where = "'" + path_ + "': input '" + input.name() + "'";
      if (known != kNoTensor) throw BadInput(where + " is given twice");
      if (!input.type().has_tensor_type()) throw UnsupportedModel(where + " is not a tensor");
      const auto& type = input.type().tensor_type();
      const auto kind = KindOf(type.elem_type());
      if (!kind) {
        throw UnsupportedModel(where + " has elements that are not numbers (ONNX type " +
                               std::to_string(type.elem_type()) + ")");
      }
      graph_.inputs.push_back(graph_.AddTensor({input.name(), *kind, ShapeOf(type), std::nullopt}));
    }
  }

  static graph::Shape ShapeOf(const onnx::TypeProto::Tensor& type) {
    if (!type.has_shape()) return graph::kUnknownShape;
    graph::Shape shape;
    for (const auto& dimension : type.shape().dim()) {
      shape.push_back(dimension.has_dim_value() && dimension.dim_value() > 0 ? dimension.dim_value() : -1);
    }
    return shape;
  }

  void Define(const std::string& name, const onnx::NodeProto& node) {
    if (name.empty()) return;
    if (graph_.Find(name) != kNoTensor) {
      throw BadInput("'" + path_ + "': node '" + node.name() + "' (" + node.op_type() + ") makes tensor '" + name +
                     "', which exists already");
    }
    graph_.AddTensor({name, graph::ElementType::kFloat, graph::kUnknownShape, std::nullopt});
  }

  std::string NodeName(const onnx::NodeProto& node) {
    std::string stem = node.name();
    if (stem.empty()) stem = node.op_type() + "_" + std::to_string(count_);
    std::string name = stem;
    for (int i = 1; !names_.insert(name).second; ++i) name = stem + "_" + std::to_string(i);
    return name;
  }

  void ReadNode(const onnx::NodeProto& proto) {
    Node node;
    node.op = proto.op_type();
    if (!proto.domain().empty() && proto.domain() != "ai.onnx") node.op = proto.domain() + "." + node.op;
    node.name = NodeName(proto);
    ++count_;
    if (node.op == "Constant") {
      ReadConstant(proto, node.name);
      return;
    }
    node.onnx_nodes = {node.name};
    for (const std::string& name : proto.input()) {
      const TensorId id = name.empty() ? kNoTensor : graph_.Find(name);
      if (!name.empty() && id == kNoTensor) {
        throw BadInput("'" + path_ + "': node '" + node.name + "' (" + node.op + ") reads tensor '" + name +
                       "', which nothing makes");
      }
      node.inputs.push_back(id);
    }
    for (const std::string& name : proto.output()) {
      node.outputs.push_back(name.empty() ? kNoTensor : graph_.Find(name));
    }
    for (const auto& attribute : proto.attribute()) ReadAttribute(attribute, node);
    graph_.nodes.push_back(std::move(node));
  }

  std::string Where(const Node& node, const std::string& attribute) const {
    return "'" + path_ + "': node '" + node.name + "' (" + node.op + "), attribute '" + attribute + "'";
  }

  void ReadAttribute(const onnx::AttributeProto& attribute, Node& node) {
    const std::string& key = attribute.name();
    switch (attribute.type()) {
      case onnx::AttributeProto::INT:
        node.attributes[key] = static_cast<int64_t>(attribute.i());
        if (node.op == "Cast" && key == "to") ReadCastType(attribute.i(), node);
        break;
      case onnx::AttributeProto::FLOAT:
        node.attributes[key] = attribute.f();
        break;
      case onnx::AttributeProto::STRING:
        node.attributes[key] = attribute.s();
        break;
      case onnx::AttributeProto::INTS:
        node.attributes[key] = std::vector<int64_t>(attribute.ints().begin(), attribute.ints().end());
        break;
      case onnx::AttributeProto::FLOATS:
        node.attributes[key] = std::vector<float>(attribute.floats().begin(), attribute.floats().end());
        break;
      case onnx::AttributeProto::TENSOR: {
        const graph::Tensor value = ReadTensor(attribute.t(), key, Where(node, key));
        node.attributes[key] = *value.constant;
        node.attributes[key + "_type"] = graph::ToOnnxType(value.type);
        break;
      }
      case onnx::AttributeProto::UNDEFINED:
        throw BadInput(Where(node, key) + " says nothing of its type; the file is damaged, export the model again");
      default:  // subgraphs and the like: their operators are reported as unsupported
        break;
    }
  }

  static void ReadCastType(int64_t to, Node& node) {
    const auto kind = KindOf(static_cast<int32_t>(to));
    if (kind) {
      node.attributes["to"] = graph::ToOnnxType(*kind);
    } else {
      node.op = "Cast to ONNX type " + std::to_string(to);
    }
  }

  void ReadConstant(const onnx::NodeProto& proto, const std::string& name) {
    const std::string where = "'" + path_ + "': node '" + name + "' (Constant)";
    if (proto.attribute_size() != 1 || proto.output_size() != 1 || proto.output(0).empty())
      throw BadInput(where + " has not one value");
    const auto& attribute = proto.attribute(0);
    graph::Tensor value;
    if (attribute.has_t()) {
      value = ReadTensor(attribute.t(), name, where);
    } else if (attribute.name() == "value_float") {
      value = {name, graph::ElementType::kFloat, {}, graph::ConstantData{{attribute.f()}, {}}};
    } else if (attribute.name() == "value_int") {
      value = {name, graph::ElementType::kInt64, {}, graph::ConstantData{{}, {attribute.i()}}};
    } else if (attribute.name() == "value_floats") {
      value = {name,
               graph::ElementType::kFloat,
               {attribute.floats_size()},
               graph::ConstantData{{attribute.floats().begin(), attribute.floats().end()}, {}}};
    } else if (attribute.name() == "value_ints") {
      value = {name,
               graph::ElementType::kInt64,
               {attribute.ints_size()},
               graph::ConstantData{{}, {attribute.ints().begin(), attribute.ints().end()}}};
    } else {
      throw UnsupportedModel(where + ": its value is '" + attribute.name() + "', not numbers");
    }
    graph::Tensor& tensor = graph_.tensor(graph_.Find(proto.output(0)));
    value.name = tensor.name;
    tensor = std::move(value);
  }

  void ReadOutputs() {
    for (const auto& output : proto_.output()) {
      const TensorId id = graph_.Find(output.name());
      if (id == kNoTensor) throw BadInput("'" + path_ + "': nothing makes the output '" + output.name() + "'");
      graph_.outputs.push_back(id);
      const graph::Shape declared = ShapeOf(output.type().tensor_type());
      // Some exporters write a shape without axes where they know none.
      if (!declared.empty() && graph::IsKnown(declared)) declared_[output.name()] = declared;
    }
  }

  const onnx::GraphProto& proto_;
  const std::string& path_;
  Graph graph_;
  DeclaredShapes declared_;
  std::set<std::string> names_;
  int count_ = 0;
};

void RequireDeclaredShapes(const Graph& graph, const DeclaredShapes& declared, const std::string& path) {
  for (const TensorId id : graph.outputs) {
    const graph::Tensor& output = graph.tensor(id);
    const auto found = declared.find(output.name);
    if (found == declared.end() || !graph::IsKnown(output.shape) || output.shape == found->second) continue;
    throw BadInput("'" + path + "' declares its output '" + output.name + "' as " + graph::ToString(found->second) +
                   ", but its nodes make " + graph::ToString(output.shape) +
                   "; the file is damaged, export the model again");
  }
}

bool AllInputsKnown(const Graph& graph) {
  for (const TensorId id : graph.inputs) {
    if (!graph::IsKnown(graph.tensor(id).shape)) return false;
  }
  return true;
}

// The shapes that options give to inputs that the graph has now; others may come to be by cutting.
std::map<std::string, graph::Shape> ShapesOfOwnInputs(const Graph& graph, const ImportOptions& options) {
  std::map<std::string, graph::Shape> shapes;
  for (const TensorId id : graph.inputs) {
    const auto found = options.input_shapes.find(graph.tensor(id).name);
    if (found != options.input_shapes.end()) shapes.insert(*found);
  }
  return shapes;
}

// Returns only if the network fails without the given shapes too.
void BlameInputShapes(const std::string& path, ImportOptions options, const std::string& reason) {
  std::string given;
  for (const auto& [name, shape] : options.input_shapes) given += " " + name + ":" + graph::ToString(shape);
  options.input_shapes.clear();
  std::string own;
  try {
    const Graph graph = ImportOnnx(path, options);
    for (const TensorId id : graph.inputs) {
      own += (own.empty() ? "" : ", ") + graph.tensor(id).name + ":" + graph::ToString(graph.tensor(id).shape);
    }
  } catch (const UsageError&) {  // it leaves its shapes open
  } catch (const Error&) {
    return;
  }
  throw UsageError("--input-shape" + given + " (configuration key input_shape) does not suit '" + path +
                   "': " + reason + "; give another shape" +
                   (own.empty() ? "" : ", or leave it out: the network's own is " + own));
}

ImportOptions WithModelShapes(ImportOptions options, const Graph& graph) {
  for (const TensorId id : graph.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    const auto found = options.model_shapes.find(tensor.name);
    if (found == options.model_shapes.end() || found->second == tensor.shape) continue;
    if (tensor.shape != graph::kUnknownShape && tensor.shape.size() != found->second.size()) continue;
    options.input_shapes.insert(*found);
  }
  return options;
}

}  // namespace

Graph ImportOnnx(const std::string& path, const ImportOptions& given) {
  Graph graph;
  DeclaredShapes declared;
  {
    const onnx::ModelProto model = ReadModel(path);
    Importer importer(model, path);
    graph = importer.Run();
    declared = importer.declared();
  }
  const ImportOptions options = WithModelShapes(given, graph);
  try {
    NormalizeOpset(graph);
    graph::SortAndPrune(graph);
  } catch (const BadInput& error) {
    throw BadInput("'" + path + "': " + error.what());
  } catch (const std::logic_error& error) {
    throw BadInput("'" + path + "': " + error.what());
  }
  const auto infer = [&] {
    try {
      optimize::InferShapes(graph);
    } catch (const BadInput& error) {
      if (!options.input_shapes.empty()) BlameInputShapes(path, options, error.what());
      throw BadInput("'" + path + "': " + error.what());
    }
  };
  if (!options.input_nodes.empty()) {  // what is cut off still tells the shapes of the new inputs
    ApplyInputShapes(graph, ShapesOfOwnInputs(graph, options), path);
    if (AllInputsKnown(graph)) infer();
  }
  CutGraph(graph, options, path);
  ApplyInputShapes(graph, options.input_shapes, path);
  RequireInputShapes(graph, path);
  infer();
  // A shape given for an input changes those of the outputs.
  if (options.input_shapes.empty()) RequireDeclaredShapes(graph, declared, path);
  return graph;
}

}  // namespace lockstep::importer
