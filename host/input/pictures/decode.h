// Picture and video files, opened with errors that name them.
#pragma once

#include <memory>
#include <string>

#include "input/pictures/picture_decoder.h"

namespace lockstep::input {

// Throws BadInput naming the file.
std::unique_ptr<DecodedPicture> DecodePicture(const std::string& path);

// The same without the turn that its EXIF orientation asks for.
std::unique_ptr<DecodedPicture> DecodePictureAsStored(const std::string& path);

// Throws BadInput naming the file.
PictureFacts FactsOfPicture(const std::string& path);

// Throws BadInput naming the file if it is no video.
std::unique_ptr<OpenVideo> OpenVideoFile(const std::string& path);

}  // namespace lockstep::input
