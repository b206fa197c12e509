#include "files/temporary_folder.h"

#include <fcntl.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "graph/error.h"

namespace lockstep::files {
namespace {

constexpr const char* kBeginning = "lockstep.";  // of the names
constexpr const char* kLocked = "run.XXXXXX";    // and how those go on that are locked while they are in use

// The descriptor of a folder that is locked now, to be closed; -1 with errno EWOULDBLOCK if somebody else has locked
// it, ENOENT if it is gone.
int Lock(const std::filesystem::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return -1;
  // Whoever had it locked until now may have removed it.
  struct stat there = {};
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && lstat(folder.c_str(), &there) == 0) return descriptor;
  const int reason = errno;
  close(descriptor);
  errno = reason;
  return -1;
}

void RemoveAbandoned(const std::filesystem::path& parent) {
  const std::string pattern = std::string(kBeginning) + kLocked;
  const size_t same = pattern.find('X');
  std::error_code ignored;
  auto entry = std::filesystem::directory_iterator(parent, ignored);
  for (; !ignored && entry != std::filesystem::directory_iterator(); entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (name.size() != pattern.size() || name.compare(0, same, pattern, 0, same) != 0) continue;
    struct stat info = {};
    if (lstat(entry->path().c_str(), &info) != 0 || info.st_uid != geteuid()) continue;
    const int lock = Lock(entry->path());
    if (lock < 0) continue;
    std::error_code not_removed;  // the next program tries again
    std::filesystem::remove_all(entry->path(), not_removed);
    close(lock);
  }
}

}  // namespace

std::filesystem::path TemporaryParent() {
  std::error_code error;
  std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  if (!error) return parent;
  const char* wanted = std::getenv("TMPDIR");
  throw BadInput("the temporary folder " + std::string(wanted == nullptr ? "/tmp" : wanted) +
                 " is not usable: " + error.message() + "; set TMPDIR to a folder");
}

bool IsTemporary(const std::filesystem::path& path) {
  std::error_code error;
  const std::string beginning = (std::filesystem::temp_directory_path(error) / kBeginning).string();
  return !error && path.string().compare(0, beginning.size(), beginning) == 0;
}

TemporaryFolder::TemporaryFolder() {
  const std::filesystem::path parent = TemporaryParent();
  RemoveAbandoned(parent);
  // Another program may take the folder for abandoned before it is locked. Where locks do not work (some network file
  // systems) it cannot.
  for (errno = EWOULDBLOCK; lock_ < 0 && (errno == EWOULDBLOCK || errno == ENOENT);) {
    std::string name = (parent / (std::string(kBeginning) + kLocked)).string();
    if (mkdtemp(name.data()) == nullptr) {
      throw BadInput("cannot make a temporary folder in " + parent.string() + ": " + std::strerror(errno) +
                     "; set TMPDIR to a folder with space");
    }
    path_ = name;
    lock_ = Lock(path_);
  }
  guard_ = std::make_unique<RemovedWhenInterrupted>(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  if (lock_ >= 0) close(lock_);
}

}  // namespace lockstep::files
