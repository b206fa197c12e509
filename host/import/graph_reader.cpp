#include "import/graph_reader.h"

#include <set>

#include "graph/error.h"
#include "import/element_types.h"
#include "import/model_file.h"
#include "import/onnx_tensor.h"
#include "import/sub_graph.h"
#include "ops/op_table.h"

namespace lockstep::importer {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

// Builds the graph; one object per file.
class Reader {
 public:
  Reader(const onnx::ModelProto& model, const std::string& path) : proto_(model.graph()), path_(path) {
    graph_.name = proto_.name();
    graph_.opset = ReadOpset(model, path);
  }

  ReadGraph Run() {
    ReadInitializers();
    ReadInputs();
    CheckDeclaredConstants();
    for (const auto& node : proto_.node()) {
      for (const std::string& name : node.output()) Define(name, node);
    }
    for (const auto& node : proto_.node()) ReadNode(node);
    ReadOutputs();
    return {std::move(graph_), std::move(declared_)};
  }

 private:
  void ReadInitializers() {
    for (const auto& initializer : proto_.initializer()) {
      const std::string where = "'" + path_ + "': constant '" + initializer.name() + "'";
      if (graph_.Find(initializer.name()) != kNoTensor) throw BadInput(where + " is given twice");
      graph_.AddTensor(ReadTensor(initializer, initializer.name(), where));
      initializers_[initializer.name()] = &initializer;
      types_.Set(initializer.name(), initializer.data_type());
    }
    if (proto_.sparse_initializer_size() > 0) {
      throw UnsupportedModel("'" + path_ + "' holds sparse constants; export it with dense ones");
    }
  }

