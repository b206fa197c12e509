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

constexpr size_t kPiece = size_t{1} << 20;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// `write` gets the file and returns whether all could be written. `shown` is the name that the user knows.
template <typename Write>
void WriteWith(const fs::path& path, const fs::path& shown, const Write& write) {
  // A file of our own: what was planted under its name is not opened.
  File file(std::fopen(path.c_str(), path == shown ? "wb" : "wbx"));
  if (!file) FailToWrite(shown, errno);
  if (!write(file.get()) || std::fflush(file.get()) != 0) FailToWrite(shown, errno);
  if (std::fclose(file.release()) != 0) FailToWrite(shown, errno);
}

void WriteBytes(const fs::path& path, const fs::path& shown, const void* data, size_t size) {
  WriteWith(path, shown, [&](std::FILE* file) { return size == 0 || std::fwrite(data, 1, size, file) == size; });
}

[[noreturn]] void FailToRead(const fs::path& path, int error) {
  throw BadInput("cannot read " + path.string() + ": " + std::strerror(error) + "; check the path");
}

File OpenToRead(const fs::path& path) {
  RequireFile(path);
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) FailToRead(path, errno);
  return file;
}

bool IsSpecial(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status);
}

}  // namespace

void FailToWrite(const fs::path& path, int error) {
  std::string way_out = "; check the path and its rights";
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    way_out = IsTemporary(path)
                  ? "; free some space in " + TemporaryParent().string() + ", or set TMPDIR to a folder with space"
                  : "; free some space or choose another folder";
  }
  throw BadInput("cannot write " + path.string() + ": " + std::strerror(error) + way_out);
}

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
  std::error_code ignored;
  if (IsSpecial(path) && !fs::is_directory(path, ignored)) return path;
  if (path.has_parent_path()) folders_.Make(path.parent_path());
  if (fs::is_directory(path)) throw BadInput("cannot write " + path.string() + ": it is a folder; name a file");
  fs::path temporary = path.parent_path() / (".partial-" + std::to_string(getpid()) + "-" + path.filename().string());
  fs::remove(temporary, ignored);  // of a program that was killed
  pending_.push_back({temporary, path, std::make_unique<RemovedWhenInterrupted>(temporary)});
  return temporary;
}

void OutputFiles::Add(const fs::path& path, const void* data, size_t size) {
  WriteBytes(Reserve(path), path, data, size);
}

void OutputFiles::Add(const fs::path& path, const NextBytes& next) {
  std::vector<uint8_t> piece(kPiece);
  WriteWith(Reserve(path), path, [&](std::FILE* file) {
    while (const size_t size = next(piece.data(), piece.size())) {
      if (std::fwrite(piece.data(), 1, size, file) != size) return false;
    }
    return true;
  });
}

void OutputFiles::AddCopy(const fs::path& path, const fs::path& source) {
  const File from = OpenToRead(source);
  Add(path, [&](void* bytes, size_t most) {
    const size_t got = std::fread(bytes, 1, most, from.get());
    if (got < most && std::ferror(from.get()) != 0) FailToRead(source, errno);
    return got;
  });
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
  const File file = OpenToRead(path);
  std::vector<uint8_t> bytes;
  std::error_code ignored;
  const auto size = fs::file_size(path, ignored);
  if (!ignored) bytes.reserve(size);
  std::vector<uint8_t> block(kPiece);
  for (;;) {
    const size_t got = std::fread(block.data(), 1, block.size(), file.get());
    bytes.insert(bytes.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
    if (got < block.size()) break;
  }
  if (std::ferror(file.get()) != 0) FailToRead(path, errno);
  return bytes;
}

}  // namespace lockstep::files
