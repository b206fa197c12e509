#include "base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstring>

#include "base/file_error.h"

namespace lockstep {
namespace {

Status NotWritable(const String& path, int error) {
  return Status::Error(CodeOfFileError(error), "%s: cannot be written: %s; check the path and its rights", path.c_str(),
                       std::strerror(error));
}

}  // namespace

OutputFile::~OutputFile() { Discard(); }

void OutputFile::Discard() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  file_ = nullptr;
  if (!special_) unlink(Part().c_str());
}

Status OutputFile::Open(const String& path) {
  Discard();
  path_ = path;
  error_ = 0;
  struct stat info = {};
  special_ = stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
  // Of what has that name already, a link to a file of somebody else's perhaps, nothing is written to.
  if (!special_) unlink(Part().c_str());
  file_ = std::fopen(Part().c_str(), special_ ? "wb" : "wbx");
  if (file_ != nullptr) return Status::Ok();
  return NotWritable(path, errno);
}

void OutputFile::Write(const void* data, size_t size) {
  if (error_ == 0 && std::fwrite(data, 1, size, file_) != size) error_ = errno;
}

void OutputFile::Print(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is above
  if (error_ == 0 && std::vfprintf(file_, format, arguments) < 0) error_ = errno;
  va_end(arguments);
}

Status OutputFile::Commit() {
  if (std::fflush(file_) != 0 && error_ == 0) error_ = errno;
  if (std::fclose(file_) != 0 && error_ == 0) error_ = errno;
  file_ = nullptr;
  if (error_ == 0 && !special_ && std::rename(Part().c_str(), path_.c_str()) != 0) error_ = errno;
  if (error_ == 0) return Status::Ok();
  if (!special_) unlink(Part().c_str());
  return Status::Error(CodeOfFileError(error_), "%s: cannot be written: %s; check the free space", path_.c_str(),
                       std::strerror(error_));
}

Status CheckWritable(const String& path) {
  struct stat info = {};
  const bool exists = stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) return NotWritable(path, EISDIR);
  if (exists && !S_ISREG(info.st_mode)) {
    return access(path.c_str(), W_OK) == 0 ? Status::Ok() : NotWritable(path, errno);
  }
  // Not the name that OutputFile uses: another process may be writing there. As long, so that it can be as wrong.
  const String attempt = path + ".test";
  const int descriptor = open(attempt.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return errno == EEXIST ? Status::Ok() : NotWritable(path, errno);
  close(descriptor);
  unlink(attempt.c_str());
  return Status::Ok();
}

Status WriteWholeFile(const String& path, const void* data, size_t size) {
  OutputFile file;
  LOCKSTEP_RETURN_IF_ERROR(file.Open(path));
  file.Write(data, size);
  return file.Commit();
}

Status MakeFolder(const String& path, List<String>* made) {
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const String folder = path.substr(0, end);
    if (mkdir(folder.c_str(), 0777) == 0) {
      if (made != nullptr) made->push_back(folder);
    } else if (errno != EEXIST) {
      return Status::Error(CodeOfFileError(errno),
                           "%s: the folder cannot be made: %s; name another, or check its rights", folder.c_str(),
                           std::strerror(errno));
    }
    if (end == String::npos) break;
  }
  struct stat info = {};
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return Status::Ok();
  return Status::Error(StatusCode::kUnreadable, "%s: is not a folder; name another", path.c_str());
}

OutputFolder::~OutputFolder() {
  for (; !made_.empty(); made_.pop_back()) rmdir(made_.back().c_str());  // only if it is empty
}

}  // namespace lockstep
