#include "input/list_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "graph/error.h"

namespace lockstep::input {
namespace {

namespace fs = std::filesystem;

// Editors of some systems end lines with a carriage return.
std::string WithoutEnds(const std::string& text) {
  constexpr const char* kEnds = " \t\r";
  const size_t first = text.find_first_not_of(kEnds);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kEnds) - first + 1);
}

}  // namespace

bool IsListFile(const std::string& path) { return fs::path(path).extension() == ".txt" && !fs::is_directory(path); }

std::vector<std::vector<std::string>> ReadListFile(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw BadInput("cannot read " + path + ": no such list of files; check the path");
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(in, line);) {
    if (WithoutEnds(line).empty()) continue;
    std::vector<std::string>& files = lines.emplace_back();
    std::istringstream parts(line);
    for (std::string part; std::getline(parts, part, ';');) {
      const std::string file = WithoutEnds(part);
      files.push_back(fs::exists(file) ? file : (fs::path(path).parent_path() / file).string());
    }
  }
  if (lines.empty()) throw BadInput(path + " names no file; write a path into each line");
  return lines;
}

}  // namespace lockstep::input
