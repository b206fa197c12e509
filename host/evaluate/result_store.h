// Results of pictures in a file, so that an evaluation that was interrupted goes on where it was.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "evaluate/picture_result.h"

namespace lockstep::evaluate {

// A line for each result, appended as soon as it is there: a key that says what it was made from, and its numbers. What
// an interruption cut off is not read.
class ResultStore {
 public:
  // An empty path keeps nothing. Throws BadInput if the file is no such file or cannot be written.
  explicit ResultStore(const std::filesystem::path& path);

  std::optional<PictureResult> Find(const std::string& key) const;
  void Add(const std::string& key, const PictureResult& result);  // by any thread

 private:
  std::map<std::string, std::string> lines_;  // what the file held, by key
  std::ofstream file_;
  std::string path_;
  std::mutex mutex_;
};

}  // namespace lockstep::evaluate