  void ReadInputs() {
    std::set<std::string> names;
    for (const auto& input : proto_.input()) {
      const std::string where = "'" + path_ + "': input '" + input.name() + "'";
      if (!names.insert(input.name()).second) throw BadInput(where + " is given twice");
      if (initializers_.count(input.name()) != 0) continue;  // its value is given: a constant
      if (!input.type().has_tensor_type()) throw UnsupportedModel(where + " is not a tensor");
      const auto& type = input.type().tensor_type();
      const auto kind = KindOf(type.elem_type());
      if (!kind) {
        throw UnsupportedModel(where + " has elements that are not numbers (" + TypeName(type.elem_type()) + ")");
      }
      types_.Set(input.name(), type.elem_type());
      graph_.inputs.push_back(graph_.AddTensor({input.name(), *kind, ShapeOf(type), std::nullopt, type.elem_type()}));
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

  // Up to IR version 3 every initializer is declared among the inputs too.
  void CheckDeclaredConstants() const {
    for (const auto& input : proto_.input()) CheckDeclaredConstant(input);
    for (const auto& value : proto_.value_info()) CheckDeclaredConstant(value);
  }

  void CheckDeclaredConstant(const onnx::ValueInfoProto& info) const {
    const auto found = initializers_.find(info.name());
    if (found == initializers_.end() || !info.type().has_tensor_type()) return;
    const auto& declared = info.type().tensor_type();
    const graph::Shape shape(found->second->dims().begin(), found->second->dims().end());
    const int32_t type = found->second->data_type();
    const bool same_type = declared.elem_type() == onnx::TensorProto::UNDEFINED || declared.elem_type() == type;
    if (same_type && Agree(ShapeOf(declared), shape)) return;
    throw BadInput("'" + path_ + "': constant '" + info.name() + "' is " + TypeName(type) + " " +
                   graph::ToString(shape) + ", but is declared as " + TypeName(declared.elem_type()) + " " +
                   graph::ToString(ShapeOf(declared)) + "; the file is damaged, export the model again");
  }

  static bool Agree(const graph::Shape& declared, const graph::Shape& actual) {
    if (declared == graph::kUnknownShape) return true;
    if (declared.size() != actual.size()) return false;
    for (size_t i = 0; i < actual.size(); ++i) {
      if (declared[i] >= 0 && declared[i] != actual[i]) return false;
    }
    return true;
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
    while (!names_.insert(name).second) name = stem + "_" + std::to_string(++taken_[stem]);
    return name;
  }

  void ReadNode(const onnx::NodeProto& proto) {
    Node node;
    node.op = proto.op_type();
    // An operator that only the compiler writes is unknown in a file.
    const ops::Op* op = ops::FindOp(node.op);
    const std::string domain = proto.domain().empty() && op != nullptr && op->own ? "ai.onnx" : proto.domain();
    if (!domain.empty()) node.op = domain + "." + node.op;
    node.name = NodeName(proto);
    ++count_;
    if (node.op == "Constant") {
      ReadConstant(proto, node.name);
      return;
    }
    node.onnx_nodes = {node.name};
    graph_.onnx_operators[node.name] = node.op;
    for (const std::string& name : proto.input()) node.inputs.push_back(FindRead(name, node));
    for (const std::string& name : OuterReferences(proto)) node.inputs.push_back(FindRead(name, node));
    for (const std::string& name : proto.output()) {
      node.outputs.push_back(name.empty() ? kNoTensor : graph_.Find(name));
    }
    for (const auto& attribute : proto.attribute()) ReadAttribute(attribute, node);
    types_.Follow(proto);
    SettleTypes(proto, node);
    graph_.nodes.push_back(std::move(node));
  }

  TensorId FindRead(const std::string& name, const Node& node) const {
    if (name.empty()) return kNoTensor;
    const TensorId id = graph_.Find(name);
    if (id != kNoTensor) return id;
    throw BadInput("'" + path_ + "': node '" + node.name + "' (" + node.op + ") reads tensor '" + name +
                   "', which nothing makes");
  }

  std::string Where(const Node& node, const std::string& attribute) const {
    return "'" + path_ + "': node '" + node.name + "' (" + node.op + "), attribute '" + attribute + "'";
  }

  void ReadAttribute(const onnx::AttributeProto& attribute, Node& node) {
    const std::string& key = attribute.name();
    if (!attribute.ref_attr_name().empty()) {
      throw BadInput(Where(node, key) + " is to be the attribute '" + attribute.ref_attr_name() +
                     "' of a function, and the node is in none; the file is damaged, export the model again");
    }
    switch (attribute.type()) {
      case onnx::AttributeProto::INT:
        node.attributes[key] = static_cast<int64_t>(attribute.i());
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
      case onnx::AttributeProto::STRINGS:
        node.attributes[key] = std::vector<std::string>(attribute.strings().begin(), attribute.strings().end());
        break;
      case onnx::AttributeProto::TENSOR: {
        const graph::Tensor value = ReadTensor(attribute.t(), key, Where(node, key));
        node.attributes[key] = *value.constant;
        node.attributes[key + "_type"] = graph::ToOnnxType(value.type);
        break;
      }
      case onnx::AttributeProto::UNDEFINED:
        throw BadInput(Where(node, key) + " says nothing of its type; the file is damaged, export the model again");
      default:  // sub-graphs and the like: FindBlockers refuses the operators that have them
        break;
    }
  }

  // What an operator does with element types that the graph does not have becomes attributes.
  void SettleTypes(const onnx::NodeProto& proto, Node& node) const {
    const int32_t result = proto.output_size() > 0 ? types_.Of(proto.output(0)) : onnx::TensorProto::UNDEFINED;
    const bool known = result != onnx::TensorProto::UNDEFINED;
    if (node.op == "CastLike" && known && node.inputs.size() > 1) {
      node.op = "Cast";
      node.inputs.resize(1);
    }
    if (node.op == "Cast") SettleCast(result, node);
    if (node.op == "EyeLike") {
      if (const auto kind = KindOf(result)) node.attributes["dtype"] = graph::ToOnnxType(*kind);
    }
    if (node.op == "BitShift" && known) node.attributes["bits"] = static_cast<int64_t>(8 * BytesOf(result));
    // Where a value is clamped follows from the type of the zero point.
    const bool clamped = node.op == "QuantizeLinear" || node.op == "QLinearConv" || node.op == "QLinearMatMul";
    if (clamped && known) node.attributes["output_dtype"] = int64_t{result};
  }

  static void SettleCast(int32_t to, Node& node) {
    const auto kind = KindOf(to);
    if (!kind) {
      node.op = "Cast to ONNX type " + std::to_string(to);
      return;
    }
    node.attributes["to"] = graph::ToOnnxType(*kind);
    if (to == onnx::TensorProto::FLOAT16) node.attributes["mantissa_bits"] = int64_t{kHalfMantissa};
    if (to == onnx::TensorProto::BFLOAT16) node.attributes["mantissa_bits"] = int64_t{kBfloatMantissa};
    const bool signed_words = to == onnx::TensorProto::INT64 || to == onnx::TensorProto::INT32;
    if (*kind == graph::ElementType::kInt64 && !signed_words) node.attributes["integer_type"] = int64_t{to};
  }

  void ReadConstant(const onnx::NodeProto& proto, const std::string& name) {
    const std::string where = "'" + path_ + "': node '" + name + "' (Constant)";
    if (proto.attribute_size() != 1 || proto.output_size() != 1 || proto.output(0).empty())
      throw BadInput(where + " has not one value");
    const auto& attribute = proto.attribute(0);
    graph::Tensor value;
    if (attribute.has_t()) {
      value = ReadTensor(attribute.t(), name, where);
      types_.Set(proto.output(0), attribute.t().data_type());
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
    if (!attribute.has_t()) types_.Set(proto.output(0), static_cast<int32_t>(graph::ToOnnxType(value.type)));
    graph::Tensor& tensor = graph_.tensor(graph_.Find(proto.output(0)));
    value.name = tensor.name;
    tensor = std::move(value);
  }

  void ReadOutputs() {
    for (const auto& output : proto_.output()) {
      const TensorId id = graph_.Find(output.name());
      if (id == kNoTensor) throw BadInput("'" + path_ + "': nothing makes the output '" + output.name() + "'");
      graph_.outputs.push_back(id);
      DeclaredOutput& declared = declared_[output.name()];
      declared.type = KindOf(output.type().tensor_type().elem_type());
      const graph::Shape shape = ShapeOf(output.type().tensor_type());
      // Some exporters write a shape without axes where they know none.
      if (!shape.empty() && graph::IsKnown(shape)) declared.shape = shape;
    }
  }

  const onnx::GraphProto& proto_;
  const std::string& path_;
  Graph graph_;
  std::map<std::string, const onnx::TensorProto*> initializers_;
  ElementTypes types_;
  std::map<std::string, DeclaredOutput> declared_;
  std::set<std::string> names_;           // of nodes
  std::map<std::string, int64_t> taken_;  // how often a name was wanted once more
  int count_ = 0;
};

}  // namespace

ReadGraph ReadOnnxGraph(const onnx::ModelProto& model, const std::string& path) { return Reader(model, path).Run(); }

}  // namespace lockstep::importer
