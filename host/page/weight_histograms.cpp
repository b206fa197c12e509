#include "page/weight_histograms.h"

#include <algorithm>
#include <optional>

#include "engine/reference/weights.h"
#include "joint_generated.h"
#include "quantize/tensor_format.h"

namespace lockstep::page {
namespace {

constexpr int kMostBins = 64;

std::optional<std::vector<int32_t>> WeightsOf(const joint::Model& model, const joint::Layer& layer) {
  using joint::Options;
  const Options type = layer.options_type();
  if (type != Options::Conv && type != Options::DepthwiseConv && type != Options::ConvTranspose) return std::nullopt;
  engine::LayerRun run = engine::DescribeRun(model, layer);
  if (run.inputs[1].tensor->dtype() == joint::DType::F32) return std::nullopt;
  run.inputs[1] = engine::ConstantOperand(model, layer.inputs()->Get(1));
  if (type == Options::Conv) return engine::ConvWeights(run);
  return type == Options::DepthwiseConv ? engine::DepthwiseConvWeights(run) : engine::ConvTransposeWeights(run);
}

}  // namespace

void AddWeightHistograms(const std::vector<uint8_t>& file, PageData& page) {
  const joint::Model& model = *joint::GetModel(file.data());
  int index = -1;
  for (const joint::Layer* layer : *model.layers()) {
    ++index;
    const auto weights = WeightsOf(model, *layer);
    if (!weights || weights->empty()) continue;
    const auto* tensor = model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(layer->inputs()->Get(1)));
    const int bits = tensor->quantization() != nullptr ? tensor->quantization()->bits() : 8;
    const int most = quantize::HighestWeight(bits);  // symmetric: -most..most
    const int levels = 2 * most + 1;
    // Each bin has the same number of levels, the last one perhaps fewer.
    const int width = (levels + kMostBins - 1) / kMostBins;
    Histogram histogram;
    histogram.layer = index;
    histogram.title = "weights, in levels of " + std::to_string(bits) + " bits";
    histogram.counts.assign(static_cast<size_t>((levels + width - 1) / width), 0);
    histogram.low = -most - 0.5;
    histogram.high = histogram.low + static_cast<double>(width) * static_cast<double>(histogram.counts.size());
    histogram.clip_low = -most;
    histogram.clip_high = most;
    size_t outermost = 0;
    for (const int32_t weight : *weights) {
      const int place = std::clamp(weight + most, 0, levels - 1) / width;
      ++histogram.counts[static_cast<size_t>(place)];
      if (std::abs(weight) >= most) ++outermost;
    }
    histogram.beyond = static_cast<double>(outermost) / static_cast<double>(weights->size());
    page.histograms.push_back(std::move(histogram));
  }
}

}  // namespace lockstep::page
