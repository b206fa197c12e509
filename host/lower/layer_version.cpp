#include "lower/layer_version.h"

#include <algorithm>

#include "joint_elements.h"

namespace lockstep::lower {
namespace {

constexpr size_t kByteEntries = 256;
constexpr uint32_t kByteSteps = 1 << 8;
constexpr uint32_t kWordSteps = 1 << 16;

class LayerTensors {
 public:
  LayerTensors(const joint::ModelT& model, const joint::LayerT& layer) : model_(model), layer_(layer) {}

  const joint::TensorT& input(size_t i) const { return Tensor(layer_.inputs.at(i)); }
  const joint::TensorT& output() const { return Tensor(layer_.outputs.at(0)); }
  bool IsWide(const joint::TensorT& tensor) const { return tensor.dtype == joint::DType::U16; }
  bool HasFewerBits(const joint::TensorT& tensor) const {
    return tensor.quantization != nullptr && tensor.quantization->bits < 8 * joint::ElementBytes(tensor.dtype);
  }

  // Of Conv and its kin.
  template <typename Options>
  bool HasWideSums(const Options& options) const {
    if (output().dtype == joint::DType::F32) return false;
    return IsWide(input(0)) || input(1).dtype == joint::DType::S16 || !options.acc_init64.empty() ||
           options.table.size() > kByteEntries * static_cast<size_t>(joint::ElementBytes(output().dtype));
  }

 private:
  const joint::TensorT& Tensor(int32_t index) const { return *model_.tensors[static_cast<size_t>(index)]; }

  const joint::ModelT& model_;
  const joint::LayerT& layer_;
};

bool NeedsSecond(const joint::OptionsUnion& options, const LayerTensors& tensors) {
  switch (options.type) {
    case joint::Options::Conv:
      return tensors.HasWideSums(*options.AsConv());
    case joint::Options::DepthwiseConv:
      return tensors.HasWideSums(*options.AsDepthwiseConv()) || options.AsDepthwiseConv()->acc_bits != 32;
    case joint::Options::ConvTranspose:
      return tensors.HasWideSums(*options.AsConvTranspose());
    case joint::Options::Softmax: {
      if (tensors.output().dtype == joint::DType::F32) return false;
      const uint32_t steps = tensors.IsWide(tensors.output()) ? kWordSteps : kByteSteps;
      return tensors.IsWide(tensors.input(0)) || tensors.HasFewerBits(tensors.output()) ||
             options.AsSoftmax()->numerator != steps;
    }
    case joint::Options::Lookup:
      return tensors.IsWide(tensors.input(0));
    case joint::Options::ChannelLookup:
      return tensors.IsWide(tensors.input(0)) || tensors.IsWide(tensors.output());
    case joint::Options::Rescale:
      return tensors.HasFewerBits(tensors.output());
    case joint::Options::Concat: {
      const auto& multipliers = options.AsConcat()->multiplier;
      const bool copies = std::all_of(multipliers.begin(), multipliers.end(), [](int32_t m) { return m == 0; });
      return !copies && tensors.HasFewerBits(tensors.output());
    }
    default:
      return false;
  }
}

}  // namespace

uint32_t LowestVersion(const joint::ModelT& model, const joint::LayerT& layer) {
  return NeedsSecond(layer.options, LayerTensors(model, layer)) ? 2 : 1;
}

}  // namespace lockstep::lower
