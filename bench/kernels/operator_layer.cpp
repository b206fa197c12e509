#include "operator_layer.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "joint_elements.h"

namespace lockstep::bench {

OperatorLayer::Memory OperatorLayer::Allocate(size_t size) {
  constexpr size_t kAlignment = 64;
  void* memory = nullptr;
  if (posix_memalign(&memory, kAlignment, size + kAlignment) != 0) std::abort();
  std::memset(memory, 0, size + kAlignment);
  return {static_cast<uint8_t*>(memory), std::free};
}

OperatorLayer::OperatorLayer(const OperatorCase& test) : scratch_(nullptr, std::free), state_(nullptr, std::free) {
  builder_.Finish(joint::Layer::Pack(builder_, &test.layer));
  shapes_.reserve(test.inputs.size() + 1);  // views point into it
  for (const OperatorTensor& input : test.inputs) inputs_.push_back(View(input));
  output_ = View(test.output);
  std::mt19937 random(1);
  for (const kernels::TensorView& input : inputs_) {
    if (input.dtype == joint::DType::F32) {
      auto* floats = reinterpret_cast<float*>(input.data);
      for (int64_t i = 0; i < input.elements; ++i) floats[i] = static_cast<float>(random() % 255) / 64.0F - 2.0F;
      continue;
    }
    for (uint64_t i = 0; i < input.bytes; ++i) {
      const uint32_t draw = random();
      input.data[i] = static_cast<uint8_t>(input.dtype == joint::DType::S8 ? draw % 255 - 127 : draw);
    }
  }
  args_.layer = flatbuffers::GetRoot<joint::Layer>(builder_.GetBufferPointer());
  args_.inputs = inputs_.data();
  args_.input_count = static_cast<int32_t>(inputs_.size());
  args_.outputs = &output_;
  args_.output_count = 1;
}

void OperatorLayer::Prepare(const kernels::Kernel& kernel) {
  if (args_.kernel == &kernel) return;
  args_.kernel = &kernel;
  const kernels::OperatorRun& op = kernels::OperatorOf(args_.layer->options_type());
  prepared_ = op.prepare(args_);
  scratch_ = Allocate(prepared_.scratch_bytes);
  state_ = Allocate(prepared_.state_bytes);
  if (prepared_.state_bytes == 0) return;
  op.setup(args_, state_.get());
  args_.state = state_.get();
}

kernels::TensorView OperatorLayer::View(const OperatorTensor& tensor) {
  shapes_.push_back(tensor.shape);
  kernels::TensorView view;
  view.shape = shapes_.back().data();
  view.rank = static_cast<int32_t>(tensor.shape.size());
  view.dtype = tensor.dtype;
  view.scale = 0.1F;
  view.zero_point = tensor.dtype == joint::DType::S8 ? 0 : 7;
  view.high = tensor.dtype == joint::DType::U16 ? 0xffff : 0xff;
  view.elements = 1;
  for (const int32_t extent : tensor.shape) view.elements *= extent;
  view.bytes = static_cast<uint64_t>(view.elements * ElementBytes(tensor.dtype));
  view.pitch = tensor.shape.back();
  memory_.push_back(Allocate(view.bytes));
  view.data = memory_.back().get();
  return view;
}

}  // namespace lockstep::bench
