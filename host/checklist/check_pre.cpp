#include "checklist/check_pre.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "checklist/affine_fit.h"
#include "checklist/normalisation.h"
#include "checklist/placements.h"
#include "checklist/stored_array.h"
#include "dump/values.h"
#include "graph/error.h"
#include "graph/short_number.h"
#include "input/pictures/decode.h"

namespace lockstep::checklist {
namespace {

using input::DecodedPicture;

constexpr double kExplained = 1.5;    // grey levels, root of the mean square: decoders and roundings differ by as much
constexpr double kSameDecoder = 0.6;  // below it even the roundings are the same
constexpr double kMuchBetter = 0.5;   // an explanation must leave at most as much of the residual

// How well an array fits one way of making it.
struct Explanation {
  NamedPlacement placement;
  bool turned_off = false;  // the EXIF orientation was ignored
  Fit fit;

  bool BetterThan(const std::optional<Explanation>& other) const {
    return !other || fit.residual < other->fit.residual * (1.0 - 1e-9);
  }
};

class Search {
 public:
  Search(const input::InputInfo& input, const StoredArray& array) : preprocess_(input.preprocess), array_(array) {
    const graph::Shape& shape = input.layout.shape;  // N,H,W,C
    size_.height = static_cast<int>(shape[1]);
    size_.width = static_cast<int>(shape[2]);
    channels_ = static_cast<size_t>(shape[3]);
  }

  // The best of all ways; the model's own where another is hardly better.
  Explanation Run(const std::string& picture) {
    const std::unique_ptr<DecodedPicture> upright = input::DecodePicture(picture);
    TryAll(*upright, false);
    if (input::FactsOfPicture(picture).turned) TryAll(*input::DecodePictureAsStored(picture), true);
    if (!best_) throw BadInput(picture + ": all of it is of one colour, which tells nothing; name another picture");
    const bool own_is_good =
        own_ && (own_->fit.residual < kSameDecoder || best_->fit.residual > kMuchBetter * own_->fit.residual);
    return own_is_good ? *own_ : *best_;
  }

  PlacedPixels Place(const DecodedPicture& picture, const input::Placement& placement) const {
    return {picture.Place(placement), static_cast<size_t>(size_.height), static_cast<size_t>(size_.width), channels_,
            placement};
  }

 private:
  void TryAll(const DecodedPicture& picture, bool turned_off) {
    std::optional<Explanation> best;
    const auto consider = [&](const NamedPlacement& placement) {
      for (const bool swapped : {false, true}) {
        if (swapped && channels_ == 1) continue;
        for (const bool last : {false, true}) {
          if (last && channels_ == 1) continue;
          const std::optional<Fit> fit = FitPixels(Place(picture, placement.placement), array_.values, {last, swapped});
          if (!fit) continue;
          const Explanation explanation{placement, turned_off, *fit};
          if (explanation.BetterThan(best)) best = explanation;
          if (placement.as_model && !turned_off && explanation.BetterThan(own_)) own_ = explanation;
        }
      }
    };
    for (const NamedPlacement& placement : PlacementsOf(picture.height(), picture.width(), size_, preprocess_)) {
      consider(placement);
    }
    if (best && best->fit.residual > kSameDecoder) {
      const Explanation placed = *best;
      for (const NamedPlacement& other : Neighbours(placed.placement, size_)) consider(other);
      for (const NamedPlacement& other : OtherInterpolations(placed.placement)) consider(other);
      // Both at once: a shift hides behind another interpolation, and the other way round.
      if (best->fit.residual > kSameDecoder) {
        const NamedPlacement nearer = best->placement;
        const bool moved = nearer.placement.interpolation == placed.placement.placement.interpolation;
        for (const NamedPlacement& other : moved ? OtherInterpolations(nearer) : Neighbours(nearer, size_)) {
          consider(other);
        }
      }
    }
    if (best && best->BetterThan(best_)) best_ = best;
  }

  const quantize::InputPreprocess& preprocess_;
  const StoredArray& array_;
  input::PictureSize size_;
  size_t channels_ = 0;
  std::optional<Explanation> own_;
  std::optional<Explanation> best_;
};

// The order of the axes that the array's shape says, if it says one.
std::optional<bool> ChannelsLastByShape(const StoredArray& array, const graph::Shape& nhwc) {
  graph::Shape shape = array.shape;
  if (shape.size() == 3) shape.insert(shape.begin(), 1);
  if (shape.size() != 4) return std::nullopt;
  const bool last = shape[1] == nhwc[1] && shape[2] == nhwc[2] && shape[3] == nhwc[3];
  const bool first = shape[1] == nhwc[3] && shape[2] == nhwc[1] && shape[3] == nhwc[2];
  if (last == first) return std::nullopt;
  return last;
}

class Findings {
 public:
  Findings(Stage& stage, const StoredArray& array, const input::InputInfo& input)
      : stage_(stage), array_(array), input_(input) {}

