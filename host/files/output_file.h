// Files that appear whole or not at all: written beside their final name and renamed into place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "files/interrupt.h"

namespace lockstep::files {

// Folders for output. The destructor, or an interrupt, removes those that it made and that are still empty.
class MadeFolders {
 public:
  MadeFolders() = default;
  ~MadeFolders();
  MadeFolders(const MadeFolders&) = delete;
  MadeFolders& operator=(const MadeFolders&) = delete;

  // The folder and what is missing above it. Throws BadInput that names it.
  void Make(const std::filesystem::path& folder);

 private:
  struct Made {
    std::filesystem::path folder;
    std::unique_ptr<RemovedIfEmptyWhenInterrupted> guard;
  };
  std::vector<Made> made_;  // the outermost first
};

// A group of files that appear together. Whatever was not committed is removed by the destructor, and so are the
// folders that were made for it.
class OutputFiles {
 public:
  OutputFiles() = default;
  ~OutputFiles();
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  // Writes the bytes beside `path`; missing folders are made. Throws BadInput that names the file and the reason (a
  // full disk among them). A path that is no regular file (a pipe, a device) is written to directly.
  void Add(const std::filesystem::path& path, const void* data, size_t size);
  // The same in pieces: fills its argument with the next bytes and says how many; 0: there are no more.
  using NextBytes = std::function<size_t(void* bytes, size_t most)>;
  void Add(const std::filesystem::path& path, const NextBytes& next);
  void AddCopy(const std::filesystem::path& path, const std::filesystem::path& source);
  void Add(const std::filesystem::path& path, const std::string& text) { Add(path, text.data(), text.size()); }

  // Where another writer shall put the bytes of `path`; Commit renames it. The name ends like `path`. What it throws
  // should name `path`, see FailToWrite. A path that is no regular file is given back.
  std::filesystem::path Reserve(const std::filesystem::path& path);

  // Renames all. Throws BadInput; files that were already renamed stay.
  void Commit();

 private:
  struct Pending {
    std::filesystem::path temporary;
    std::filesystem::path final_path;
    std::unique_ptr<RemovedWhenInterrupted> guard;
  };
  MadeFolders folders_;
  std::vector<Pending> pending_;
};

// Throws BadInput that names the file as the user knows it, why it could not be written, and the way out.
[[noreturn]] void FailToWrite(const std::filesystem::path& path, int error);

// One file.
void WriteFile(const std::filesystem::path& path, const void* data, size_t size);
inline void WriteFile(const std::filesystem::path& path, const std::string& text) {
  WriteFile(path, text.data(), text.size());
}

// Throws BadInput where a file could not be written, before long work is done for it. Leaves nothing behind.
void RequireWritable(const std::filesystem::path& path);
void RequireWritableFolder(const std::filesystem::path& folder);

// Throws UsageError if one of the outputs is a file of the inputs, whatever the name. Paths that are empty or do not
// exist are none.
void RefuseToReplace(const std::vector<std::filesystem::path>& inputs,
                     const std::vector<std::filesystem::path>& outputs);

// Throws BadInput that names the path if it does not exist or is a folder.
void RequireFile(const std::filesystem::path& path);

// A whole file. Throws BadInput that names it.
std::vector<uint8_t> ReadFile(const std::filesystem::path& path);

}  // namespace lockstep::files
