#include "evaluate/picture_files.h"

#include <filesystem>
#include <map>

#include "graph/error.h"
#include "input/folder.h"

namespace lockstep::evaluate {

namespace fs = std::filesystem;

void RequireFolder(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) throw BadInput(folder + ": no such folder; check the path");
}

std::vector<std::string> PictureFiles(const std::string& folder) {
  std::vector<std::string> files;
  for (const std::string& path : input::ListFolder(folder).pictures) {
    if (input::KindOf(path) == input::FileKind::kPicture) files.push_back(path);
  }
  return files;
}

std::vector<std::string> PictureNames(const std::string& folder, const std::vector<std::string>& pictures) {
  std::vector<std::string> names;
  std::map<std::string, std::string> owners;
  for (const std::string& picture : pictures) {
    const fs::path below = fs::path(picture).lexically_relative(folder);
    names.push_back(fs::path(below).replace_extension().generic_string());
    const auto [other, distinct] = owners.emplace(names.back(), picture);
    if (distinct) continue;
    throw UsageError("files of " + other->second + " and " + picture + " would both be called " + names.back() +
                     "; rename one of them");
  }
  return names;
}

std::string Beside(const std::string& folder, const std::string& picture, const std::string& extension) {
  return (fs::path(folder) / fs::path(picture).stem()).string() + extension;
}

}  // namespace lockstep::evaluate
