#include "core/session_memory.h"

#include <cstdlib>
#include <cstring>

namespace lockstep {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kSlack = 64;  // kernels may read, never write, this far behind a tensor

}  // namespace

SessionMemory::~SessionMemory() {
  for (void* part : allocated_) std::free(part);
}

Status SessionMemory::Use(void* block, size_t size) {
  if (reinterpret_cast<uintptr_t>(block) % kAlignment != 0) {
    return Status::Error(StatusCode::kInvalidArgument, "the session's memory must be aligned to 64 bytes");
  }
  block_ = static_cast<uint8_t*>(block);
  size_ = size;
  return Status::Ok();
}

uint64_t SessionMemory::PartBytes(uint64_t bytes) {
  return (bytes + kSlack + kAlignment - 1) / kAlignment * kAlignment;
}

Result<uint8_t*> SessionMemory::Take(uint64_t bytes, const char* what, uint64_t needed) {
  const uint64_t part = PartBytes(bytes);
  uint8_t* memory = nullptr;
  if (block_ != nullptr) {
    if (part > size_ - used_) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "the session's memory of %llu bytes has no room for the %s; give %llu bytes",
                           static_cast<unsigned long long>(size_), what, static_cast<unsigned long long>(needed));
    }
    memory = block_ + used_;
    used_ += static_cast<size_t>(part);
  } else {
    void* allocated = nullptr;
    if (part > SIZE_MAX || posix_memalign(&allocated, kAlignment, static_cast<size_t>(part)) != 0) {
      return Status::Error(StatusCode::kOutOfMemory, "no memory for the %s of %llu bytes", what,
                           static_cast<unsigned long long>(bytes));
    }
    allocated_[count_++] = allocated;
    memory = static_cast<uint8_t*>(allocated);
  }
  std::memset(memory + bytes, 0, static_cast<size_t>(part - bytes));
  return memory;
}

}  // namespace lockstep
