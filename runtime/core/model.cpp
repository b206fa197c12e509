#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/file_error.h"
#include "joint_generated.h"
#include "lockstep/check_model.h"
#include "lockstep/runtime.h"

namespace lockstep {
namespace {

constexpr size_t kAlignment = 64;

static_assert(static_cast<int>(DataType::kU8) == static_cast<int>(joint::DType::U8));
static_assert(static_cast<int>(DataType::kBool) == static_cast<int>(joint::DType::BOOL));

uint32_t Index(int32_t index) { return static_cast<uint32_t>(index); }

}  // namespace

const char* DataTypeName(DataType type) {
  constexpr const char* kNames[] = {"u8", "u16", "s8", "s16", "s32", "s64", "f32", "bool"};
  return kNames[static_cast<int>(type)];
}

Result<Model> Model::Open(const char* path, const LoadOptions& options) {
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe does not hold us up
  if (descriptor < 0) {
    return Status::Error(CodeOfFileError(errno), "%s: %s; give the path of a joint model", path, std::strerror(errno));
  }
  struct stat info = {};
  if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(descriptor);
    return Status::Error(StatusCode::kUnreadable, "%s: not a file; give the path of a joint model", path);
  }
  if (info.st_size == 0 || static_cast<uint64_t>(info.st_size) > options.max_file) {
    close(descriptor);
    return Status::Error(StatusCode::kCorruptModel, "%s: %lld bytes are no joint model; copy or build it again", path,
                         static_cast<long long>(info.st_size));
  }
  const auto size = static_cast<size_t>(info.st_size);
  void* memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  const int error = errno;
  close(descriptor);
  if (memory == MAP_FAILED) {
    return Status::Error(CodeOfFileError(error), "%s: %lld bytes cannot be mapped: %s; end other programs", path,
                         static_cast<long long>(info.st_size), std::strerror(error));
  }
  Model model;
  model.data_ = static_cast<const uint8_t*>(memory);
  model.size_ = model.mapped_ = size;
  if (const Status status = CheckModel(model.data_, size, options); !status.ok()) {
    return Status::Error(status.code(), "%s: %s", path, status.message());
  }
  return model;
}

Result<Model> Model::FromMemory(const void* data, size_t size, const LoadOptions& options) {
  if (reinterpret_cast<uintptr_t>(data) % kAlignment != 0) {
    return Status::Error(StatusCode::kInvalidArgument, "the model's memory must be aligned to 64 bytes");
  }
  Model model;
  model.data_ = static_cast<const uint8_t*>(data);
  model.size_ = size;
  LOCKSTEP_RETURN_IF_ERROR(CheckModel(model.data_, size, options));
  return model;
}

Result<Model> Model::Copy(const void* data, size_t size, const LoadOptions& options) {
  void* memory = nullptr;
  if (size > options.max_file || posix_memalign(&memory, kAlignment, size != 0 ? size : 1) != 0) {
    return Status::Error(StatusCode::kOutOfMemory, "no memory for a model of %llu bytes",
                         static_cast<unsigned long long>(size));
  }
  if (size != 0) std::memcpy(memory, data, size);
  Model model;
  model.owned_ = static_cast<uint8_t*>(memory);
  model.data_ = model.owned_;
  model.size_ = size;
  LOCKSTEP_RETURN_IF_ERROR(CheckModel(model.data_, size, options));
  return model;
}

Model::~Model() {
  if (mapped_ != 0) munmap(const_cast<uint8_t*>(data_), mapped_);
  std::free(owned_);
}

Model::Model(Model&& other) noexcept { *this = std::move(other); }

Model& Model::operator=(Model&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(mapped_, other.mapped_);
  std::swap(owned_, other.owned_);
  return *this;
}

const joint::Model& Model::joint() const { return *joint::GetModel(data_); }
const uint8_t* Model::file() const { return data_; }
size_t Model::file_size() const { return size_; }
const char* Model::name() const { return joint().name()->c_str(); }
const char* Model::contract() const { return joint().contract()->c_str(); }
const char* Model::compiler_version() const { return joint().compiler_version()->c_str(); }
const uint8_t* Model::digest() const { return reinterpret_cast<const uint8_t*>(joint().digest()); }
uint64_t Model::arena_size() const { return joint().arena_size(); }
uint64_t Model::macs() const { return joint().macs(); }

uint64_t Model::constant_bytes() const {
  uint64_t bytes = 0;
  for (const joint::Constant* constant : *joint().constants()) bytes += constant->data()->size();
  return bytes;
}

int32_t Model::layer_count() const { return static_cast<int32_t>(joint().layers()->size()); }
int32_t Model::input_count() const { return static_cast<int32_t>(joint().inputs()->size()); }
int32_t Model::output_count() const { return static_cast<int32_t>(joint().outputs()->size()); }
int32_t Model::tensor_count() const { return static_cast<int32_t>(joint().tensors()->size()); }

LayerInfo Model::layer(int32_t index) const {
  const joint::Layer& layer = *joint().layers()->Get(Index(index));
  LayerInfo info;
  info.name = layer.name()->c_str();
  info.op = joint::EnumNameOptions(layer.options_type());
  info.macs = layer.macs();
  info.input_count = static_cast<int32_t>(layer.inputs()->size());
  info.output_count = static_cast<int32_t>(layer.outputs()->size());
  info.onnx_node_count = layer.onnx_nodes() != nullptr ? static_cast<int32_t>(layer.onnx_nodes()->size()) : 0;
  return info;
}

const char* Model::onnx_node(int32_t layer, int32_t index) const {
  return joint().layers()->Get(Index(layer))->onnx_nodes()->Get(Index(index))->c_str();
}

TensorInfo Model::tensor(int32_t index) const {
  const joint::Tensor& tensor = *joint().tensors()->Get(Index(index));
  TensorInfo info;
  info.name = tensor.name()->c_str();
  info.dtype = static_cast<DataType>(tensor.dtype());
  info.rank = static_cast<int32_t>(tensor.shape()->size());
  info.shape = tensor.shape()->data();
  info.axes = tensor.axes() != nullptr ? tensor.axes()->data() : nullptr;
  info.quantized = tensor.dtype() == joint::DType::U8 || tensor.dtype() == joint::DType::U16;
  if (info.quantized) {
    info.scale = tensor.quantization()->scale()->Get(0);
    info.zero_point = tensor.quantization()->zero_point()->Get(0);
    if (tensor.quantization()->axis() >= 0) info.channel_scales = tensor.quantization()->scale()->data();
    info.bits = tensor.quantization()->bits();
  }
  info.bytes = tensor.bytes();
  return info;
}

int32_t Model::input_tensor(int32_t index) const { return joint().inputs()->Get(Index(index))->tensor(); }
int32_t Model::output_tensor(int32_t index) const { return joint().outputs()->Get(Index(index))->tensor(); }

int32_t Model::layer_input_tensor(int32_t layer, int32_t index) const {
  return joint().layers()->Get(Index(layer))->inputs()->Get(Index(index));
}

int32_t Model::layer_output_count(int32_t layer) const {
  return static_cast<int32_t>(joint().layers()->Get(Index(layer))->outputs()->size());
}

int32_t Model::layer_output_tensor(int32_t layer, int32_t index) const {
  return joint().layers()->Get(Index(layer))->outputs()->Get(Index(index));
}

bool Model::is_constant(int32_t tensor) const { return joint().tensors()->Get(Index(tensor))->constant() >= 0; }

uint64_t Model::arena_offset(int32_t tensor) const {
  return static_cast<uint64_t>(joint().tensors()->Get(Index(tensor))->arena_offset());
}

}  // namespace lockstep
