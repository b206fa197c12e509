// A layer of any operator with tensors of bytes, to be measured: random inputs, exact memory.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "ops/operator_table.h"

namespace lockstep::bench {

struct OperatorTensor {
  std::vector<int32_t> shape;
  joint::DType dtype = joint::DType::U8;
};

struct OperatorCase {
  std::string name;
  joint::LayerT layer;
  std::vector<OperatorTensor> inputs;
  OperatorTensor output;
};

class OperatorLayer {
 public:
  explicit OperatorLayer(const OperatorCase& test);

  const kernels::LayerArgs& args() const { return args_; }
  void Prepare(const kernels::Kernel& kernel);  // what is to run next
  void Run() { args_.kernel->run(args_, 0, prepared_.units, scratch_.get()); }

 private:
  using Memory = std::unique_ptr<uint8_t, decltype(&std::free)>;
  static Memory Allocate(size_t size);
  kernels::TensorView View(const OperatorTensor& tensor);

  flatbuffers::FlatBufferBuilder builder_;
  std::vector<std::vector<int32_t>> shapes_;
  std::vector<Memory> memory_;
  std::vector<kernels::TensorView> inputs_;
  kernels::TensorView output_;
  Memory scratch_, state_;
  kernels::LayerArgs args_;
  kernels::Prepared prepared_;
};

}  // namespace lockstep::bench
