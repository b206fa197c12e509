// What was done to pixels, in words: the factor and offset of each channel beside those that programs usually apply.
#pragma once

#include <string>
#include <vector>

#include "checklist/affine_fit.h"
#include "quantize/quantized_graph.h"

namespace lockstep::checklist {

// (pixel - mean) / std as a factor and an offset for each channel.
std::vector<ChannelFit> FitOf(const quantize::InputPreprocess& preprocess, size_t channels);

// Usual mean and std, in grey levels, in the order R, G, B.
struct UsualNormalisation {
  const char* name;
  std::vector<float> mean;
  std::vector<float> std;
};
const std::vector<UsualNormalisation>& UsualNormalisations();

// A model with another mean and std, in its order of channels.
quantize::InputPreprocess WithNormalisation(const quantize::InputPreprocess& model, const UsualNormalisation& usual);

// How far two are apart, in grey levels of the first, at the ends of 0..255.
double LevelsApart(const std::vector<ChannelFit>& a, const std::vector<ChannelFit>& b);

// Empty if it is what the model does; else what explains it, or the numbers.
std::string ExplainNormalisation(const std::vector<ChannelFit>& found, const quantize::InputPreprocess& model);

}  // namespace lockstep::checklist
