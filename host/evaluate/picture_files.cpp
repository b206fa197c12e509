#include "evaluate/picture_files.h"

#include <filesystem>

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

std::string Beside(const std::string& folder, const std::string& picture, const std::string& extension) {
  return (fs::path(folder) / fs::path(picture).stem()).string() + extension;
}

}  // namespace lockstep::evaluate
