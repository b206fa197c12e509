// Results in a file, one on each line, so that long work that was interrupted goes on where it was.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "files/output_file.h"

namespace lockstep::files {

// A line is appended and written out as soon as its result is there: a key without blanks that says what the result was
// made from, and its text. What an interruption cut off is not read.
class LineStore {
 public:
  // `head`: the file's first line, which tells such files from others. Missing folders are made. An empty path keeps
  // nothing. Throws BadInput if the file is no such file or cannot be written; its messages name --state.
  LineStore(const std::filesystem::path& path, const std::string& head);

  std::optional<std::string> Find(const std::string& key) const;
  void Add(const std::string& key, const std::string& text);  // by any thread

 private:
  void Read(const std::string& head);

  std::string path_;
  std::map<std::string, std::string> lines_;  // what the file held, by key
  MadeFolders folders_;
  std::ofstream file_;
  bool ends_with_line_ = true;
  std::mutex mutex_;
};

}  // namespace lockstep::files
