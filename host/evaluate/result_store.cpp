#include "evaluate/result_store.h"

#include "files/output_file.h"
#include "graph/error.h"

namespace lockstep::evaluate {
namespace {

constexpr const char* kHead = "lockstep evaluation 1";  // the number changes with what results mean
constexpr const char* kEnd = " .";                      // of a result that was written whole

}  // namespace

ResultStore::ResultStore(const std::filesystem::path& path) : path_(path.string()) {
  if (path.empty()) return;
  const bool exists = std::filesystem::exists(path);
  bool ends_with_line = true;
  if (exists) {
    std::ifstream file(path, std::ios::binary);
    std::string line;
    if (!std::getline(file, line) || line != kHead) {
      throw BadInput(path_ + ": holds no results of evaluations of this version; remove it or name another --state");
    }
    while (std::getline(file, line)) {
      ends_with_line = !file.eof();
      const size_t blank = line.find(' ');
      const size_t end = line.rfind(kEnd);
      if (end == std::string::npos || end + 2 != line.size() || blank >= end) continue;
      lines_[line.substr(0, blank)] = line.substr(blank + 1, end - blank - 1);
    }
  } else {
    files::RequireWritable(path);
  }
  file_.open(path, std::ios::binary | std::ios::app);
  if (!exists) file_ << kHead << "\n";
  if (!ends_with_line) file_ << "\n";
  file_.flush();
  if (!file_)
    throw BadInput(path_ + ": results cannot be kept in this file; name another --state, or keep none with --no-state");
}

std::optional<PictureResult> ResultStore::Find(const std::string& key) const {
  const auto found = lines_.find(key);
  return found == lines_.end() ? std::nullopt : ParseResult(found->second);
}

void ResultStore::Add(const std::string& key, const PictureResult& result) {
  if (path_.empty()) return;
  const std::string line = key + " " + ToText(result) + kEnd + "\n";
  const std::lock_guard<std::mutex> lock(mutex_);
  file_ << line;
  file_.flush();
  if (!file_) throw BadInput(path_ + ": a result cannot be written; free space on its disk or name another --state");
}

}  // namespace lockstep::evaluate
