#include "import/onnx_domain.h"

namespace lockstep::importer {
namespace {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

template <typename Message>
void Settle(Message& message) {
  if (message.domain() == "ai.onnx") message.clear_domain();
}

void SettleNodes(Nodes& nodes) {
  for (onnx::NodeProto& node : nodes) {
    Settle(node);
    for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) SettleNodes(*attribute.mutable_g()->mutable_node());
      for (onnx::GraphProto& body : *attribute.mutable_graphs()) SettleNodes(*body.mutable_node());
    }
  }
}

}  // namespace

void UseOneOnnxDomain(onnx::ModelProto& model) {
  for (auto& import : *model.mutable_opset_import()) Settle(import);
  SettleNodes(*model.mutable_graph()->mutable_node());
  for (auto& function : *model.mutable_functions()) {
    Settle(function);
    for (auto& import : *function.mutable_opset_import()) Settle(import);
    SettleNodes(*function.mutable_node());
  }
}

}  // namespace lockstep::importer
