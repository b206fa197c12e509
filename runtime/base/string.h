// Text that grows. Its members are those of std::string that the runtime uses, which belongs to the C++ library.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep {

class String {
 public:
  static constexpr size_t npos = SIZE_MAX;

  String() = default;
  String(const char* text);  // NOLINT(google-explicit-constructor)
  String(const char* data, size_t size) { append(data, size); }
  String(const String& other) { append(other.data_, other.size_); }
  String(String&& other) noexcept { swap(other); }
  String& operator=(String other) noexcept {
    swap(other);
    return *this;
  }
  ~String();

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const char* c_str() const { return data_ != nullptr ? data_ : ""; }
  const char* data() const { return c_str(); }
  char operator[](size_t i) const { return data_[i]; }
  char back() const { return data_[size_ - 1]; }

  void clear() { resize(0); }
  void pop_back() { resize(size_ - 1); }
  String& append(const char* data, size_t size);
  String& operator+=(const char* text);
  String& operator+=(const String& text) { return append(text.data_, text.size_); }
  String& operator+=(char letter) { return append(&letter, 1); }

  size_t find(char letter, size_t from = 0) const;  // npos if it is not there
  size_t rfind(char letter) const;
  String substr(size_t from, size_t count = npos) const;
  bool starts_with(const char* text) const;
  bool ends_with(const char* text) const;

 private:
  void resize(size_t smaller);
  void swap(String& other) noexcept;

  char* data_ = nullptr;  // nullptr, or `size_` characters and a zero
  size_t size_ = 0;
  size_t capacity_ = 0;
};

bool operator==(const String& a, const String& b);
inline bool operator!=(const String& a, const String& b) { return !(a == b); }
bool operator<(const String& a, const String& b);
inline bool operator>(const String& a, const String& b) { return b < a; }

String operator+(String a, const char* b);
String operator+(String a, const String& b);
String operator+(String a, char b);
String operator+(const char* a, const String& b);

String Decimal(int64_t value);
String Decimal(uint64_t value);
inline String Decimal(int32_t value) { return Decimal(int64_t{value}); }
inline String Decimal(uint32_t value) { return Decimal(uint64_t{value}); }

}  // namespace lockstep
