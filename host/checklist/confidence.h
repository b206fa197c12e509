// How sure a network is of its outputs, without knowing what they mean.
#pragma once

#include "checklist/float_network.h"

namespace lockstep::checklist {

// 0 to 1: the mean of the five highest probabilities. Probabilities are the channels (the second axis) whose values all
// lie in 0..1; of an output of one row without any (classes before a Softmax) the highest after a Softmax. Negative if
// the outputs have neither.
double ConfidenceOf(const Tensors& outputs);

}  // namespace lockstep::checklist