  // What differs from the model; each a sentence.
  std::vector<std::string> Of(const Explanation& explanation, const PlacedPixels& pixels) {
    std::vector<std::string> faults;
    Layout(explanation, faults);
    if (explanation.fit.layout.swapped) {
      faults.push_back(std::string("red and blue are swapped: the model takes ") + ColourText() +
                       ", the array holds the reverse");
    }
    if (explanation.turned_off) {
      faults.push_back("the picture's EXIF orientation was ignored: the array holds it as it is stored");
    }
    if (!explanation.placement.as_model) {
      faults.push_back("the picture was brought to size otherwise: " + explanation.placement.name + ", the model has " +
                       OwnPlacement());
    }
    const bool as_bytes = array_.dtype == "u8" &&
                          LevelsApart(explanation.fit.channels, {pixels.channels, ChannelFit{1.0, 0.0}}) < kSameDecoder;
    const std::string normalised =
        as_bytes ? "" : ExplainNormalisation(InNetworkOrder(explanation.fit), input_.preprocess);
    if (!normalised.empty()) faults.push_back(normalised);
    Border(explanation, pixels, faults);
    return faults;
  }

  bool HoldsBytes(const Explanation& explanation) const {
    return array_.dtype == "u8" && LevelsApart(explanation.fit.channels,
                                               {explanation.fit.channels.size(), ChannelFit{1.0, 0.0}}) < kSameDecoder;
  }

 private:
  // Mean and std belong to the channels as the array has them.
  static std::vector<ChannelFit> InNetworkOrder(const Fit& fit) {
    std::vector<ChannelFit> channels = fit.channels;
    if (fit.layout.swapped) std::reverse(channels.begin(), channels.end());
    return channels;
  }

  const char* ColourText() const {
    return input_.preprocess.color == quantize::InputPreprocess::Color::kBgr ? "BGR" : "RGB";
  }

  std::string OwnPlacement() const {
    switch (input_.preprocess.resize) {
      case quantize::InputPreprocess::Resize::kLetterbox:
        return "a letterbox, scaled bilinearly";
      case quantize::InputPreprocess::Resize::kStretch:
        return "a stretch, scaled bilinearly";
      case quantize::InputPreprocess::Resize::kNone:
        break;
    }
    return "no resize";
  }

  void Layout(const Explanation& explanation, std::vector<std::string>& faults) {
    if (input_.layout.shape[3] == 1) return;
    const bool last = explanation.fit.layout.channels_last;
    const std::optional<bool> said = ChannelsLastByShape(array_, input_.layout.shape);
    const char* own = last ? "N,H,W,C" : "N,C,H,W";
    if (said && *said != last) {
      faults.push_back("its shape " + graph::ToString(array_.shape) + " says " + (*said ? "N,H,W,C" : "N,C,H,W") +
                       ", its elements lie as " + own + ": it was reshaped and not transposed");
      return;
    }
    // A network's floats go in as ONNX has them, a board's bytes as the model has them.
    const bool onnx_last = input_.layout.axes.empty();
    const bool wanted_last = array_.dtype == "u8" || onnx_last;
    if (last == wanted_last || (said && array_.dtype == "u8")) {
      stage_.findings.push_back(std::string("order of the axes: ") + own);
      return;
    }
    faults.push_back(std::string("the axes lie as ") + own + ", the " +
                     (array_.dtype == "u8" ? "model's bytes" : "network's input") + " is " +
                     (wanted_last ? "N,H,W,C" : "N,C,H,W") + ": transpose it");
  }

  void Border(const Explanation& explanation, const PlacedPixels& pixels, std::vector<std::string>& faults) {
    const std::optional<BorderValue> border = BorderOf(pixels, array_.values, explanation.fit);
    if (!border) return;
    const double wanted = input_.preprocess.pad_value;
    if (border->spread > kExplained) {
      faults.push_back("the border is not of one value: it spreads over " + graph::ShortNumber(border->spread, 3) +
                       " grey levels");
    } else if (std::abs(border->level - wanted) > kSameDecoder) {
      faults.push_back("the border is " + graph::ShortNumber(std::round(border->level) + 0.0, 3) + ", the model's is " +
                       graph::ShortNumber(wanted, 3) + " (before mean and std)");
    }
  }

