#include "base/string.h"

#include <cstdio>
#include <cstring>
#include <utility>

#include "base/memory.h"

namespace lockstep {

String::String(const char* text) { append(text, std::strlen(text)); }

String::~String() { std::free(data_); }

String& String::append(const char* data, size_t size) {
  if (size == 0) return *this;
  if (size_ + size >= capacity_) {
    const size_t doubled = 2 * capacity_;
    capacity_ = size_ + size + 1 > doubled ? size_ + size + 1 : doubled;
    // What is appended may be a part of this text.
    const bool inside = data_ != nullptr && data >= data_ && data <= data_ + size_;
    const size_t offset = inside ? static_cast<size_t>(data - data_) : 0;
    data_ = static_cast<char*>(Grow(data_, capacity_));
    if (inside) data = data_ + offset;
  }
  std::memmove(data_ + size_, data, size);
  size_ += size;
  data_[size_] = 0;
  return *this;
}

String& String::operator+=(const char* text) { return append(text, std::strlen(text)); }

void String::resize(size_t smaller) {
  size_ = smaller;
  if (data_ != nullptr) data_[size_] = 0;
}

void String::swap(String& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
}

size_t String::find(char letter, size_t from) const {
  for (size_t i = from; i < size_; ++i) {
    if (data_[i] == letter) return i;
  }
  return npos;
}

size_t String::rfind(char letter) const {
  for (size_t i = size_; i != 0; --i) {
    if (data_[i - 1] == letter) return i - 1;
  }
  return npos;
}

String String::substr(size_t from, size_t count) const {
  const size_t rest = size_ - from;
  return {c_str() + from, count < rest ? count : rest};
}

bool String::starts_with(const char* text) const { return std::strncmp(c_str(), text, std::strlen(text)) == 0; }

bool String::ends_with(const char* text) const {
  const size_t size = std::strlen(text);
  return size <= size_ && std::memcmp(c_str() + size_ - size, text, size) == 0;
}

bool operator==(const String& a, const String& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

bool operator<(const String& a, const String& b) { return std::strcmp(a.c_str(), b.c_str()) < 0; }

String operator+(String a, const char* b) { return std::move(a += b); }
String operator+(String a, const String& b) { return std::move(a += b); }
String operator+(String a, char b) { return std::move(a += b); }
String operator+(const char* a, const String& b) { return String(a) + b; }

String Decimal(int64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "%lld", static_cast<long long>(value));
  return text;
}

String Decimal(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "%llu", static_cast<unsigned long long>(value));
  return text;
}

}  // namespace lockstep
