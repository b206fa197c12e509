// The md5 of bytes, as dumps, models and transfers state it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace lockstep::files {

std::string Md5Hex(const void* data, size_t size);  // 32 hexadecimal digits

// Of bytes that arrive piece by piece. A copy goes on from where the original is.
class Md5Sum {
 public:
  Md5Sum();
  ~Md5Sum();
  Md5Sum(const Md5Sum& other);
  Md5Sum& operator=(const Md5Sum&) = delete;

  void Add(const void* data, size_t size);
  std::string Hex();  // of all; nothing is added behind it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep::files
