#include "evaluate/segment/label_map.h"

#include <array>
#include <map>

#include "files/output_file.h"
#include "graph/error.h"
#include "input/pictures/preprocess.h"

namespace lockstep::evaluate {
namespace {

constexpr uint8_t kGrey = 0;  // PNG's colour types
constexpr uint8_t kPalette = 3;

uint32_t BigEndian(const std::vector<uint8_t>& file, size_t at) {
  return uint32_t{file[at]} << 24 | uint32_t{file[at + 1]} << 16 | uint32_t{file[at + 2]} << 8 | file[at + 3];
}

using Color = std::array<uint8_t, 3>;

// What a PNG file says of its pixels, before a decoder makes colours of them.
struct PngHead {
  uint8_t bits = 0;
  uint8_t color_type = 0;
  std::map<Color, uint8_t> palette;  // the first place of each colour
};

PngHead ReadHead(const std::vector<uint8_t>& file, const std::string& path) {
  static constexpr std::array<uint8_t, 8> kSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  constexpr size_t kBits = 24;       // in IHDR, which comes first
  constexpr size_t kFirstChunk = 8;  // chunks: length, type, data, check
  constexpr size_t kChunkFrame = 12;
  if (file.size() < kBits + 2 || !std::equal(kSignature.begin(), kSignature.end(), file.begin())) {
    throw BadInput(path + ": is no PNG file; label maps are PNG files of class numbers");
  }
  PngHead head{file[kBits], file[kBits + 1], {}};
  for (size_t at = kFirstChunk; at + kChunkFrame <= file.size();) {
    const size_t length = BigEndian(file, at);
    if (length > file.size() - at - kChunkFrame) break;
    if (std::string(file.begin() + static_cast<std::ptrdiff_t>(at) + 4,
                    file.begin() + static_cast<std::ptrdiff_t>(at) + 8) == "PLTE") {
      for (size_t i = 0; i + 3 <= length && i < 3 * 256; i += 3) {
        const size_t color = at + 8 + i;
        head.palette.emplace(Color{file[color], file[color + 1], file[color + 2]}, static_cast<uint8_t>(i / 3));
      }
    }
    at += length + kChunkFrame;
  }
  return head;
}

}  // namespace

LabelMap ReadLabelMap(const std::string& path) {
  files::RequireFile(path);
  const PngHead head = ReadHead(files::ReadFile(path), path);
  if (!(head.color_type == kPalette || (head.color_type == kGrey && head.bits <= 8))) {
    throw BadInput(path +
                   ": has colours, or more than 256 grey levels; label maps are PNG files whose grey levels, or "
                   "places in the palette, are class numbers");
  }
  const input::WholePicture picture = input::ReadWholePicture(path);
  LabelMap map{picture.height, picture.width, {}};
  map.labels.resize(picture.rgb.size() / 3);
  const int step = head.color_type == kGrey ? 255 / ((1 << head.bits) - 1) : 1;  // the decoder spreads few levels out
  for (size_t i = 0; i < map.labels.size(); ++i) {
    const Color color = {picture.rgb[3 * i], picture.rgb[3 * i + 1], picture.rgb[3 * i + 2]};
    if (head.color_type == kGrey) {
      map.labels[i] = static_cast<uint8_t>(color[0] / step);
      continue;
    }
    const auto place = head.palette.find(color);
    if (place == head.palette.end()) throw BadInput(path + ": has colours that its palette has not; save it again");
    map.labels[i] = place->second;
  }
  return map;
}

}  // namespace lockstep::evaluate
