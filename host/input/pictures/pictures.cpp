#include "input/pictures/pictures.h"

#include <algorithm>
#include <filesystem>

#include "graph/error.h"
#include "input/folder.h"
#include "input/pictures/decode.h"

namespace lockstep::input {
namespace {

void AppendVideo(const std::string& path, int frames_per_video, std::vector<PictureRef>& pictures) {
  const int64_t frames = OpenVideoFile(path)->frame_count();
  if (frames < 1) throw BadInput(path + ": the video has no frames; remove it");
  const int64_t taken = std::min<int64_t>(frames, std::max(frames_per_video, 1));
  for (int64_t i = 0; i < taken; ++i) pictures.push_back({path, (2 * i + 1) * frames / (2 * taken)});
}

bool AppendFile(const std::string& path, int frames_per_video, std::vector<PictureRef>& pictures) {
  switch (KindOf(path)) {
    case FileKind::kPicture:
      pictures.push_back({path, -1});
      return true;
    case FileKind::kVideo:
      AppendVideo(path, frames_per_video, pictures);
      return true;
    case FileKind::kRaw:
    case FileKind::kArray:
    case FileKind::kSet:
    case FileKind::kOther:
      break;
  }
  return false;
}

// A number in [0, 1) that changes with the seed; one half for seed 0.
double FractionOf(uint64_t seed) {
  if (seed == 0) return 0.5;
  uint64_t z = seed * 0x9e3779b97f4a7c15u;  // splitmix64
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) / 9007199254740992.0;  // 2^53
}

}  // namespace

std::string PictureRef::Label() const { return frame < 0 ? path : path + "#" + std::to_string(frame); }

std::vector<PictureRef> ListPictures(const std::string& path, int frames_per_video, std::string* skipped) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error || !std::filesystem::exists(status)) {
    throw BadInput(path + ": no such picture or folder; check the path");
  }
  std::vector<PictureRef> pictures;
  if (!std::filesystem::is_directory(status)) {
    if (AppendFile(path, frames_per_video, pictures)) return pictures;
    throw BadInput(path + ": is neither a picture nor a video (known: " + KnownPictures() + ")");
  }
  const FolderContent content = ListFolder(path);
  for (const std::string& file : content.pictures) AppendFile(file, frames_per_video, pictures);
  std::vector<std::string> left_out;
  for (const auto& [files, kind] : {std::pair{&content.raw, " (raw bytes)"}, std::pair{&content.arrays, " (an array)"},
                                    std::pair{&content.sets, " (arrays)"}}) {
    for (const std::string& file : *files) {
      left_out.push_back(std::filesystem::path(file).filename().string() + kind);
    }
  }
  left_out.insert(left_out.end(), content.skipped.begin(), content.skipped.end());
  const std::string note = SkippedText(path, left_out);
  if (pictures.empty()) {
    throw BadInput(path + ": no pictures in this folder (looked for " + KnownPictures() + ")" +
                   (note.empty() ? "" : "; " + note));
  }
  if (skipped != nullptr) *skipped = note;
  return pictures;
}

std::vector<size_t> SamplePlaces(size_t size, int count, uint64_t seed) {
  std::vector<size_t> sample;
  if (count <= 0 || static_cast<size_t>(count) >= size) {
    for (size_t i = 0; i < size; ++i) sample.push_back(i);
    return sample;
  }
  const double stretch = static_cast<double>(size) / count;
  const double fraction = FractionOf(seed);
  for (int i = 0; i < count; ++i) {
    sample.push_back(std::min(static_cast<size_t>((i + fraction) * stretch), size - 1));
  }
  return sample;
}

}  // namespace lockstep::input
