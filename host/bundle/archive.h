// A .tar.gz of plain files, written and read. What is read comes from elsewhere: nothing but regular files with plain
// relative names, as many bytes as they were said to have, ever reaches the disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lockstep::bundle {

class ArchiveWriter {
 public:
  // Throws BadInput that names the file, as `shown` where it will be renamed.
  explicit ArchiveWriter(const std::filesystem::path& file, const std::filesystem::path& shown = {});
  ~ArchiveWriter();
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;

  // `name` is of ASCII alone.
  void Add(const std::string& name, const std::vector<uint8_t>& bytes);
  void Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// How many bytes an entry may have; throws BadInput for a name that has no business there.
using Allowed = std::function<uint64_t(const std::string& name)>;
using TakeFile = std::function<void(const std::string& name, std::vector<uint8_t> bytes)>;

// Reads the entries in their order. Throws BadInput that names the archive and the entry: damaged or cut short,
// absolute paths or "..", links, devices, names that are there twice, more bytes than allowed.
void ReadArchive(const std::filesystem::path& file, const Allowed& allowed, const TakeFile& take);

}  // namespace lockstep::bundle
