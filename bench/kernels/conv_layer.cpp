#include "conv_layer.h"

#include <cstring>
#include <random>

namespace lockstep::bench {
namespace {

constexpr size_t kAlignment = 64;
constexpr int32_t kPackedChannels = 16;
constexpr int32_t kDepth = 4;

int32_t RoundUp(int32_t value, int32_t multiple) { return (value + multiple - 1) / multiple * multiple; }

joint::ConvT RandomOptions(const ConvShape& shape, std::mt19937& random) {
  joint::ConvT conv;
  const int32_t pad = shape.kernel / 2;
  conv.stride_h = conv.stride_w = shape.stride;
  conv.pad_top = conv.pad_left = pad;
  conv.pad_bottom = conv.pad_right = pad;
  for (int32_t i = 0; i < shape.out; ++i) {
    conv.acc_init.push_back(static_cast<int32_t>(random() % 100000) - 50000);
    conv.weight_sum.push_back(0);
    conv.multiplier.push_back(static_cast<int32_t>((1U << 30U) + random() % (1U << 30U)));
    conv.shift.push_back(static_cast<int8_t>(9 + random() % 4));
  }
  conv.mid_zero_point = 120;
  conv.clamp_high = 255;
  for (int i = 0; i < 256; ++i) conv.table.push_back(static_cast<uint8_t>(random()));
  return conv;
}

}  // namespace

ConvLayer::Memory ConvLayer::Allocate(size_t size) {
  void* memory = nullptr;
  if (posix_memalign(&memory, kAlignment, size + kAlignment) != 0) std::abort();
  std::memset(memory, 0, size + kAlignment);
  return {static_cast<uint8_t*>(memory), std::free};
}

ConvLayer::ConvLayer(const ConvShape& shape)
    : in_shape_{1, shape.height * shape.stride, shape.width * shape.stride, shape.in},
      out_shape_{1, shape.height, shape.width, shape.out},
      weight_shape_{shape.out, shape.kernel, shape.kernel, shape.in},
      input_(nullptr, std::free),
      weights_(nullptr, std::free),
      output_(nullptr, std::free),
      scratch_(nullptr, std::free) {
  std::mt19937 random(1);
  joint::LayerT layer;
  layer.name = shape.name;
  layer.options.Set(RandomOptions(shape, random));
  builder_.Finish(joint::Layer::Pack(builder_, &layer));

  const auto in_bytes = static_cast<size_t>(in_shape_[1]) * static_cast<size_t>(in_shape_[2] * shape.in);
  const auto out_bytes = static_cast<size_t>(shape.height) * static_cast<size_t>(shape.width * shape.out);
  const auto weight_bytes = static_cast<size_t>(RoundUp(shape.out, kPackedChannels)) *
                            static_cast<size_t>(shape.kernel * RoundUp(shape.kernel * shape.in, kDepth));
  input_ = Allocate(in_bytes);
  for (size_t i = 0; i < in_bytes; ++i) input_.get()[i] = static_cast<uint8_t>(random());
  weights_ = Allocate(weight_bytes);
  for (size_t i = 0; i < weight_bytes; ++i) weights_.get()[i] = static_cast<uint8_t>(random() % 255 - 127);
  output_ = Allocate(out_bytes);

  kernels::TensorView& input = input_views_[0];
  input.data = input_.get();
  input.shape = in_shape_.data();
  input.rank = 4;
  input.elements = static_cast<int64_t>(in_bytes);
  input.bytes = in_bytes;
  input.pitch = shape.in;
  kernels::TensorView& weights = input_views_[1];
  weights.data = weights_.get();
  weights.shape = weight_shape_.data();
  weights.rank = 4;
  weights.dtype = joint::DType::S8;
  weights.bytes = weight_bytes;
  args_.layer = flatbuffers::GetRoot<joint::Layer>(builder_.GetBufferPointer());
  args_.inputs = input_views_;
  args_.input_count = 2;
  output_view_.data = output_.get();
  output_view_.shape = out_shape_.data();
  output_view_.rank = 4;
  output_view_.elements = static_cast<int64_t>(out_bytes);
  output_view_.bytes = out_bytes;
  output_view_.pitch = shape.out;
  args_.outputs = &output_view_;
  args_.output_count = 1;
}

void ConvLayer::Prepare(const kernels::Kernel& kernel) {
  if (args_.kernel == &kernel) return;
  args_.kernel = &kernel;
  prepared_ = kernels::OperatorOf(joint::Options::Conv).prepare(args_);
  scratch_ = Allocate(prepared_.scratch_bytes);
}

const kernels::Kernel* FindKernel(const char* name) {
  const kernels::OperatorRun& op = kernels::OperatorOf(joint::Options::Conv);
  for (size_t i = 0; i < op.kernel_count; ++i) {
    if (std::strcmp(op.kernels[i].name, name) == 0) {
      return (IsaBit(op.kernels[i].isa) & DetectIsa()) != 0 ? &op.kernels[i] : nullptr;
    }
  }
  return nullptr;
}

}  // namespace lockstep::bench
