#include "input/pictures/decode.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <vector>

#include "graph/error.h"
#include "input/pictures/picture_structure.h"

namespace lockstep::input {

namespace {

std::vector<uint8_t> ReadPictureFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw BadInput(path + ": cannot be opened");
  std::vector<uint8_t> file{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (file.empty()) throw BadInput(path + ": the file is empty; replace or remove it");
  if (IsCutShort(file.data(), file.size())) {
    throw BadInput(path + ": the picture is cut short; replace or remove it");
  }
  return file;
}

template <typename Decoded>
std::unique_ptr<Decoded> Require(std::unique_ptr<Decoded> decoded, const std::string& path) {
  if (!decoded) throw BadInput(path + ": is damaged or no picture; replace or remove it");
  return decoded;
}

}  // namespace

std::unique_ptr<DecodedPicture> DecodePicture(const std::string& path) {
  return Require(LoadedPictureDecoder().Decode(ReadPictureFile(path)), path);
}

std::unique_ptr<DecodedPicture> DecodePictureAsStored(const std::string& path) {
  return Require(LoadedPictureDecoder().DecodeAsStored(ReadPictureFile(path)), path);
}

PictureFacts FactsOfPicture(const std::string& path) {
  return *Require(LoadedPictureDecoder().Facts(ReadPictureFile(path)), path);
}

std::unique_ptr<OpenVideo> OpenVideoFile(const std::string& path) {
  std::unique_ptr<OpenVideo> video = LoadedPictureDecoder().Open(path);
  if (!video) throw BadInput(path + ": is damaged or no video; replace or remove it");
  return video;
}

}  // namespace lockstep::input
