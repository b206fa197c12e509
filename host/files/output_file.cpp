#include "files/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include "files/temporary_folder.h"
#include "graph/error.h"

namespace lockstep::files {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

[[noreturn]] void FailToWrite(const fs::path& path, int error) {
  std::string way_out = "; check the path and its rights";
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    way_out = IsTemporary(path)
                  ? "; free some space in " + TemporaryParent().string() + ", or set TMPDIR to a folder with space"
                  : "; free some space or choose another folder";
  }
  throw BadInput("cannot write " + path.string() + ": " + std::strerror(error) + way_out);
}

void WriteBytes(const fs::path& path, const fs::path& shown, const void* data, size_t size) {
  File file(std::fopen(path.c_str(), "wb"));
  if (!file) FailToWrite(shown, errno);
  if (size != 0 && std::fwrite(data, 1, size, file.get()) != size) FailToWrite(shown, errno);
  if (std::fflush(file.get()) != 0) FailToWrite(shown, errno);
  if (std::fclose(file.release()) != 0) FailToWrite(shown, errno);
}

bool IsSpecial(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status);
}

}  // namespace

MadeFolders::~MadeFolders() {
  std::error_code ignored;
  for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder)
    fs::remove(folder->folder, ignored);  // if it is empty
}

void MadeFolders::Make(const fs::path& folder) {
  std::vector<fs::path> missing;
  std::error_code error;
  for (fs::path at = folder; !at.empty() && !fs::exists(at, error); at = at.parent_path()) missing.push_back(at);
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    made_.push_back({*at, std::make_unique<RemovedIfEmptyWhenInterrupted>(*at)});
  }
  fs::create_directories(folder, error);
  if (error) {
    throw BadInput("cannot make the folder " + folder.string() + ": " + error.message() +
                   "; check the path and its rights");
  }
}

OutputFiles::~OutputFiles() {
  std::error_code ignored;
  for (const Pending& file : pending_) fs::remove(file.temporary, ignored);
}

fs::path OutputFiles::Reserve(const fs::path& path) {
  if (path.has_parent_path()) folders_.Make(path.parent_path());
  if (fs::is_directory(path)) throw BadInput("cannot write " + path.string() + ": it is a folder; name a file");
  fs::path temporary = path.parent_path() / (".partial-" + std::to_string(getpid()) + "-" + path.filename().string());
  pending_.push_back({temporary, path, std::make_unique<RemovedWhenInterrupted>(temporary)});
  return temporary;
}

void OutputFiles::Add(const fs::path& path, const void* data, size_t size) {
  if (IsSpecial(path) && !fs::is_directory(path)) {
    WriteBytes(path, path, data, size);
    return;
  }
  WriteBytes(Reserve(path), path, data, size);
}

void OutputFiles::Commit() {
  while (!pending_.empty()) {
    const Pending& file = pending_.back();
    if (std::rename(file.temporary.c_str(), file.final_path.c_str()) != 0) FailToWrite(file.final_path, errno);
    pending_.pop_back();
  }
}

void WriteFile(const fs::path& path, const void* data, size_t size) {
  OutputFiles files;
  files.Add(path, data, size);
  files.Commit();
}

void RequireWritable(const fs::path& path) {
  if (IsSpecial(path) && !fs::is_directory(path)) {  // opening a pipe would end its reader
    if (access(path.c_str(), W_OK) != 0) FailToWrite(path, errno);
    return;
  }
  OutputFiles probe;
  probe.Add(path, "");
}

void RequireWritableFolder(const fs::path& folder) {
  OutputFiles probe;
  WriteBytes(probe.Reserve(folder / "probe"), folder, "", 0);
}

void RefuseToReplace(const std::vector<fs::path>& inputs, const std::vector<fs::path>& outputs) {
  for (const fs::path& output : outputs) {
    std::error_code ignored;
    if (!fs::is_regular_file(output, ignored)) continue;
    for (const fs::path& input : inputs) {
      if (!fs::equivalent(input, output, ignored)) continue;
      throw UsageError("the output " + output.string() + " would replace the input " + input.string() +
                       "; name another file");
    }
  }
}

void RequireFile(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) throw BadInput("cannot read " + path.string() + ": " + error.message() + "; check the path");
  if (fs::is_directory(status)) throw BadInput("cannot read " + path.string() + ": it is a folder; name a file");
}

std::vector<uint8_t> ReadFile(const fs::path& path) {
  RequireFile(path);
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) throw BadInput("cannot read " + path.string() + ": " + std::strerror(errno) + "; check the path");
  std::vector<uint8_t> bytes;
  std::error_code ignored;
  const auto size = fs::file_size(path, ignored);
  if (!ignored) bytes.reserve(size);
  std::vector<uint8_t> block(size_t{1} << 20);
  for (;;) {
    const size_t got = std::fread(block.data(), 1, block.size(), file.get());
    bytes.insert(bytes.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
    if (got < block.size()) break;
  }
  if (std::ferror(file.get()) != 0) throw BadInput("cannot read " + path.string() + ": " + std::strerror(errno));
  return bytes;
}

}  // namespace lockstep::files
