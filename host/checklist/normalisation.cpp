#include "checklist/normalisation.h"

#include <algorithm>
#include <cmath>

#include "graph/short_number.h"

namespace lockstep::checklist {
namespace {

constexpr double kSameLevels = 0.6;  // an array of bytes is rounded by half a level

using Fits = std::vector<ChannelFit>;

double ValueOf(const std::vector<float>& values, size_t channel) {
  return static_cast<double>(values[values.size() == 1 ? 0 : channel]);
}

// A fit for each channel out of its mean and std.
template <typename Make>
Fits Made(const quantize::InputPreprocess& preprocess, size_t channels, const Make& make) {
  Fits fits;
  for (size_t c = 0; c < channels; ++c) {
    fits.push_back(make(ValueOf(preprocess.mean, c), ValueOf(preprocess.std, c)));
  }
  return fits;
}

std::string Numbers(const Fits& found) {
  std::string mean;
  std::string std;
  for (const ChannelFit& channel : found) {
    mean += (mean.empty() ? "" : ",") + graph::ShortNumber(-channel.offset / channel.factor);
    std += (std.empty() ? "" : ",") + graph::ShortNumber(1.0 / channel.factor);
  }
  return "mean " + mean + " and std " + std;
}

}  // namespace

std::vector<ChannelFit> FitOf(const quantize::InputPreprocess& preprocess, size_t channels) {
  return Made(preprocess, channels, [](double mean, double std) { return ChannelFit{1.0 / std, -mean / std}; });
}

const std::vector<UsualNormalisation>& UsualNormalisations() {
  static const std::vector<UsualNormalisation> kUsual = {
      {"0..1 (mean 0, std 255)", {0.0F}, {255.0F}},
      {"0..255 (mean 0, std 1)", {0.0F}, {1.0F}},
      {"-1..1 (mean 127.5, std 127.5)", {127.5F}, {127.5F}},
      {"-1..1 (mean 127.5, std 128)", {127.5F}, {128.0F}},
      {"ImageNet (mean 123.675,116.28,103.53, std 58.395,57.12,57.375)",
       {123.675F, 116.28F, 103.53F},
       {58.395F, 57.12F, 57.375F}},
      {"Caffe (mean 123,117,104, std 1)", {123.0F, 117.0F, 104.0F}, {1.0F}},
      {"-128..127 (mean 128, std 1)", {128.0F}, {1.0F}}};
  return kUsual;
}

quantize::InputPreprocess WithNormalisation(const quantize::InputPreprocess& model, const UsualNormalisation& usual) {
  quantize::InputPreprocess preprocess = model;
  preprocess.mean = usual.mean;
  preprocess.std = usual.std;
  if (model.color != quantize::InputPreprocess::Color::kBgr) return preprocess;
  std::reverse(preprocess.mean.begin(), preprocess.mean.end());
  std::reverse(preprocess.std.begin(), preprocess.std.end());
  return preprocess;
}

double LevelsApart(const Fits& a, const Fits& b) {
  double apart = 0.0;
  for (size_t c = 0; c < a.size(); ++c) {
    for (const double pixel : {0.0, 255.0}) {
      apart = std::max(apart, std::abs(a[c].At(pixel) - b[c].At(pixel)) / std::abs(a[c].factor));
    }
  }
  return apart;
}

std::string ExplainNormalisation(const Fits& found, const quantize::InputPreprocess& model) {
  const size_t channels = found.size();
  const auto is = [&](const Fits& fits) { return LevelsApart(found, fits) < kSameLevels; };
  const auto made = [&](const auto& make) { return is(Made(model, channels, make)); };
  if (is(FitOf(model, channels))) return "";
  quantize::InputPreprocess swapped = model;
  std::reverse(swapped.mean.begin(), swapped.mean.end());
  std::reverse(swapped.std.begin(), swapped.std.end());
  if (is(FitOf(swapped, channels))) {
    return "mean and std are applied to the wrong channels: those of the first channel to the last one";
  }
  if (is(Fits(channels, {1.0, 0.0}))) return "mean and std are not applied: the array holds pixels of 0..255";
  if (is(Fits(channels, {1.0 / 255.0, 0.0}))) {
    return "mean and std are not applied: the array holds pixels of 0..1 (divided by 255)";
  }
  if (made([](double mean, double std) { return ChannelFit{1.0 / std, -mean}; })) {
    return "mean and std are applied in the wrong order: pixel / std - mean, the model has (pixel - mean) / std";
  }
  if (made([](double mean, double std) { return ChannelFit{1.0 / (255.0 * std), -mean / std}; })) {
    return "pixels are of 0..1 where mean and std are for 0..255: divide by 255 or apply them, not both";
  }
  if (made([](double mean, double std) { return ChannelFit{255.0 / std, -mean / std}; })) {
    return "pixels are of 0..255 where mean and std are for 0..1: divide the pixels by 255 first";
  }
  if (made([](double mean, double /*std*/) { return ChannelFit{1.0, -mean}; })) {
    return "the mean is subtracted, std is not applied";
  }
  if (made([](double /*mean*/, double std) { return ChannelFit{1.0 / std, 0.0}; })) {
    return "std is applied, the mean is not subtracted";
  }
  if (made([](double mean, double std) { return ChannelFit{1.0 / (std * std), -mean / (std * std) - mean / std}; })) {
    return "mean and std are applied twice";
  }
  for (const UsualNormalisation& usual : UsualNormalisations()) {
    if (usual.mean.size() > channels) continue;
    if (is(FitOf(WithNormalisation(model, usual), channels))) {
      return std::string("another mean and std are applied: those of ") + usual.name;
    }
  }
  return "another mean and std are applied: " + Numbers(found);
}

}  // namespace lockstep::checklist
