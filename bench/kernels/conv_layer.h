// A convolution layer with random weights and input, to be measured. Same seed, same layer on every target.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "ops/operator_table.h"

namespace lockstep::bench {

struct ConvShape {
  const char* name;
  int32_t in, out;        // channels
  int32_t height, width;  // of the output
  int32_t kernel, stride;

  int64_t Macs() const { return int64_t{height} * width * in * out * kernel * kernel; }
};

// Input, weights and output of the layer with a table, as YOLOv8n's have it, and scratch for one thread.
class ConvLayer {
 public:
  explicit ConvLayer(const ConvShape& shape);

  const kernels::LayerArgs& args() const { return args_; }
  void Prepare(const kernels::Kernel& kernel);  // what is to run next
  void Run() { args_.kernel->run(args_, 0, prepared_.units, scratch_.get()); }

 private:
  using Memory = std::unique_ptr<uint8_t, decltype(&std::free)>;
  static Memory Allocate(size_t size);

  flatbuffers::FlatBufferBuilder builder_;
  std::vector<int32_t> in_shape_, out_shape_, weight_shape_;
  Memory input_, weights_, output_, scratch_;
  kernels::TensorView input_views_[2], output_view_;
  kernels::LayerArgs args_;
  kernels::Prepared prepared_;
};

// The kernel of that name; nullptr if this build or this CPU does not have it.
const kernels::Kernel* FindKernel(const char* name);

}  // namespace lockstep::bench
