#include "quantize/not_finite.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "graph/maker.h"
#include "graph/quoted.h"

namespace lockstep::quantize {
namespace {

bool AllFinite(const float* values, size_t count) {
  return std::all_of(values, values + count, [](float value) { return std::isfinite(value); });
}

}  // namespace

std::string WithItsNode(const graph::Graph& graph, const std::string& tensor) {
  std::string text = "tensor " + graph::Quoted(tensor);
  const graph::Node* node = graph::MakerOf(graph, graph.Find(tensor));
  if (node == nullptr) return text;
  text += " of node " + graph::Quoted(node->name) + " (" + node->op;
  for (const std::string& source : node->onnx_nodes) text += ", " + graph::Quoted(source);
  return text + ")";
}

std::string FirstNotFinite(const graph::Graph& graph, const CalibrationInput& input, const std::string& otherwise) {
  const std::string head = "the calibration picture '" + input.label + "'";
  for (const auto& [name, tensor] : input.tensors) {
    if (AllFinite(tensor.data.data(), tensor.data.size())) continue;
    return "input " + graph::Quoted(name) + " has a value that is not finite for " + head +
           "; check mean and std, or leave that picture out";
  }
  engine::FloatEngineOptions options;
  options.threads = 1;
  options.observe_all = true;
  std::optional<std::string> first;
  engine::FloatEngine(graph, options)
      .Run(input.tensors, [&](const std::string& name, const graph::Shape& shape, const float* data) {
        if (!first && !AllFinite(data, static_cast<size_t>(graph::ElementCount(shape)))) first = name;
      });
  return WithItsNode(graph, first.value_or(otherwise)) + " has a value that is not finite for " + head +
         ", the first in the float network itself; look for a division by 0, an overflow or damaged weights there, "
         "check mean and std, or leave that picture out";
}

}  // namespace lockstep::quantize
