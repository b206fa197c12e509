#include "layerwise/input_agreement.h"

#include <cmath>

#include "analyze/metrics.h"

namespace lockstep::layerwise {
namespace {

using Values = std::vector<float>;

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

ChannelFit Fit(const Values& network, const Values& model) {
  double x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
  for (size_t i = 0; i < model.size(); ++i) {
    const auto from = static_cast<double>(model[i]);
    const auto to = static_cast<double>(network[i]);
    x += from;
    y += to;
    xx += from * from;
    xy += from * to;
  }
  const auto count = static_cast<double>(model.size());
  const double spread = count * xx - x * x;
  if (!(spread > 1e-9 * count * xx)) return {1.0, (y - x) / count};  // one value everywhere
  const double gain = (count * xy - x * y) / spread;
  return {gain, (y - gain * x) / count};
}

double Sqnr(const std::vector<Values>& network, const std::vector<Values>& model) {
  analyze::MetricsSum sum;
  for (size_t i = 0; i < network.size(); ++i) sum.Add(network[i].data(), model[i].data(), network[i].size());
  return sum.Finish().sqnr_db;
}

// Fits each channel and applies it.
double FittedSqnr(const std::vector<Values>& network, std::vector<Values> model, std::vector<ChannelFit>& fits) {
  fits.clear();
  for (size_t i = 0; i < network.size(); ++i) {
    fits.push_back(Fit(network[i], model[i]));
    for (float& value : model[i]) {
      value = static_cast<float>(fits.back().gain * static_cast<double>(value) + fits.back().offset);
    }
  }
  return Sqnr(network, model);
}

}  // namespace

InputAgreement CompareInputs(const engine::FloatTensor& network, const engine::FloatTensor& model, bool channels_last) {
  const std::vector<Values> truth = Channels(network, channels_last);
  const std::vector<Values> given = Channels(model, channels_last);
  const std::vector<Values> reversed(given.rbegin(), given.rend());
  InputAgreement agreement;
  std::vector<ChannelFit> reversed_fit;
  agreement.sqnr_db = Sqnr(truth, given);
  agreement.reversed_sqnr_db = Sqnr(truth, reversed);
  agreement.fitted_sqnr_db = FittedSqnr(truth, given, agreement.fit);
  agreement.reversed_fitted_sqnr_db = FittedSqnr(truth, reversed, reversed_fit);
  if (agreement.reversed_fitted_sqnr_db > agreement.fitted_sqnr_db) agreement.fit = reversed_fit;
  return agreement;
}

}  // namespace lockstep::layerwise
