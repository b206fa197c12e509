// Whether a joint model sees what its float network should see.
#pragma once

#include <vector>

#include "engine/float/float_engine.h"

namespace lockstep::layerwise {

// network = gain * model + offset, by channel of the network, with the least squared error.
struct ChannelFit {
  double gain = 1.0;
  double offset = 0.0;
};

// Over the elements of a channel: x is the model's value, y the network's.
struct ChannelSums {
  double count = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0, yy = 0.0;
  double error = 0.0;  // of (y - x)^2
};

// One picture.
struct InputSums {
  std::vector<ChannelSums> as_is;
  std::vector<ChannelSums> reversed;  // with the model's channels in reverse order
};

// Of one shape: N,C,.. or with the channels last.
InputSums SumInputs(const engine::FloatTensor& network, const engine::FloatTensor& model, bool channels_last);

// The network's input is the truth; SQNR in dB of the worst picture: grey ones look the same in any order.
struct InputAgreement {
  double sqnr_db = 0.0;
  double reversed_sqnr_db = 0.0;
  double fitted_sqnr_db = 0.0;           // with a gain and an offset for each channel, the same on all pictures
  double reversed_fitted_sqnr_db = 0.0;  // both
  std::vector<ChannelFit> fit;           // of the channels in the better order of the two
};

// At least one picture.
InputAgreement CompareInputs(const std::vector<InputSums>& pictures);

}  // namespace lockstep::layerwise
