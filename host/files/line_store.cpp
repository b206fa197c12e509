#include "files/line_store.h"

#include "graph/error.h"

namespace lockstep::files {
namespace {

constexpr const char* kEnd = " .";  // of a result that was written whole

}  // namespace

LineStore::LineStore(const std::filesystem::path& path, const std::string& head) : path_(path.string()) {
  if (path.empty()) return;
  const bool exists = std::filesystem::exists(path);
  if (exists) {
    Read(head);
  } else {
    RequireWritable(path);
    if (path.has_parent_path()) folders_.Make(path.parent_path());
  }
  file_.open(path, std::ios::binary | std::ios::app);
  if (!exists) file_ << head << "\n";
  if (!ends_with_line_) file_ << "\n";
  file_.flush();
  if (!file_)
    throw BadInput(path_ + ": results cannot be kept in this file; name another --state, or keep none with --no-state");
}

void LineStore::Read(const std::string& head) {
  std::ifstream file(path_, std::ios::binary);
  std::string line;
  if (!std::getline(file, line) || line != head) {
    throw BadInput(path_ + ": is no file of this version that starts with \"" + head +
                   "\"; remove it or name another --state");
  }
  while (std::getline(file, line)) {
    ends_with_line_ = !file.eof();
    const size_t blank = line.find(' ');
    const size_t end = line.rfind(kEnd);
    if (end == std::string::npos || end + 2 != line.size() || blank >= end) continue;
    lines_[line.substr(0, blank)] = line.substr(blank + 1, end - blank - 1);
  }
}

std::optional<std::string> LineStore::Find(const std::string& key) const {
  const auto found = lines_.find(key);
  return found == lines_.end() ? std::nullopt : std::make_optional(found->second);
}

void LineStore::Add(const std::string& key, const std::string& text) {
  if (path_.empty()) return;
  const std::string line = key + " " + text + kEnd + "\n";
  const std::lock_guard<std::mutex> lock(mutex_);
  file_ << line;
  file_.flush();
  if (!file_) throw BadInput(path_ + ": a result cannot be written; free space on its disk or name another --state");
}

}  // namespace lockstep::files
