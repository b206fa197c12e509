// A folder under TMPDIR that lives as long as its object. While it is in use it is locked (flock): what a program that
// was killed left behind is not, and the next program that makes such a folder removes it.
#pragma once

#include <filesystem>
#include <memory>

#include "files/interrupt.h"

namespace lockstep::files {

// Where temporary folders are made: TMPDIR, or /tmp. Throws BadInput if that is no folder.
std::filesystem::path TemporaryParent();

// Whether a path lies in a temporary folder of this program.
bool IsTemporary(const std::filesystem::path& path);

class TemporaryFolder {
 public:
  TemporaryFolder();  // BadInput if it cannot be made
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;  // the folder's descriptor
  std::unique_ptr<RemovedWhenInterrupted> guard_;
};

}  // namespace lockstep::files
