#include "compare/byte_stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "files/digest.h"
#include "graph/error.h"

namespace lockstep::compare {

ByteStream::ByteStream(const StoredTensor& tensor) : path_(tensor.file.string()), size_(tensor.layer.bytes) {
  std::error_code error;
  const uint64_t there = std::filesystem::file_size(tensor.file, error);
  file_.reset(std::fopen(path_.c_str(), "rb"));
  if (error || !file_) throw BadInput("cannot read " + path_ + ": " + std::strerror(errno) + "; check the path");
  if (there != tensor.begin + size_) {
    throw BadInput(path_ + " has " + std::to_string(there) + " bytes, " +
                   (tensor.raw ? "not what it had when this began" : "the manifest says " + std::to_string(size_)) +
                   "; dump again");
  }
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);
  if (std::fseek(file_.get(), static_cast<long>(tensor.begin), SEEK_SET) != 0) {
    throw BadInput("cannot read " + path_ + ": " + std::strerror(errno));
  }
}

ByteStream::ByteStream(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {}

const uint8_t* ByteStream::Next(size_t count) {
  const size_t here = static_cast<size_t>(std::min<uint64_t>(count, size_ - at_));
  const uint64_t begin = std::exchange(at_, at_ + here);
  if (!file_) return bytes_.data() + begin;
  bytes_.resize(here);
  if (std::fread(bytes_.data(), 1, here, file_.get()) != here) {
    throw BadInput(path_ + ": cannot be read to its end; it was changed meanwhile, or the disk is damaged");
  }
  return bytes_.data();
}

void CheckMd5(const StoredTensor& tensor, const std::string& md5) {
  if (tensor.layer.md5.empty() || tensor.layer.md5 == md5) return;
  throw BadInput(tensor.file.string() + ": the md5 is not the one in the manifest; the file was changed, dump again");
}

std::vector<uint8_t> ReadTensor(const StoredTensor& tensor) {
  ByteStream stream(tensor);
  const uint8_t* begin = stream.Next(static_cast<size_t>(stream.size()));
  std::vector<uint8_t> bytes(begin, begin + stream.size());
  if (!tensor.layer.md5.empty()) CheckMd5(tensor, files::Md5Hex(bytes.data(), bytes.size()));
  return bytes;
}

}  // namespace lockstep::compare
