#include "dump/layer_file.h"

#include <algorithm>

#include "files/output_file.h"
#include "graph/error.h"

namespace lockstep::dump {

namespace fs = std::filesystem;

LayerFile::LayerFile(const fs::path& folder, const DumpLayer& layer)
    : path_(folder / layer.file), layer_(layer), left_(layer.bytes) {
  files::RequireFile(path_);
  if (const uint64_t size = fs::file_size(path_); size != layer.bytes) {
    throw BadInput(path_.string() + " has " + std::to_string(size) + " bytes, the manifest says " +
                   std::to_string(layer.bytes) + "; dump again");
  }
  stream_.open(path_, std::ios::binary);
}

size_t LayerFile::Read(uint8_t* bytes, size_t most) {
  const auto count = static_cast<size_t>(std::min<uint64_t>(most, left_));
  if (count == 0) return 0;
  stream_.read(reinterpret_cast<char*>(bytes), static_cast<std::streamsize>(count));
  if (stream_.gcount() != static_cast<std::streamsize>(count)) {
    throw BadInput(path_.string() + " cannot be read to its end; dump again");
  }
  sum_.Add(bytes, count);
  left_ -= count;
  if (left_ == 0 && sum_.Hex() != layer_.md5) {
    throw BadInput(path_.string() + ": the md5 is not the one in the manifest; the file was changed, dump again");
  }
  return count;
}

}  // namespace lockstep::dump
