// What lies in a folder of inputs, and what of it is left out.
#pragma once

#include <string>
#include <vector>

namespace lockstep::input {

enum class FileKind { kPicture, kVideo, kRaw, kArray, kSet, kOther };

// By the name's ending.
FileKind KindOf(const std::string& path);

// "jpg, jpeg, png, ...": the endings of pictures and videos.
const char* KnownPictures();

struct FolderContent {
  std::vector<std::string> pictures;  // pictures and videos; paths, sorted bytewise
  std::vector<std::string> raw;       // .bin files
  std::vector<std::string> arrays;    // .npy files
  std::vector<std::string> sets;      // .npz files
  std::vector<std::string>
      skipped;  // "a.tif (format not read)", "b.png (broken link)", "._c.png (hidden)", "d (folder)"
};

// Throws BadInput if the folder cannot be read.
FolderContent ListFolder(const std::string& folder);

// "3 files in FOLDER were skipped: a.tif (format not read), .. and 2 more"; empty if there are none.
std::string SkippedText(const std::string& folder, const std::vector<std::string>& skipped);

}  // namespace lockstep::input
