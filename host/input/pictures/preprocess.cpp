#include "input/pictures/preprocess.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "graph/error.h"
#include "input/pictures/decode.h"

namespace lockstep::input {
namespace {

// A video is read frame by frame up to this distance: a seek costs as much, for it decodes from the last key frame.
constexpr int64_t kReadAhead = 128;

Placement PlacementOf(const DecodedPicture& picture, const PictureGeometry& geometry, PictureSize size,
                      const quantize::InputPreprocess& preprocess) {
  Placement placement;
  placement.color = preprocess.color;
  placement.height = picture.height();
  placement.width = picture.width();
  if (preprocess.resize == quantize::InputPreprocess::Resize::kNone) return placement;
  placement.height = size.height;
  placement.width = size.width;
  if (preprocess.resize == quantize::InputPreprocess::Resize::kStretch) return placement;
  placement.height = std::max(static_cast<int>(std::lround(picture.height() * geometry.scale_y)), 1);
  placement.width = std::max(static_cast<int>(std::lround(picture.width() * geometry.scale_x)), 1);
  placement.top = geometry.pad_y;
  placement.left = geometry.pad_x;
  placement.bottom = size.height - geometry.pad_y - placement.height;
  placement.right = size.width - geometry.pad_x - placement.width;
  placement.border = preprocess.pad_value;
  return placement;
}

std::unique_ptr<DecodedPicture> VariantOf(std::unique_ptr<DecodedPicture> picture, PictureVariant variant) {
  switch (variant) {
    case PictureVariant::kMirrored:
      return picture->Mirrored();
    case PictureVariant::kHalf:
      return picture->Halved();
    case PictureVariant::kPlain:
      break;
  }
  return picture;
}

float ValueFor(const std::vector<float>& values, size_t channel) { return values[values.size() == 1 ? 0 : channel]; }

}  // namespace

int ChannelCount(quantize::InputPreprocess::Color color) {
  return color == quantize::InputPreprocess::Color::kGray ? 1 : 3;
}

std::map<std::string, std::string> MeanAndStdProblems(const quantize::InputPreprocess& preprocess) {
  const auto channels = static_cast<size_t>(ChannelCount(preprocess.color));
  std::map<std::string, std::string> problems;
  for (const auto& [key, values] : {std::pair{"mean", &preprocess.mean}, std::pair{"std", &preprocess.std}}) {
    if (values->size() != 1 && values->size() != channels) {
      problems[key] = "has " + std::to_string(values->size()) + " numbers; give one, or one for each of the " +
                      std::to_string(channels) + " channels";
    } else if (!std::all_of(values->begin(), values->end(), [](float value) { return std::isfinite(value); })) {
      problems[key] = "has a number that is not finite";
    }
  }
  if (std::any_of(preprocess.std.begin(), preprocess.std.end(), [](float value) { return value <= 0.0F; })) {
    problems.emplace("std", "must be greater than 0");
  }
  return problems;
}

std::string MeanAndStdDoubt(const quantize::InputPreprocess& preprocess) {
  const auto all = [](const std::vector<float>& values, auto holds) {
    return std::all_of(values.begin(), values.end(), holds);
  };
  const bool small = all(preprocess.mean, [](float mean) { return std::abs(mean) <= 1.0F; }) &&
                     all(preprocess.std, [](float std) { return std <= 1.0F; });
  const bool raw_pixels = all(preprocess.mean, [](float mean) { return mean == 0.0F; }) &&
                          all(preprocess.std, [](float std) { return std == 1.0F; });
  if (!small || raw_pixels) return "";
  return "mean and std look like those of pixels from 0 to 1, but here they are for pixels from 0 to 255: was the "
         "network trained with pixels from 0 to 1? Then multiply both by 255";
}

PictureSize CheckPreprocess(const std::string& network, const std::string& tensor, const graph::Shape& shape,
                            const quantize::InputPreprocess& preprocess, bool channels_last) {
  const std::string input = network + ": input \"" + tensor + "\"";
  const int64_t wanted = ChannelCount(preprocess.color);
  if (shape.size() != 4) {
    throw UsageError(input + " has the shape " + graph::ToString(shape) +
                     "; pictures need NxCxHxW: choose --input-type " + tensor + ":f32 or set it with --input-shape");
  }
  const int64_t channels = shape[channels_last ? 3 : 1];
  if (channels != 1 && channels != 3) {
    throw UsageError(input + " has " + std::to_string(channels) +
                     " channels, a picture has 1 or 3; choose --input-type " + tensor + ":u8 or :f32");
  }
  if (channels != wanted) {
    throw UsageError(input + " has " + std::to_string(channels) + " channels, the colour order " +
                     std::to_string(wanted) + "; choose --color " + (channels == 1 ? "GRAY" : "RGB or BGR"));
  }
  for (const auto& [key, problem] : MeanAndStdProblems(preprocess)) {
    throw UsageError(input + ": " + std::string(key).append(" ").append(problem));
  }
  return {static_cast<int>(shape[channels_last ? 1 : 2]), static_cast<int>(shape[channels_last ? 2 : 3])};
}

PictureGeometry FitPicture(int source_height, int source_width, PictureSize size,
                           quantize::InputPreprocess::Resize resize, const std::string& label) {
  PictureGeometry geometry;
  geometry.source_height = source_height;
  geometry.source_width = source_width;
  const double ratio_y = static_cast<double>(size.height) / source_height;
  const double ratio_x = static_cast<double>(size.width) / source_width;
  switch (resize) {
    case quantize::InputPreprocess::Resize::kNone:
      if (source_height != size.height || source_width != size.width) {
        throw BadInput(label + ": is " + std::to_string(source_width) + "x" + std::to_string(source_height) +
                       " pixels, the network takes " + std::to_string(size.width) + "x" + std::to_string(size.height) +
                       "; use --resize letterbox or stretch");
      }
      break;
    case quantize::InputPreprocess::Resize::kStretch:
      geometry.scale_x = ratio_x;
      geometry.scale_y = ratio_y;
      break;
    case quantize::InputPreprocess::Resize::kLetterbox: {
      const double scale = std::min(ratio_x, ratio_y);
      geometry.scale_x = scale;
      geometry.scale_y = scale;
      geometry.pad_x = static_cast<int>((size.width - std::max(std::lround(source_width * scale), 1L)) / 2);
      geometry.pad_y = static_cast<int>((size.height - std::max(std::lround(source_height * scale), 1L)) / 2);
      break;
    }
  }
  return geometry;
}

struct PictureReader::Impl {
  quantize::InputPreprocess preprocess;
  PictureSize size;
  std::unique_ptr<OpenVideo> video;
  std::string video_path;
  int64_t next_frame = 0;

