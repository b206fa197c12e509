#include "layerwise/input_agreement.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockstep::layerwise {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Values = std::vector<float>;
using Order = std::vector<ChannelSums> InputSums::*;

// The elements of each channel, one after the other.
std::vector<Values> Channels(const engine::FloatTensor& tensor, bool channels_last) {
  const graph::Shape& shape = tensor.shape;
  if (shape.size() < 2) return {tensor.data};
  const size_t axis = channels_last ? shape.size() - 1 : 1;
  size_t inner = 1;
  for (size_t i = axis + 1; i < shape.size(); ++i) inner *= static_cast<size_t>(shape[i]);
  const auto extent = static_cast<size_t>(shape[axis]);
  std::vector<Values> channels(extent);
  for (size_t i = 0; i < tensor.data.size(); ++i) channels[i / inner % extent].push_back(tensor.data[i]);
  return channels;
}

ChannelSums Sum(const Values& network, const Values& model) {
  ChannelSums sums;
  sums.count = static_cast<double>(model.size());
  for (size_t i = 0; i < model.size(); ++i) {
    const auto x = static_cast<double>(model[i]);
    const auto y = static_cast<double>(network[i]);
    sums.x += x;
    sums.y += y;
    sums.xx += x * x;
    sums.xy += x * y;
    sums.yy += y * y;
    sums.error += (y - x) * (y - x);
  }
  return sums;
}

// Over all pictures.
std::vector<ChannelFit> FitOf(const std::vector<InputSums>& pictures, Order order) {
  std::vector<ChannelFit> fits;
  for (size_t channel = 0; channel < (pictures.front().*order).size(); ++channel) {
    ChannelSums all;
    for (const InputSums& picture : pictures) {
      const ChannelSums& one = (picture.*order)[channel];
      all.count += one.count;
      all.x += one.x;
      all.y += one.y;
      all.xx += one.xx;
      all.xy += one.xy;
    }
    const double spread = all.count * all.xx - all.x * all.x;
    // One value everywhere has an offset alone.
    const double gain = spread > 1e-9 * all.count * all.xx ? (all.count * all.xy - all.x * all.y) / spread : 1.0;
    fits.push_back({gain, (all.y - gain * all.x) / all.count});
  }
  return fits;
}

// Of (y - gain x - offset)^2.
double ErrorOf(const ChannelSums& sums, const ChannelFit& fit) {
  const auto [gain, offset] = fit;
  const double error = sums.yy - 2 * gain * sums.xy - 2 * offset * sums.y + gain * gain * sums.xx +
                       2 * gain * offset * sums.x + sums.count * offset * offset;
  return std::max(error, 0.0);
}

double Sqnr(double signal, double error) {
  if (error == 0.0) return kInfinity;
  return signal == 0.0 ? -kInfinity : 10.0 * std::log10(signal / error);
}

// Without fits as the model has them.
double Worst(const std::vector<InputSums>& pictures, Order order, const std::vector<ChannelFit>* fits) {
  double worst = kInfinity;
  for (const InputSums& picture : pictures) {
    double signal = 0.0;
    double error = 0.0;
    const std::vector<ChannelSums>& channels = picture.*order;
    for (size_t i = 0; i < channels.size(); ++i) {
      signal += channels[i].yy;
      error += fits != nullptr ? ErrorOf(channels[i], (*fits)[i]) : channels[i].error;
    }
    worst = std::min(worst, Sqnr(signal, error));
  }
  return worst;
}

}  // namespace

InputSums SumInputs(const engine::FloatTensor& network, const engine::FloatTensor& model, bool channels_last) {
  const std::vector<Values> truth = Channels(network, channels_last);
  const std::vector<Values> given = Channels(model, channels_last);
  InputSums sums;
  for (size_t i = 0; i < truth.size(); ++i) {
    sums.as_is.push_back(Sum(truth[i], given[i]));
    sums.reversed.push_back(Sum(truth[i], given[truth.size() - 1 - i]));
  }
  return sums;
}

InputAgreement CompareInputs(const std::vector<InputSums>& pictures) {
  const std::vector<ChannelFit> as_is = FitOf(pictures, &InputSums::as_is);
  const std::vector<ChannelFit> reversed = FitOf(pictures, &InputSums::reversed);
  InputAgreement agreement;
  agreement.sqnr_db = Worst(pictures, &InputSums::as_is, nullptr);
  agreement.reversed_sqnr_db = Worst(pictures, &InputSums::reversed, nullptr);
  agreement.fitted_sqnr_db = Worst(pictures, &InputSums::as_is, &as_is);
  agreement.reversed_fitted_sqnr_db = Worst(pictures, &InputSums::reversed, &reversed);
  agreement.fit = agreement.reversed_fitted_sqnr_db > agreement.fitted_sqnr_db ? reversed : as_is;
  return agreement;
}

}  // namespace lockstep::layerwise
