// Memory from the C library alone: a board need not have a C++ library, which is where operator new lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "lockstep/status.h"

namespace lockstep {

// Objects of classes derived from this are made and deleted without the C++ library; `new` gives nullptr where there is
// no memory.
struct Allocated {
  static void* operator new(size_t size) noexcept { return std::malloc(size); }
  static void operator delete(void* memory) noexcept { std::free(memory); }
};

// Never nullptr: a String or a List that finds no memory to grow ends the process. `memory` as for realloc.
void* Grow(void* memory, size_t bytes);
// What is called then, before the process is aborted. nullptr: nothing.
void SetNoMemoryHandler(void (*handler)());

// A fixed number of elements whose memory may be missing.
template <typename T>
class Array {
 public:
  Array() = default;
  ~Array() { Clear(); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  // All elements are T(). kOutOfMemory names `what`.
  Status Make(size_t size, const char* what) {
    Clear();
    if (size == 0) return Status::Ok();
    void* memory = size <= SIZE_MAX / sizeof(T) ? std::malloc(size * sizeof(T)) : nullptr;
    if (memory == nullptr) return Status::Error(StatusCode::kOutOfMemory, "no memory for %s", what);
    items_ = static_cast<T*>(memory);
    for (; size_ < size; ++size_) new (static_cast<void*>(items_ + size_)) T();
    return Status::Ok();
  }
  size_t size() const { return size_; }
  T* data() { return items_; }
  T* begin() { return items_; }
  T* end() { return items_ + size_; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }
  T& operator[](size_t i) { return items_[i]; }
  const T& operator[](size_t i) const { return items_[i]; }

 private:
  void Clear() {
    while (size_ != 0) items_[--size_].~T();
    std::free(items_);
    items_ = nullptr;
  }

  T* items_ = nullptr;
  size_t size_ = 0;
};

}  // namespace lockstep
