// An .npz is a zip of .npy files.
#include <minizip/unzip.h>

#include <algorithm>
#include <array>
#include <memory>

#include "graph/error.h"
#include "graph/quoted.h"
#include "input/npy.h"

namespace lockstep::input {
namespace {

struct CloseZip {
  void operator()(void* zip) const { unzClose(zip); }
};
using Zip = std::unique_ptr<void, CloseZip>;

Zip Open(const std::filesystem::path& path) {
  Zip zip(unzOpen64(path.c_str()));
  if (!zip) throw BadInput(path.string() + ": is no .npz file or cannot be read; save it with numpy.savez");
  return zip;
}

[[noreturn]] void ThrowDamaged(const std::filesystem::path& path) {
  throw BadInput(path.string() + ": is damaged; save it again with numpy.savez");
}

// The current array's name, and its size unpacked.
std::string CurrentName(const std::filesystem::path& path, void* zip, uint64_t* bytes) {
  unz_file_info64 info{};
  std::array<char, 4097> name{};
  if (unzGetCurrentFileInfo64(zip, &info, name.data(), name.size() - 1, nullptr, 0, nullptr, 0) != UNZ_OK) {
    ThrowDamaged(path);
  }
  if (bytes != nullptr) *bytes = info.uncompressed_size;
  std::string text = name.data();
  const std::string ending = ".npy";
  if (text.size() > ending.size() && text.compare(text.size() - ending.size(), ending.size(), ending) == 0) {
    text.resize(text.size() - ending.size());
  }
  return text;
}

}  // namespace

std::vector<std::string> NpzNames(const std::filesystem::path& path) {
  const Zip zip = Open(path);
  std::vector<std::string> names;
  int status = unzGoToFirstFile(zip.get());
  for (; status == UNZ_OK; status = unzGoToNextFile(zip.get())) {
    names.push_back(CurrentName(path, zip.get(), nullptr));
  }
  if (status != UNZ_END_OF_LIST_OF_FILE) ThrowDamaged(path);
  return names;
}

std::vector<uint8_t> ReadNpzEntry(const std::filesystem::path& path, const std::string& name, size_t most) {
  const Zip zip = Open(path);
  for (int status = unzGoToFirstFile(zip.get()); status == UNZ_OK; status = unzGoToNextFile(zip.get())) {
    uint64_t bytes = 0;
    if (CurrentName(path, zip.get(), &bytes) != name) continue;
    if (bytes > most) {
      throw BadInput(path.string() + ": its array " + graph::Quoted(name) + " has " + std::to_string(bytes) +
                     " bytes, more than the input of that name takes; give an array of the input's shape");
    }
    std::vector<uint8_t> data(static_cast<size_t>(bytes));
    if (unzOpenCurrentFile(zip.get()) != UNZ_OK) ThrowDamaged(path);
    size_t done = 0;
    constexpr size_t kChunk = size_t{1} << 24;
    while (done < data.size()) {
      const int count = unzReadCurrentFile(zip.get(), data.data() + done,
                                           static_cast<unsigned>(std::min(kChunk, data.size() - done)));
      if (count <= 0) ThrowDamaged(path);
      done += static_cast<size_t>(count);
    }
    // Closing compares the checksum.
    if (unzCloseCurrentFile(zip.get()) != UNZ_OK) ThrowDamaged(path);
    return data;
  }
  throw BadInput(path.string() + ": has no array " + graph::Quoted(name) + "; save one under the input's name");
}

}  // namespace lockstep::input
