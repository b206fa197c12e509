#include "files/temporary_folder.h"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX

#include <cerrno>
#include <cstring>
#include <string>

#include "graph/error.h"

namespace lockstep::files {

TemporaryFolder::TemporaryFolder() {
  std::error_code error;
  std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  if (error) throw BadInput("the temporary folder is not usable: " + error.message() + "; set TMPDIR to a folder");
  std::string name = (parent / "lockstep.XXXXXX").string();
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
