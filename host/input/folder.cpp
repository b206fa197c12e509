#include "input/folder.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <string_view>

#include "graph/error.h"

namespace lockstep::input {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kPictureExtensions = {".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".webp"};
constexpr std::array<std::string_view, 2> kVideoExtensions = {".avi", ".mp4"};

template <size_t kCount>
bool IsOneOf(const std::array<std::string_view, kCount>& extensions, const std::string& extension) {
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

// Why a file is left out whatever its format; nothing if it is not.
std::string ReasonToSkip(const fs::path& path) {
  std::error_code ignored;
  if (path.filename().string()[0] == '.') return "hidden";
  const fs::file_status status = fs::status(path, ignored);
  if (!fs::exists(status)) return "broken link";
  if (fs::is_directory(status)) return "folder";
  return fs::is_regular_file(status) ? "" : "no regular file";
}

}  // namespace

FileKind KindOf(const std::string& path) {
  std::string extension = fs::path(path).extension().string();
  if (extension == ".bin") return FileKind::kRaw;
  if (extension == ".npy") return FileKind::kArray;
  if (extension == ".npz") return FileKind::kSet;
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (IsOneOf(kPictureExtensions, extension)) return FileKind::kPicture;
  return IsOneOf(kVideoExtensions, extension) ? FileKind::kVideo : FileKind::kOther;
}

const char* KnownPictures() { return "jpg, jpeg, png, bmp, ppm, webp, avi, mp4"; }

FolderContent ListFolder(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder, error)) paths.push_back(entry.path());
  if (error) throw BadInput(folder + ": the folder cannot be read: " + error.message() + "; check its rights");
  std::sort(paths.begin(), paths.end(), [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  FolderContent content;
  for (const fs::path& path : paths) {
    std::string reason = ReasonToSkip(path);
    if (reason.empty()) {
      switch (KindOf(path.string())) {
        case FileKind::kPicture:
        case FileKind::kVideo:
          content.pictures.push_back(path.string());
          continue;
        case FileKind::kRaw:
          content.raw.push_back(path.string());
          continue;
        case FileKind::kArray:
          content.arrays.push_back(path.string());
          continue;
        case FileKind::kSet:
          content.sets.push_back(path.string());
          continue;
        case FileKind::kOther:
          reason = "format not read";
          break;
      }
    }
    content.skipped.push_back(path.filename().string().append(" (").append(reason).append(")"));
  }
  return content;
}

std::string SkippedText(const std::string& folder, const std::vector<std::string>& skipped) {
  if (skipped.empty()) return "";
  constexpr size_t kNamed = 5;
  std::string text = std::to_string(skipped.size()) + (skipped.size() == 1 ? " file in " : " files in ") + folder +
                     (skipped.size() == 1 ? " was skipped: " : " were skipped: ");
  for (size_t i = 0; i < std::min(kNamed, skipped.size()); ++i) text += (i == 0 ? "" : ", ") + skipped[i];
  if (skipped.size() > kNamed) text += " and " + std::to_string(skipped.size() - kNamed) + " more";
  return text;
}

}  // namespace lockstep::input
