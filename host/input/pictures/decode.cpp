#include "input/pictures/decode.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <vector>

#include "graph/error.h"
#include "input/pictures/picture_structure.h"

namespace lockstep::input {

std::unique_ptr<DecodedPicture> DecodePicture(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw BadInput(path + ": cannot be opened");
  const std::vector<uint8_t> file{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (file.empty()) throw BadInput(path + ": the file is empty; replace or remove it");
  if (IsCutShort(file.data(), file.size())) {
    throw BadInput(path + ": the picture is cut short; replace or remove it");
  }
  std::unique_ptr<DecodedPicture> picture = LoadedPictureDecoder().Decode(file);
  if (!picture) throw BadInput(path + ": is damaged or no picture; replace or remove it");
  return picture;
}

std::unique_ptr<OpenVideo> OpenVideoFile(const std::string& path) {
  std::unique_ptr<OpenVideo> video = LoadedPictureDecoder().Open(path);
  if (!video) throw BadInput(path + ": is damaged or no video; replace or remove it");
  return video;
}

}  // namespace lockstep::input
