// Finds pictures: the files of a folder and the frames of its videos, in an order that does not depend on the machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::input {

// What is made of a decoded picture before it is fitted to the network: another picture of the same things.
enum class PictureVariant { kPlain, kMirrored, kHalf };  // left and right changed; half as wide and high

struct PictureRef {
  std::string path;
  int64_t frame = -1;  // of a video; -1: a picture file
  PictureVariant variant = PictureVariant::kPlain;

  std::string Label() const;  // "folder/street.jpg", "folder/street.avi#120"
  bool operator==(const PictureRef& other) const {
    return path == other.path && frame == other.frame && variant == other.variant;
  }
};

// `path` is a picture, a video or a folder of both (not searched recursively). Files are sorted by name, bytewise; a
// video stands for `frames_per_video` frames spread evenly over it. Hidden files, folders and other formats are left
// out; `skipped`, if it is not null, gets a line that counts and names them (see SkippedText). Throws BadInput if the
// path does not exist, nothing in it is a picture or a video, or a video cannot be opened.
std::vector<PictureRef> ListPictures(const std::string& path, int frames_per_video = 32,
                                     std::string* skipped = nullptr);

// `count` places of a list of `size`, ascending, one from each of `count` equal stretches of it; the seed decides which
// one of the stretch (the same for all stretches). All of them if count is 0 or not below the list's length.
std::vector<size_t> SamplePlaces(size_t size, int count, uint64_t seed);

}  // namespace lockstep::input
