#include "judge/written_tensors.h"

#include "dump/values.h"

namespace lockstep::judge {

std::optional<quantize::TensorFormat> LevelsOf(const joint::Tensor& tensor) {
  const joint::Quantization* quantization = tensor.quantization();
  const bool integers = tensor.dtype() == joint::DType::U8 || tensor.dtype() == joint::DType::U16;
  if (!integers || quantization == nullptr) return std::nullopt;
  const auto& scales = *quantization->scale();
  const quantize::AffineParams first{static_cast<double>(scales.Get(0)), quantization->zero_point()->Get(0),
                                     quantization->bits()};
  const int axis = quantization->axis();
  if (axis < 0) return first;
  quantize::TensorFormat levels = quantize::TensorFormat::Channels(first, {scales.begin(), scales.end()});
  if (tensor.axes() != nullptr) levels.axis = tensor.axes()->Get(static_cast<uint32_t>(axis));
  return levels;
}

std::optional<quantize::AffineParams> ParamsOf(const joint::Tensor& tensor) {
  const auto levels = LevelsOf(tensor);
  if (!levels || !levels->is_affine()) return std::nullopt;
  return levels->affine();
}

graph::TensorId NetworkTensor(const graph::Graph& graph, const joint::Tensor& tensor) {
  const graph::TensorId id = graph.Find(tensor.name()->str());
  if (id == graph::kNoTensor || graph.tensor(id).type != graph::ElementType::kFloat) return graph::kNoTensor;
  const graph::Shape shape(tensor.shape()->begin(), tensor.shape()->end());
  if (graph::ElementCount(shape) != graph::ElementCount(graph.tensor(id).shape)) return graph::kNoTensor;
  return dump::OnnxShape(dump::DescribeTensor(tensor)) == graph.tensor(id).shape ? id : graph::kNoTensor;
}

std::map<std::string, int32_t> WrittenTensors(const joint::Model& model, const graph::Graph& graph) {
  std::map<std::string, int32_t> written;
  for (const joint::Layer* layer : *model.layers()) {
    for (const int32_t index : *layer->outputs()) {
      const joint::Tensor& tensor = *model.tensors()->Get(static_cast<uint32_t>(index));
      if (NetworkTensor(graph, tensor) == graph::kNoTensor) continue;
      const auto known = written.find(tensor.name()->str());
      const bool keep = known != written.end() && LevelsOf(*model.tensors()->Get(static_cast<uint32_t>(known->second)));
      if (!keep) written[tensor.name()->str()] = index;
    }
  }
  return written;
}

}  // namespace lockstep::judge