  Stage& stage_;
  const StoredArray& array_;
  const input::InputInfo& input_;
};

// The distance from what the model makes of the picture, in the units of the array.
double DistanceFromModel(const input::InputInfo& input, const StoredArray& array, const PlacedPixels& own,
                         const Explanation& explanation, bool bytes) {
  Fit fit;
  fit.layout = {explanation.fit.layout.channels_last, false};
  fit.channels = bytes ? std::vector<ChannelFit>(own.channels, {1.0, 0.0}) : FitOf(input.preprocess, own.channels);
  return LargestDistance(own, array.values, fit);
}

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

}  // namespace

Stage CheckPre(const input::InputInfo& input, const std::string& picture, const std::filesystem::path& file) {
  if (!input.is_picture()) {
    throw UsageError("the input " + input.name + " takes no picture; compare the arrays with `lockstep compare`");
  }
  Stage stage;
  stage.name = kPreStage;
  const int64_t one = input.layout.Elements() / std::max<int64_t>(input.batch(), 1);
  const StoredArray array = ReadStoredArray(file, one);
  RequireNumbers(array);
  if (static_cast<int64_t>(array.values.size()) != one) {
    throw BadInput(array.label + ": the input " + input.name + " takes one picture as " +
                   graph::ToString(dump::OnnxShape(input.layout)) + ", the array is " + graph::ToString(array.shape) +
                   "; it must have as many elements: store it behind all pre-processing, of one picture");
  }
  Search search(input, array);
  const Explanation explanation = search.Run(picture);
  const std::unique_ptr<DecodedPicture> upright = input::DecodePicture(picture);
  const std::unique_ptr<DecodedPicture> decoded =
      explanation.turned_off ? input::DecodePictureAsStored(picture) : input::DecodePicture(picture);
  const PlacedPixels pixels = search.Place(*decoded, explanation.placement.placement);
  Findings words(stage, array, input);
  const bool bytes = words.HoldsBytes(explanation);
  const std::vector<std::string> faults = words.Of(explanation, pixels);

  const std::vector<NamedPlacement> placements = PlacementsOf(
      upright->height(), upright->width(),
      {static_cast<int>(input.layout.shape[1]), static_cast<int>(input.layout.shape[2])}, input.preprocess);
  if (!placements.front().as_model) {
    throw BadInput(picture + ": is " + std::to_string(upright->width()) + "x" + std::to_string(upright->height()) +
                   " pixels, and the model resizes nothing; name a picture of its size");
  }
  const PlacedPixels own = search.Place(*upright, placements.front().placement);
  const double distance = DistanceFromModel(input, array, own, explanation, bytes);
  const double tolerance = bytes ? 0.0 : kPreTolerance;
  stage.findings.push_back(
      "largest difference from what the model makes of the picture: " + graph::ShortNumber(distance) +
      (bytes ? " grey levels" : "") + " (tolerated " + graph::ShortNumber(tolerance) + ")");
  if (distance <= tolerance && faults.empty()) {
    stage.standing = Standing::kGood;
    stage.verdict = "the array is what the model makes of " + picture;
    return stage;
  }
  stage.standing = Standing::kBad;
  const double residual = explanation.fit.residual;
  constexpr double kLevels = 255.0;  // no two pixels are further apart: then there is no relation at all
  if (!(residual <= kLevels)) {
    stage.verdict =
        "the array differs, and nothing that was tried explains it: in no size, colour order or scale is it like the "
        "picture; is it of this picture, and stored in front of the network?";
    return stage;
  }
  if (residual > kExplained) {
    stage.verdict = "the array differs, and nothing that was tried explains it: the nearest is " +
                    explanation.placement.name + (explanation.fit.layout.swapped ? " with red and blue swapped" : "") +
                    ", still " + graph::ShortNumber(residual, 3) + " grey levels away; is it of this picture?";
    return stage;
  }
  if (faults.empty()) {
    stage.verdict = "the same steps, but pixels differ by " + graph::ShortNumber(residual, 3) +
                    " grey levels (root of the mean square): another decoder, or another rounding in the resize";
    return stage;
  }
  stage.findings.push_back("with that, " + graph::ShortNumber(residual, 3) +
                           " grey levels are left (root of the mean square)");
  stage.verdict = Joined(faults);
  return stage;
}

}  // namespace lockstep::checklist
