// What the inputs of convolutions have in common, over pictures: the second moments of what each output is summed from.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/calibration_source.h"
#include "quantize/quantized_graph.h"

namespace lockstep::quantize {

// Of a group of a convolution: x are the `size` inputs that its weights of one output channel meet, in their order.
struct GroupMoments {
  size_t size = 0;
  std::vector<float> products;  // [size][size], sums of x_i * x_j over the samples
  std::vector<double> sums;     // of x_i
};

struct LayerMoments {
  std::vector<GroupMoments> groups;
  double samples = 0.0;
};

using InputMoments = std::map<std::string, LayerMoments>;  // by node

struct MomentsResult {
  InputMoments moments;
  std::vector<std::string> left_out;  // nodes with too many weights by output channel
};

// Of the convolutions that compute in integers, as the float network has their inputs. From each picture up to 256
// output places of a convolution are taken, the same on every run. Memory: size * size floats for each group of each
// convolution; those with more than 4608 weights by output channel are left out. The same for any number of threads.
MomentsResult ObserveMoments(const QuantizedGraph& quantized, CalibrationSource& source, int threads);

}  // namespace lockstep::quantize
