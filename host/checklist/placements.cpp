#include "checklist/placements.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace lockstep::checklist {
namespace {

using input::Interpolation;
using input::PictureSize;
using input::Placement;
using Resize = quantize::InputPreprocess::Resize;

auto Fields(const Placement& placement) {
  return std::tuple(placement.height, placement.width, placement.top, placement.left, placement.bottom, placement.right,
                    placement.interpolation);
}

// Scaled to height x width with `top` rows and `left` columns in front, the rest behind; cut where it does not fit.
Placement Placed(int height, int width, int top, int left, PictureSize size, const quantize::InputPreprocess& like) {
  Placement placement;
  placement.color = like.color;
  placement.border = like.pad_value;
  placement.height = std::max(height, 1);
  placement.width = std::max(width, 1);
  placement.top = top;
  placement.left = left;
  placement.bottom = size.height - top - placement.height;
  placement.right = size.width - left - placement.width;
  return placement;
}

Placement Letterbox(int height, int width, PictureSize size, const quantize::InputPreprocess& like) {
  const double scale = std::min(static_cast<double>(size.height) / height, static_cast<double>(size.width) / width);
  const int scaled_height = std::max(static_cast<int>(std::lround(height * scale)), 1);
  const int scaled_width = std::max(static_cast<int>(std::lround(width * scale)), 1);
  return Placed(scaled_height, scaled_width, (size.height - scaled_height) / 2, (size.width - scaled_width) / 2, size,
                like);
}

// The shorter side becomes 1 / share of the tensor's, and the centre of that is cut out.
Placement CentreCrop(int height, int width, PictureSize size, double share, const quantize::InputPreprocess& like) {
  const double scale = std::max(size.height / share / height, size.width / share / width);
  const int scaled_height = std::max(static_cast<int>(std::lround(height * scale)), size.height);
  const int scaled_width = std::max(static_cast<int>(std::lround(width * scale)), size.width);
  const auto cut = [](int scaled, int wanted) { return -static_cast<int>(std::lround((scaled - wanted) / 2.0)); };
  return Placed(scaled_height, scaled_width, cut(scaled_height, size.height), cut(scaled_width, size.width), size,
                like);
}

}  // namespace

std::vector<NamedPlacement> PlacementsOf(int height, int width, PictureSize size,
                                         const quantize::InputPreprocess& preprocess) {
  std::vector<NamedPlacement> placements;
  const auto add = [&](const std::string& name, const Placement& placement, bool as_model) {
    const auto same = [&](const NamedPlacement& other) { return Fields(other.placement) == Fields(placement); };
    if (std::none_of(placements.begin(), placements.end(), same)) placements.push_back({name, placement, as_model});
  };
  const Placement letterbox = Letterbox(height, width, size, preprocess);
  const Placement stretch = Placed(size.height, size.width, 0, 0, size, preprocess);
  const bool fits = height == size.height && width == size.width;
  if (preprocess.resize == Resize::kNone && fits) add("as it is", Placed(height, width, 0, 0, size, preprocess), true);
  if (preprocess.resize == Resize::kLetterbox) add("letterbox", letterbox, true);
  if (preprocess.resize == Resize::kStretch) add("stretch", stretch, true);
  add("letterbox", letterbox, false);
  add("stretch", stretch, false);
  Placement corner = letterbox;
  corner.bottom += corner.top;
  corner.right += corner.left;
  corner.top = corner.left = 0;
  add("letterbox with the picture in the upper left corner", corner, false);
  add("crop of the centre (shorter side fitted)", CentreCrop(height, width, size, 1.0, preprocess), false);
  constexpr double kImageNetShare = 224.0 / 256.0;
  add("crop of the centre (shorter side fitted to 8/7, as ImageNet's 256 and 224)",
      CentreCrop(height, width, size, kImageNetShare, preprocess), false);
  return placements;
}

std::vector<NamedPlacement> Neighbours(const NamedPlacement& placement, PictureSize size) {
  std::vector<NamedPlacement> neighbours;
  const Placement& own = placement.placement;
  const bool rows = own.top + own.bottom != 0;
  const bool columns = own.left + own.right != 0;
  for (int dy = rows ? -1 : 0; dy <= (rows ? 1 : 0); ++dy) {
    for (int dx = columns ? -1 : 0; dx <= (columns ? 1 : 0); ++dx) {
      for (int grow_y = rows ? -1 : 0; grow_y <= (rows ? 1 : 0); ++grow_y) {
        for (int grow_x = columns ? -1 : 0; grow_x <= (columns ? 1 : 0); ++grow_x) {
          if (dx == 0 && dy == 0 && grow_x == 0 && grow_y == 0) continue;
          NamedPlacement moved = placement;
          moved.as_model = false;
          moved.placement.top += dy;
          moved.placement.left += dx;
          moved.placement.height += grow_y;
          moved.placement.width += grow_x;
          moved.placement.bottom = size.height - moved.placement.top - moved.placement.height;
          moved.placement.right = size.width - moved.placement.left - moved.placement.width;
          const bool bordered = moved.placement.height > 0 && moved.placement.width > 0;
          const auto sign_kept = [](int before, int after) { return (before < 0) == (after < 0); };
          if (!bordered || !sign_kept(own.top, moved.placement.top) || !sign_kept(own.left, moved.placement.left) ||
              !sign_kept(own.bottom, moved.placement.bottom) || !sign_kept(own.right, moved.placement.right)) {
            continue;
          }
          const auto by = [](int step, const char* unit) {
            return std::to_string(std::abs(step)) + " " + unit + (step > 0 ? " more" : " less");
          };
          std::string what;
          const auto say = [&](const std::string& text) { what += (what.empty() ? "" : ", ") + text; };
          if (dy != 0) say(by(dy, "row") + " of padding above");
          if (dx != 0) say(by(dx, "column") + " of padding on the left");
          if (grow_y != 0) say(by(grow_y, "row") + " of picture");
          if (grow_x != 0) say(by(grow_x, "column") + " of picture");
          moved.name += " with " + what;
          neighbours.push_back(std::move(moved));
        }
      }
    }
  }
  return neighbours;
}

std::vector<NamedPlacement> OtherInterpolations(const NamedPlacement& placement) {
  constexpr std::array<std::pair<Interpolation, const char*>, 7> kOthers = {
      {{Interpolation::kNearest, "nearest pixel"},
       {Interpolation::kCubic, "bicubic"},
       {Interpolation::kArea, "averaged areas (INTER_AREA)"},
       {Interpolation::kLanczos, "Lanczos"},
       {Interpolation::kTriangle, "bilinear with averaging (PIL, antialias)"},
       {Interpolation::kLinearCorners, "bilinear with aligned corners"},
       {Interpolation::kLinearUncentred, "bilinear without the half pixel (shifted)"}}};
  std::vector<NamedPlacement> others;
  for (const auto& [interpolation, name] : kOthers) {
    NamedPlacement& other = others.emplace_back(placement);
    other.as_model = false;
    other.placement.interpolation = interpolation;
    other.name += std::string(", scaled by ") + name;
  }
  return others;
}

}  // namespace lockstep::checklist
