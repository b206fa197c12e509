// A folder under TMPDIR that lives as long as its object.
#pragma once

#include <filesystem>
#include <memory>

#include "files/interrupt.h"

namespace lockstep::files {

class TemporaryFolder {
 public:
  TemporaryFolder();  // BadInput if it cannot be made
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::unique_ptr<RemovedWhenInterrupted> guard_;
};

}  // namespace lockstep::files