  std::unique_ptr<DecodedPicture> ReadFrame(const PictureRef& picture) {
    if (picture.path != video_path) {
      video_path.clear();
      video = OpenVideoFile(picture.path);
      video_path = picture.path;
      next_frame = 0;
    }
    if (picture.frame < next_frame || picture.frame - next_frame > kReadAhead) {
      video->Seek(picture.frame);
      next_frame = picture.frame;
    }
    for (; next_frame < picture.frame; ++next_frame) video->Skip();
    std::unique_ptr<DecodedPicture> frame = video->Read();
    if (!frame)
      throw BadInput(picture.Label() +
                     ": the frame cannot be read; the video is damaged or cut short, replace or remove it");
    ++next_frame;
    return frame;
  }
};

PictureReader::PictureReader(const quantize::InputPreprocess& preprocess, PictureSize size)
    : impl_(std::make_unique<Impl>(Impl{preprocess, size, {}, {}, 0})) {}
PictureReader::~PictureReader() = default;
PictureReader::PictureReader(PictureReader&&) noexcept = default;

PreparedPicture PictureReader::Read(const PictureRef& picture) {
  const std::unique_ptr<DecodedPicture> decoded =
      VariantOf(picture.frame < 0 ? DecodePicture(picture.path) : impl_->ReadFrame(picture), picture.variant);
  PreparedPicture prepared;
  prepared.geometry =
      FitPicture(decoded->height(), decoded->width(), impl_->size, impl_->preprocess.resize, picture.Label());
  prepared.height = impl_->size.height;
  prepared.width = impl_->size.width;
  prepared.channels = ChannelCount(impl_->preprocess.color);
  prepared.bytes = decoded->Place(PlacementOf(*decoded, prepared.geometry, impl_->size, impl_->preprocess));
  return prepared;
}

WholePicture ReadWholePicture(const std::string& path) {
  const std::unique_ptr<DecodedPicture> decoded = DecodePicture(path);
  Placement placement;
  placement.height = decoded->height();
  placement.width = decoded->width();
  return {placement.height, placement.width, decoded->Place(placement)};
}

PreparedPicture LoadPicture(const PictureRef& picture, const quantize::InputPreprocess& preprocess, PictureSize size) {
  return PictureReader(preprocess, size).Read(picture);
}

float Normalised(const quantize::InputPreprocess& preprocess, size_t channel, float value) {
  return (value - ValueFor(preprocess.mean, channel)) / ValueFor(preprocess.std, channel);
}

std::vector<float> NormalisedPixels(const graph::Shape& shape, const std::vector<int>& axes,
                                    const std::vector<uint8_t>& pixels, const quantize::InputPreprocess& preprocess) {
  const bool channels_last = axes.empty() || axes == std::vector<int>{0, 1, 2, 3};
  const auto batch = static_cast<size_t>(shape[0]);
  const auto plane = static_cast<size_t>(shape[1] * shape[2]);
  const auto channels = static_cast<size_t>(shape[3]);
  std::vector<float> values(pixels.size());
  for (size_t c = 0; c < channels; ++c) {
    std::array<float, 256> value{};
    for (size_t pixel = 0; pixel < value.size(); ++pixel) {
      value[pixel] = Normalised(preprocess, c, static_cast<float>(pixel));
    }
    for (size_t n = 0; n < batch; ++n) {
      const uint8_t* in = pixels.data() + n * plane * channels + c;
      float* out = values.data() + n * plane * channels + (channels_last ? c : c * plane);
      const size_t step = channels_last ? channels : 1;
      for (size_t i = 0; i < plane; ++i) out[i * step] = value[in[i * channels]];
    }
  }
  return values;
}

engine::FloatTensor ToFloatTensor(const PreparedPicture& picture, const quantize::InputPreprocess& preprocess) {
  return {
      {1, picture.channels, picture.height, picture.width},
      NormalisedPixels({1, picture.height, picture.width, picture.channels}, {0, 2, 3, 1}, picture.bytes, preprocess)};
}

}  // namespace lockstep::input
