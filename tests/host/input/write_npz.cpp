#include "write_npz.h"

#include <minizip/zip.h>

namespace lockstep::testing {

void WriteNpz(const std::filesystem::path& path,
              const std::vector<std::pair<std::string, std::vector<uint8_t>>>& arrays) {
  void* zip = zipOpen(path.c_str(), APPEND_STATUS_CREATE);
  const zip_fileinfo info{};
  for (const auto& [name, file] : arrays) {
    zipOpenNewFileInZip(zip, (name + ".npy").c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, 6);
    zipWriteInFileInZip(zip, file.data(), static_cast<unsigned>(file.size()));
    zipCloseFileInZip(zip);
  }
  zipClose(zip, nullptr);
}

}  // namespace lockstep::testing
