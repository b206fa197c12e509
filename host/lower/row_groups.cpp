#include "lower/row_groups.h"

#include "joint_rows.h"

namespace lockstep::lower {
namespace {

// Its weights are read anew for every few rows: more than this would have to come from afar.
constexpr uint64_t kMostWeightBytes = 64 << 10;

class Chains {
 public:
  Chains(const joint::ModelT& model, const Views& views) : model_(model), inner_(model.tensors.size(), true) {
    std::vector<int> readers(model.tensors.size(), 0);
    for (const auto& layer : model.layers) {
      for (const int32_t input : layer->inputs) ++readers[static_cast<size_t>(input)];
    }
    for (size_t i = 0; i < readers.size(); ++i) inner_[i] = readers[i] == 1;
    for (const auto& output : model.outputs) inner_[static_cast<size_t>(output->tensor)] = false;
    for (size_t i = 0; i < model.tensors.size(); ++i) {
      const auto index = static_cast<int32_t>(i);
      if (model.tensors[i]->constant >= 0) continue;
      const int32_t root = views.PlaceOf(index).root;
      if (root == index) continue;
      inner_[i] = false;
      inner_[static_cast<size_t>(root)] = false;
    }
  }

  std::vector<RowChain> Find() const {
    std::vector<RowChain> chains;
    for (size_t i = 0; i < model_.layers.size(); ++i) {
      if (!IsDepthwise(i)) continue;
      RowChain chain = {i, 1};
      const size_t taken = chains.empty() ? 0 : chains.back().first + chains.back().layers;
      if (i > taken && IsPointwise(i - 1) && AreLinked(i - 1, i)) chain = {i - 1, 2};
      if (TakesNext(i)) ++chain.layers;
      if (chain.layers > 1) chains.push_back(chain);
    }
    return chains;
  }

 private:
  const joint::TensorT& Input(size_t layer, size_t index) const {
    return *model_.tensors[static_cast<size_t>(model_.layers[layer]->inputs[index])];
  }
  const joint::TensorT& Output(size_t layer) const {
    return *model_.tensors[static_cast<size_t>(model_.layers[layer]->outputs[0])];
  }

  bool IsOneImageOfIntegers(size_t layer) const {
    const auto is_integer = [](const joint::TensorT& tensor) {
      return tensor.dtype == joint::DType::U8 || tensor.dtype == joint::DType::U16;
    };
    const joint::TensorT& x = Input(layer, 0);
    const joint::TensorT& y = Output(layer);
    return is_integer(x) && is_integer(y) && y.shape[0] == 1 && y.shape[2] >= joint::kFewestRowPixels;
  }

  bool IsDepthwise(size_t layer) const {
    return model_.layers[layer]->options.type == joint::Options::DepthwiseConv && IsOneImageOfIntegers(layer);
  }

  bool IsPointwise(size_t layer) const {
    const joint::ConvT* conv = model_.layers[layer]->options.AsConv();
    if (conv == nullptr || !IsOneImageOfIntegers(layer)) return false;
    const joint::TensorT& weights = Input(layer, 1);
    const std::vector<int32_t>& in = Input(layer, 0).shape;
    const std::vector<int32_t>& out = Output(layer).shape;
    return conv->groups == 1 && weights.shape[1] == 1 && weights.shape[2] == 1 && conv->stride_h == 1 &&
           conv->stride_w == 1 && conv->pad_top == 0 && conv->pad_left == 0 && in[1] == out[1] && in[2] == out[2] &&
           weights.bytes <= kMostWeightBytes;
  }

  // Whether a chain goes on behind its depthwise layer. A 1x1 convolution between two of them saves more with that
  // whose side is larger.
  bool TakesNext(size_t depthwise) const {
    const size_t next = depthwise + 1;
    if (next >= model_.layers.size() || !IsPointwise(next) || !AreLinked(depthwise, next)) return false;
    const bool between = next + 1 < model_.layers.size() && IsDepthwise(next + 1) && AreLinked(next, next + 1);
    return !between || Output(next).bytes <= Input(next, 0).bytes;
  }

  bool AreLinked(size_t layer, size_t next) const {
    const int32_t between = model_.layers[layer]->outputs[0];
    return model_.layers[next]->inputs[0] == between && inner_[static_cast<size_t>(between)];
  }

  const joint::ModelT& model_;
  std::vector<bool> inner_;  // by tensor: one layer reads it, it shares no memory and is no output of the model
};

}  // namespace

std::vector<RowChain> FindRowChains(const joint::ModelT& model, const Views& views) {
  return Chains(model, views).Find();
}

}  // namespace lockstep::lower
