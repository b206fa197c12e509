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

// The network's input is the truth; all SQNR in dB.
struct InputAgreement {
  double sqnr_db = 0.0;
  double reversed_sqnr_db = 0.0;         // with the model's channels in reverse order
  double fitted_sqnr_db = 0.0;           // with a gain and an offset for each channel
  double reversed_fitted_sqnr_db = 0.0;  // both
  std::vector<ChannelFit> fit;           // of the channels in the better order of the two
};

// Of one shape: N,C,.. or with the channels last.
InputAgreement CompareInputs(const engine::FloatTensor& network, const engine::FloatTensor& model, bool channels_last);

}  // namespace lockstep::layerwise
