#include "crosscheck/layer_links.h"

#include <algorithm>
#include <map>

namespace lockstep::crosscheck {
namespace {

const joint::Tensor& TensorAt(const joint::Model& model, int32_t index) {
  return *model.tensors()->Get(static_cast<uint32_t>(index));
}

// From the first byte to behind the last one.
std::pair<int64_t, int64_t> PlaceInArena(const joint::Tensor& tensor) {
  const int64_t begin = tensor.arena_offset();
  if (tensor.strides() == nullptr) return {begin, begin + static_cast<int64_t>(tensor.bytes())};
  int64_t elements = 1;
  int64_t last = 0;
  for (uint32_t i = 0; i < tensor.shape()->size(); ++i) {
    elements *= tensor.shape()->Get(i);
    last += static_cast<int64_t>(tensor.shape()->Get(i) - 1) * tensor.strides()->Get(i);
  }
  const int64_t size = elements == 0 ? 0 : static_cast<int64_t>(tensor.bytes()) / elements;
  return {begin, begin + (last + 1) * size};
}

}  // namespace

LayerLinks::LayerLinks(const joint::Model& model) : model_(model), sources_(model.layers()->size()) {
  std::map<int32_t, LayerSource> makers;
  for (uint32_t i = 0; i < model.inputs()->size(); ++i) {
    const int32_t tensor = model.inputs()->Get(i)->tensor();
    makers[tensor] = {tensor, -1, static_cast<int>(i)};
  }
  for (uint32_t i = 0; i < model.layers()->size(); ++i) {
    const joint::Layer& layer = *model.layers()->Get(i);
    for (const int32_t tensor : *layer.inputs()) {
      if (const auto maker = makers.find(tensor); maker != makers.end()) sources_[i].push_back(maker->second);
    }
    for (uint32_t j = 0; j < layer.outputs()->size(); ++j) {
      const int32_t tensor = layer.outputs()->Get(j);
      makers[tensor] = {tensor, static_cast<int>(i), static_cast<int>(j)};
    }
  }
}

std::string LayerLinks::NameOf(const LayerSource& source) const {
  return TensorAt(model_, source.tensor).name()->str();
}

std::pair<int, int> LayerLinks::PlaceOf(const LayerSource& source) const {
  const joint::Layer& layer = *model_.layers()->Get(static_cast<uint32_t>(source.layer));
  return {source.layer, layer.outputs()->size() > 1 ? source.output : -1};
}

std::vector<int> LayerLinks::WrittenOver(const LayerSource& source, int reader) const {
  const auto [begin, end] = PlaceInArena(TensorAt(model_, source.tensor));
  std::vector<int> layers;
  for (int i = source.layer + 1; i < reader; ++i) {
    const auto& outputs = *model_.layers()->Get(static_cast<uint32_t>(i))->outputs();
    const bool over = std::any_of(outputs.begin(), outputs.end(), [&, first = begin, last = end](int32_t output) {
      const auto [low, high] = PlaceInArena(TensorAt(model_, output));
      return low < last && first < high;
    });
    if (over) layers.push_back(i);
  }
  return layers;
}

}  // namespace lockstep::crosscheck
