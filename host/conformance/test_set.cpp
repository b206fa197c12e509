#include "conformance/test_set.h"

#include <fnmatch.h>

#include <algorithm>

#include "graph/error.h"

namespace lockstep::conformance {

namespace fs = std::filesystem;

std::vector<Result> RunSet(const fs::path& set, const std::string& filter) {
  if (!fs::is_directory(set)) {
    throw BadInput(set.string() + ": no such folder; install libonnx-testdata, or name the data with --data");
  }
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(set)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory()) continue;
    if (filter.empty() || fnmatch(filter.c_str(), name.c_str(), 0) == 0) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  std::vector<Result> results;
  for (const fs::path& folder : folders) results.push_back(RunCase(folder));
  return results;
}

}  // namespace lockstep::conformance
