#include "quantize/channel_order.h"

#include "ops/op.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {

std::vector<double> InputScales(const TensorFormat& input, size_t outputs) {
  std::vector<double> scales(outputs);
  for (size_t i = 0; i < outputs; ++i) scales[i] = input.scales[i * input.scales.size() / outputs];
  return scales;
}

ChannelOrder OrderByChannel(const graph::Node& node, const graph::Shape& shape) {
  const ops::QuantizationTraits& traits = TraitsOf(node);
  const auto axis = static_cast<size_t>(traits.weights_axis);
  const auto groups = static_cast<size_t>(node.Int("group", 1));
  const auto count = static_cast<size_t>(graph::ElementCount(shape));
  const auto extent = [&](size_t i) { return i < shape.size() ? static_cast<size_t>(shape[i]) : 1; };
  // The place of an element along an axis.
  const auto along = [&](size_t element, size_t wanted) {
    size_t stride = 1;
    for (size_t i = wanted + 1; i < shape.size(); ++i) stride *= extent(i);
    return element / stride % extent(wanted);
  };
  ChannelOrder order;
  order.channels = axis == 0 ? extent(0) : extent(axis) * groups;
  const size_t per_channel = count / order.channels;
  order.places.resize(count);
  order.input_places.resize(count);
  std::vector<size_t> filled(order.channels, 0);
  for (size_t element = 0; element < count; ++element) {
    const size_t group = along(element, 0) / (extent(0) / groups);
    const size_t channel = axis == 0 ? along(element, 0) : group * extent(axis) + along(element, axis);
    const size_t row = channel * per_channel + filled[channel]++;
    order.places[row] = element;
    if (traits.weights_input_axis < 0) continue;
    const auto input_axis = static_cast<size_t>(traits.weights_input_axis);
    order.input_places[row] = (input_axis == 0 ? 0 : group * extent(input_axis)) + along(element, input_axis);
  }
  return order;
}

}  // namespace lockstep::quantize
