#include "checklist/variations.h"

#include "checklist/normalisation.h"
#include "checklist/placements.h"
#include "graph/error.h"
#include "input/pictures/decode.h"

namespace lockstep::checklist {
namespace {

using Color = quantize::InputPreprocess::Color;

graph::Shape OneOf(const input::InputInfo& info) {
  graph::Shape shape = info.layout.shape;
  shape[0] = 1;
  return shape;
}

std::vector<float> Values(const input::InputInfo& info, const std::vector<uint8_t>& pixels,
                          const quantize::InputPreprocess& preprocess) {
  return input::NormalisedPixels(OneOf(info), info.layout.axes, pixels, preprocess);
}

}  // namespace

std::vector<Variation> VariationsOf(const PictureInput& input) {
  const input::InputInfo& info = input.info();
  const quantize::InputPreprocess& own = info.preprocess;
  const std::unique_ptr<input::DecodedPicture> picture = input::DecodePicture(input.path());
  const input::PictureSize size{static_cast<int>(info.layout.shape[1]), static_cast<int>(info.layout.shape[2])};
  const std::vector<NamedPlacement> placements = PlacementsOf(picture->height(), picture->width(), size, own);
  if (!placements.front().as_model) {
    throw BadInput(input.path() + ": is " + std::to_string(picture->width()) + "x" + std::to_string(picture->height()) +
                   " pixels, the model takes " + std::to_string(size.width) + "x" + std::to_string(size.height) +
                   " and resizes nothing; name a picture of its size");
  }
  std::vector<Variation> variations;
  const std::vector<uint8_t> pixels = picture->Place(placements.front().placement);
  variations.push_back({"as the model has it", Values(info, pixels, own)});
  if (own.color != Color::kGray) {
    input::Placement swapped = placements.front().placement;
    swapped.color = own.color == Color::kRgb ? Color::kBgr : Color::kRgb;
    variations.push_back({"red and blue swapped", Values(info, picture->Place(swapped), own)});
  }
  const auto channels = static_cast<size_t>(info.layout.shape[3]);
  const std::vector<ChannelFit> own_fit = FitOf(own, channels);
  for (const UsualNormalisation& usual : UsualNormalisations()) {
    if (usual.mean.size() > channels) continue;
    const quantize::InputPreprocess other = WithNormalisation(own, usual);
    constexpr double kSame = 0.01;  // grey levels
    if (LevelsApart(own_fit, FitOf(other, channels)) < kSame) continue;
    variations.push_back({std::string("pixels as ") + usual.name, Values(info, pixels, other)});
  }
  for (size_t i = 1; i < placements.size(); ++i) {
    variations.push_back({placements[i].name, Values(info, picture->Place(placements[i].placement), own)});
  }
  if (!input::FactsOfPicture(input.path()).turned) return variations;
  const std::unique_ptr<input::DecodedPicture> stored = input::DecodePictureAsStored(input.path());
  const NamedPlacement as_stored = PlacementsOf(stored->height(), stored->width(), size, own).front();
  if (as_stored.as_model) {
    variations.push_back({"EXIF orientation ignored", Values(info, stored->Place(as_stored.placement), own)});
  }
  return variations;
}

}  // namespace lockstep::checklist
