// The part of this room that needs OpenCV and its codecs: a plugin, loaded with the first picture or video. It throws
// nothing; what cannot be decoded is a null pointer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "quantize/quantized_graph.h"

namespace lockstep::input {

// How a picture is scaled. Models are fed with kLinear; the others are what other programs do.
enum class Interpolation {
  kLinear,  // OpenCV's: pixels are squares, nothing is averaged
  kNearest,
  kCubic,
  kArea,
  kLanczos,
  kTriangle,         // bilinear as PIL has it: scaling down averages
  kLinearCorners,    // the corners of both pictures are the centres of pixels (align_corners)
  kLinearUncentred,  // x * scale, without the half pixel
};

// How a picture becomes the bytes of a tensor: colours, then scaling, then borders of one grey.
struct Placement {
  quantize::InputPreprocess::Color color = quantize::InputPreprocess::Color::kRgb;
  int height = 0;  // the picture's own after scaling
  int width = 0;
  int top = 0, left = 0, bottom = 0, right = 0;  // below 0: as many rows or columns are cut off
  uint8_t border = 0;
  Interpolation interpolation = Interpolation::kLinear;
};

// What a picture file holds before anything is made of it.
struct PictureFacts {
  int height = 0;  // as stored
  int width = 0;
  int channels = 0;     // 1, 3, or 4 with alpha
  int bits = 8;         // of a channel
  bool turned = false;  // its EXIF orientation says to turn or mirror it
};

class DecodedPicture {
 public:
  virtual ~DecodedPicture() = default;
  virtual int height() const = 0;
  virtual int width() const = 0;
  virtual std::vector<uint8_t> Place(const Placement& placement) const = 0;  // H,W,C
  virtual std::unique_ptr<DecodedPicture> Mirrored() const = 0;              // left and right changed
  virtual std::unique_ptr<DecodedPicture> Halved() const = 0;                // both sides; areas are averaged
  virtual std::vector<uint8_t> Jpeg(int longest_side) const = 0;             // a file, no larger than the picture is
};

class OpenVideo {
 public:
  virtual ~OpenVideo() = default;
  virtual int64_t frame_count() const = 0;
  virtual void Seek(int64_t frame) = 0;
  virtual void Skip() = 0;
  virtual std::unique_ptr<DecodedPicture> Read() = 0;  // the next frame
};

class PictureDecoder {
 public:
  virtual ~PictureDecoder() = default;
  virtual std::unique_ptr<DecodedPicture> Decode(const std::vector<uint8_t>& file) const = 0;          // turned upright
  virtual std::unique_ptr<DecodedPicture> DecodeAsStored(const std::vector<uint8_t>& file) const = 0;  // not turned
  virtual std::unique_ptr<PictureFacts> Facts(const std::vector<uint8_t>& file) const = 0;
  virtual std::unique_ptr<OpenVideo> Open(const std::string& path) const = 0;
};

// What the plugin exports.
using GetPictureDecoder = const PictureDecoder* (*)();
inline constexpr const char* kGetPictureDecoder = "lockstep_picture_decoder";

// Loads the plugin; throws BadInput that says where it was looked for.
const PictureDecoder& LoadedPictureDecoder();

}  // namespace lockstep::input
