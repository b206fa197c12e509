#include "evaluate/label_files.h"

#include <algorithm>
#include <filesystem>

#include "graph/counted.h"
#include "graph/error.h"
#include "graph/quoted.h"

namespace lockstep::evaluate {

namespace fs = std::filesystem;

std::vector<std::string> NamesOf(const std::string& folder, const std::string& extension) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void ThrowNoneMatches(const std::string& labels, const std::vector<std::string>& names, const std::string& what,
                      const std::string& images, const std::vector<std::string>& pictures) {
  const auto first = [](const std::string& name) { return " (the first is " + graph::Quoted(name) + ")"; };
  std::string text = labels + ": none of its " + graph::Counted(names.size(), what);
  if (!names.empty()) text += first(names.front());
  text += " belongs to a picture of " + images;
  if (!pictures.empty()) text += first(fs::path(pictures.front()).filename().string());
  throw BadInput(text + "; give labels and pictures whose names are the same");
}

std::string UnmatchedNote(const std::string& labels, const std::vector<std::string>& names, const std::string& what,
                          const std::string& images) {
  return graph::Counted(names.size(), what) + " of " + labels + (names.size() == 1 ? " belongs" : " belong") +
         " to no picture of " + images + ", the first is " + graph::Quoted(names.front());
}

std::string LeftOutNote(size_t count, const std::string& which) {
  return graph::Counted(count, "picture") + " " + which + (count == 1 ? " was" : " were") + " left out";
}

}  // namespace lockstep::evaluate
