#include "probe/span_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lockstep {
namespace {

constexpr size_t kMostSpans = 1 << 16;  // 1 MB, but for networks of which one run has more
constexpr size_t kMostRuns = 4096;

// All of it, however often the system interrupts. False with errno set; a file that ends too early is EIO.
template <typename Byte, typename Call>
bool Transfer(Call call, int file, Byte* bytes, size_t size) {
  while (size != 0) {
    const ssize_t done = call(file, bytes, size);
    if (done < 0 && errno == EINTR) continue;
    if (done == 0) errno = EIO;
    if (done <= 0) return false;
    bytes += done;
    size -= static_cast<size_t>(done);
  }
  return true;
}

// A new file, whose name goes at once. What is there under that name, a link to a file of somebody else's among it, is
// not opened.
int OpenWithoutName(const char* path) {
  constexpr int kAttempts = 8;  // another process may be doing the same
  for (int attempt = 0;; ++attempt) {
    const int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    const int error = errno;
    if (file >= 0 || error == EEXIST) unlink(path);
    errno = error;
    if (file >= 0 || error != EEXIST || attempt == kAttempts) return file;
  }
}

}  // namespace

SpanStore::~SpanStore() {
  if (file_ >= 0) close(file_);
}

Status SpanStore::Prepare(const String& folder, size_t spans) {
  folder_ = folder;
  spans_ = spans;
  room_ = std::clamp<size_t>(kMostSpans / spans, 1, kMostRuns);
  return memory_.Make(room_ * spans, "the trace");
}

void SpanStore::Keep() {
  ++runs_;
  if (++held_ == room_) Write();
}

void SpanStore::Write() {
  const size_t bytes = held_ * spans_ * sizeof(Span);
  held_ = 0;
  if (error_ != 0) return;
  if (file_ < 0) {
    char path[4096];
    if (folder_.size() >= sizeof(path) - 16) {
      error_ = ENAMETOOLONG;
      return;
    }
    std::memcpy(path, folder_.c_str(), folder_.size());
    std::memcpy(path + folder_.size(), "/trace.part", sizeof("/trace.part"));
    file_ = OpenWithoutName(path);
  }
  if (file_ < 0 || !Transfer(write, file_, reinterpret_cast<const uint8_t*>(memory_.data()), bytes)) error_ = errno;
}

Status SpanStore::Failed() const {
  return Status::Error(StatusCode::kUnreadable,
                       "the runs of the trace cannot be kept in %.128s: %s; make fewer runs, or name another folder",
                       folder_.c_str(), std::strerror(error_));
}

Status SpanStore::Rewind() {
  if (file_ < 0 && error_ == 0) return Status::Ok();
  Write();
  if (error_ == 0 && lseek(file_, 0, SEEK_SET) != 0) error_ = errno;
  return error_ == 0 ? Status::Ok() : Failed();
}

Status SpanStore::Next(uint64_t run, Span** spans) {
  *spans = memory_.data() + (file_ < 0 ? static_cast<size_t>(run) * spans_ : 0);
  if (file_ < 0 || Transfer(read, file_, reinterpret_cast<uint8_t*>(*spans), spans_ * sizeof(Span)))
    return Status::Ok();
  error_ = errno;
  return Failed();
}

}  // namespace lockstep
