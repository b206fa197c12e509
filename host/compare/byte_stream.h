// The bytes of a stored tensor, piece by piece: from a file, or from memory where they had to be brought into another
// order.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "compare/tensor_folder.h"

namespace lockstep::compare {

class ByteStream {
 public:
  explicit ByteStream(const StoredTensor& tensor);
  explicit ByteStream(std::vector<uint8_t> bytes);

  uint64_t size() const { return size_; }
  // The next `count` bytes, fewer at the end; they stay until the next call. Throws BadInput if the file is shorter
  // than it was.
  const uint8_t* Next(size_t count);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<uint8_t> bytes_;  // all of them, or those of the last call
  uint64_t size_ = 0;
  uint64_t at_ = 0;
};

// All bytes of a tensor, checked against the manifest's md5 if there is one.
std::vector<uint8_t> ReadTensor(const StoredTensor& tensor);

// Throws BadInput if a manifest says another md5.
void CheckMd5(const StoredTensor& tensor, const std::string& md5);

}  // namespace lockstep::compare
