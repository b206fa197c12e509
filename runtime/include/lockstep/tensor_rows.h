// The bytes of a tensor where they lie in a session's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lockstep {

// Stretches of bytes that make up a tensor, one behind the other in its order. A tensor that lies within another's
// memory may have many; any other has one.
struct TensorRows {
  uint8_t* data = nullptr;
  size_t row_bytes = 0;
  size_t count = 0;
  size_t pitch = 0;  // bytes from one stretch to the next

  // All bytes, if they lie side by side; else nullptr.
  uint8_t* whole() const { return count == 1 ? data : nullptr; }

  // visit(const uint8_t* row, size_t row_bytes)
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t i = 0; i < count; ++i) visit(const_cast<const uint8_t*>(data + i * pitch), row_bytes);
  }

  // Side by side, TensorInfo::bytes of them.
  void CopyTo(void* to) const {
    auto* bytes = static_cast<uint8_t*>(to);
    for (size_t i = 0; i < count; ++i) std::memcpy(bytes + i * row_bytes, data + i * pitch, row_bytes);
  }
  void CopyFrom(const void* from) {
    const auto* bytes = static_cast<const uint8_t*>(from);
    for (size_t i = 0; i < count; ++i) std::memcpy(data + i * pitch, bytes + i * row_bytes, row_bytes);
  }
};

}  // namespace lockstep
