// Finds pictures: the files of a folder and the frames of its videos, in an order that does not depend on the machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::input {

struct PictureRef {
  std::string path;
  int64_t frame = -1;  // of a video; -1: a picture file

  std::string Label() const;  // "folder/street.jpg", "folder/street.avi#120"
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
