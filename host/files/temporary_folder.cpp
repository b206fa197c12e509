#include "files/temporary_folder.h"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "graph/error.h"

namespace lockstep::files {
namespace {

constexpr const char* kBeginning = "lockstep.";  // of the names

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
  std::string name = (parent / (std::string(kBeginning) + "XXXXXX")).string();
  if (mkdtemp(name.data()) == nullptr) {
    throw BadInput("cannot make a temporary folder in " + parent.string() + ": " + std::strerror(errno) +
                   "; set TMPDIR to a folder with space");
  }
  path_ = name;
  guard_ = std::make_unique<RemovedWhenInterrupted>(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace lockstep::files
