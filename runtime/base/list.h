// A list that grows. Its members are those of std::vector that the runtime uses, which needs the C++ library's memory.
#pragma once

#include <utility>

#include "base/memory.h"

namespace lockstep {

template <typename T>
class List {
 public:
  List() = default;
  explicit List(size_t size) { resize(size); }
  List(size_t size, const T& value) { assign(size, value); }
  List(const List& other) {
    reserve(other.size_);
    for (const T& item : other) push_back(item);
  }
  List(List&& other) noexcept { swap(other); }
  List& operator=(List other) noexcept {
    swap(other);
    return *this;
  }
  ~List() {
    clear();
    std::free(items_);
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return items_; }
  const T* data() const { return items_; }
  T* begin() { return items_; }
  T* end() { return items_ + size_; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }
  T& front() { return items_[0]; }
  T& back() { return items_[size_ - 1]; }
  T& operator[](size_t i) { return items_[i]; }
  const T& operator[](size_t i) const { return items_[i]; }

  void clear() {
    while (size_ != 0) pop_back();
  }
  void pop_back() { items_[--size_].~T(); }
  void push_back(T item) { emplace_back(std::move(item)); }
  template <typename... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    if (size_ == capacity_) reserve(2 * capacity_ + 4);
    return *new (static_cast<void*>(items_ + size_++)) T{std::forward<Arguments>(arguments)...};
  }
  void assign(size_t size, const T& value) {
    clear();
    reserve(size);
    while (size_ < size) push_back(value);
  }
  void resize(size_t size) {
    reserve(size);
    while (size_ > size) pop_back();
    while (size_ < size) new (static_cast<void*>(items_ + size_++)) T();
  }
  void reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    // Without the memory for so many bytes, let alone a size_t for them.
    T* items = static_cast<T*>(Grow(nullptr, capacity <= SIZE_MAX / sizeof(T) ? capacity * sizeof(T) : SIZE_MAX));
    for (size_t i = 0; i < size_; ++i) {
      new (static_cast<void*>(items + i)) T(std::move(items_[i]));
      items_[i].~T();
    }
    std::free(items_);
    items_ = items;
    capacity_ = capacity;
  }

 private:
  void swap(List& other) noexcept {
    std::swap(items_, other.items_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  T* items_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace lockstep
