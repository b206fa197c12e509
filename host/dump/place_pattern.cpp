#include "dump/place_pattern.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace lockstep::dump {
namespace {

constexpr double kNearlyAll = 0.98;     // of the differing elements
constexpr double kMostOfTensor = 0.5;   // that a pattern may cover
constexpr double kNotByChance = 6.0;    // digits: one in a million
constexpr double kEverywhere = 0.9;     // of the elements
constexpr double kAlong = 0.5;          // of an axis, more than that
constexpr int64_t kLongestPeriod = 64;  // no kernel has larger tiles
constexpr int64_t kMostCounted = 65536;

struct Found {
  PlacePattern pattern;
  double share = 1.0;  // of the tensor that the pattern covers
};

std::string Ordinal(int64_t number) {
  const int64_t tens = number % 100;
  const char* end = tens >= 11 && tens <= 13 ? "th"
                    : number % 10 == 1       ? "st"
                    : number % 10 == 2       ? "nd"
                    : number % 10 == 3       ? "rd"
                                             : "th";
  return std::to_string(number) + end;
}

std::string Of(int64_t count, int64_t all, const AxisName& name) {
  return std::to_string(count) + " of " + std::to_string(all) + " " + (all == 1 ? name.one : name.many);
}

// "3, 7 and 12", or the first of many.
std::string List(const std::vector<int64_t>& numbers) {
  constexpr size_t kShown = 6;
  std::string text;
  for (size_t i = 0; i < std::min(kShown, numbers.size()); ++i) {
    const bool last = i + 1 == numbers.size();
    text += (i == 0 ? "" : last ? " and " : ", ") + std::to_string(numbers[i]);
  }
  return text + (numbers.size() > kShown ? ", .." : "");
}

class Finder {
 public:
  Finder(const DifferencePlaces& places, const std::vector<AxisName>& names)
      : places_(places), names_(names), differing_(places.differing()) {}

  PlacePattern Find() {
    if (differing_ == 0) return {};
    if (differing_ == 1) return {PlaceKind::kOneElement, "one element"};
    const double share = static_cast<double>(differing_) / static_cast<double>(places_.elements());
    const std::string percent = " (" + std::to_string(std::lround(share * 100)) + " % of the elements)";
    if (share >= kEverywhere) return {PlaceKind::kEverywhere, "everywhere" + percent};
    const std::vector<AxisCounts>& axes = places_.axes();
    for (size_t i = 0; i < axes.size(); ++i) {
      if (axes[i].extent < 2 || axes[i].counts.empty()) continue;
      const bool goes_along = GoesAlong(i);
      if (goes_along) Ends(axes[i], names_[i], i + 1 == axes.size());
      Period(axes[i], names_[i]);
      if (goes_along) Few(i);
    }
    if (!places_.pixels().counts.empty()) {
      const AxisName name = {"pixel", "pixels"};
      Period(places_.pixels(), name);
      LastPixels(name);
    }
    Border();
    Stretch();
    if (found_.pattern.kind != PlaceKind::kNone) return found_.pattern;
    if (AllOver()) return {PlaceKind::kAllOver, "all over the tensor" + percent + ", without a pattern"};
    return {PlaceKind::kNoPattern, std::to_string(differing_) + " elements, without a pattern"};
  }

 private:
  // Whether so many differing elements within a share of the tensor say something, if as many patterns were tried.
  bool Tells(int64_t explained, double share, double tried) const {
    const auto all = static_cast<double>(differing_);
    const auto inside = static_cast<double>(explained);
    if (inside < kNearlyAll * all || share > kMostOfTensor) return false;
    return -inside * std::log10(share) - std::log10(tried) - (all - inside) * std::log10(all) >= kNotByChance;
  }

  void Take(PlaceKind kind, double share, int64_t explained, const std::string& words) {
    constexpr double kClearlyLess = 0.9;  // else the one that was looked for first
    if (share >= kClearlyLess * found_.share) return;
    const std::string nearly =
        explained == differing_ ? "" : " (" + std::to_string(explained) + " of the " + std::to_string(differing_) + ")";
    found_ = {{kind, words + nearly}, share};
  }

  // Whether differing elements go along the other axes of the picture, and are no spot in it.
  bool GoesAlong(size_t axis) const {
    const std::vector<AxisCounts>& axes = places_.axes();
    if (axis + 1 == axes.size()) return true;
    double most = -1.0;
    const auto look = [&](const AxisCounts& other) {
      if (other.extent < 2 || other.counts.empty()) return;
      most = std::max(most, static_cast<double>(other.Affected()) / static_cast<double>(other.extent));
    };
    for (size_t i = 0; i + 1 < axes.size(); ++i) {
      if (i != axis) look(axes[i]);
    }
    if (most < 0) look(axes.back());
    return most < 0 || most > kAlong;
  }

  // How many indices from one end hold nearly all, and how many elements these are.
  template <typename Iterator>
  std::pair<int64_t, int64_t> Reach(Iterator begin, Iterator end) const {
    int64_t reach = 0;
    int64_t explained = 0;
    for (; begin != end && static_cast<double>(explained) < kNearlyAll * static_cast<double>(differing_); ++begin) {
      explained += *begin;
      ++reach;
    }
    return {reach, explained};
  }

  void Ends(const AxisCounts& axis, const AxisName& name, bool channels) {
    const auto extent = static_cast<double>(axis.extent);
    const auto [last, in_last] = Reach(axis.counts.rbegin(), axis.counts.rend());
    const std::string of = std::to_string(last) + " of " + std::to_string(axis.extent) + " " + name.many;
    if (Tells(in_last, static_cast<double>(last) / extent, extent)) {
      const double share = static_cast<double>(last) / extent;
      if (channels) {
        Take(PlaceKind::kChannelTail, share, in_last,
             (name.one == "channel" ? "at the channel tail: the last " : "at the tail of the last axis: the last ") +
                 of + Blocks(last, axis.extent));
      } else if (name.one == "column") {
        Take(PlaceKind::kRowEnds, share, in_last, "at row ends: the last " + of);
      } else {
        Take(PlaceKind::kAxisEnd, share, in_last, "the last " + of);
      }
    }
    const auto [first, in_first] = Reach(axis.counts.begin(), axis.counts.end());
    if (Tells(in_first, static_cast<double>(first) / extent, extent)) {
      Take(PlaceKind::kAxisStart, static_cast<double>(first) / extent, in_first,
           "the first " + std::to_string(first) + " of " + std::to_string(axis.extent) + " " + name.many);
    }
  }

  // What a kernel that computes blocks has left at the end.
  static std::string Blocks(int64_t last, int64_t extent) {
    std::vector<int64_t> exact, within;
    for (const int64_t block : {4, 8, 16, 32}) {
      if (extent <= block || extent % block < last) continue;
      (extent % block == last ? exact : within).push_back(block);
    }
    if (!exact.empty()) return ", what blocks of " + List(exact) + " leave over";
    return within.empty() ? "" : ", within what blocks of " + std::to_string(within.front()) + " leave over";
  }

  // A quarter of the indices at most.
  void Few(size_t at) {
    const AxisCounts& axis = places_.axes()[at];
    const bool channels = at + 1 == places_.axes().size();
    std::vector<int64_t> affected;
    for (size_t i = 0; i < axis.counts.size(); ++i) {
      if (axis.counts[i] != 0) affected.push_back(static_cast<int64_t>(i));
    }
    const auto few = static_cast<double>(affected.size());
    const auto extent = static_cast<double>(axis.extent);
    const double share = few / extent;
    const bool is_few = affected.size() == 1 || share <= 0.25;
    // As many choices of them as there are.
    const double choices =
        (std::lgamma(extent + 1) - std::lgamma(few + 1) - std::lgamma(extent - few + 1)) / std::log(10);
    if (!is_few || -static_cast<double>(differing_) * std::log10(share) - choices < kNotByChance) return;
    const int64_t each = places_.elements() / axis.extent;
    const double dense = static_cast<double>(differing_) / (few * static_cast<double>(each));
    const std::string whole = dense >= kEverywhere ? "whole " : "in ";
    const std::string words =
        whole + (dense >= kEverywhere
                     ? name(at, affected.size()) + " " + List(affected)
                     : Of(static_cast<int64_t>(affected.size()), axis.extent, names_[at]) + ": " + List(affected));
    Take(channels ? PlaceKind::kChannels : PlaceKind::kIndices, share, differing_, words);
  }

  const std::string& name(size_t axis, size_t count) const { return count == 1 ? names_[axis].one : names_[axis].many; }

  // The same neighbouring indices of every `period`, a quarter of them at most, and most of these affected.
  void Period(const AxisCounts& axis, const AxisName& name) {
    if (axis.extent > kMostCounted) return;
    for (int64_t period = 2; period <= std::min(kLongestPeriod, axis.extent / 3); ++period) {
      std::vector<Phase> phases(static_cast<size_t>(period));
      for (int64_t i = 0; i < axis.extent; ++i) {
        const int64_t count = axis.counts[static_cast<size_t>(i)];
        Phase& phase = phases[static_cast<size_t>(i % period)];
        phase.sum += count;
        phase.affected += count != 0 ? 1 : 0;
        ++phase.members;
      }
      for (int64_t width = 1; width <= std::max<int64_t>(1, period / 4); ++width) Phases(axis, name, phases, width);
    }
  }

  struct Phase {
    int64_t sum = 0;
    int64_t affected = 0;
    int64_t members = 0;
  };

  void Phases(const AxisCounts& axis, const AxisName& name, const std::vector<Phase>& phases, int64_t width) {
    const auto period = static_cast<int64_t>(phases.size());
    for (int64_t start = 0; start < period; ++start) {
      Phase window;
      for (int64_t i = start; i < start + width; ++i) {
        const Phase& phase = phases[static_cast<size_t>(i % period)];
        window.sum += phase.sum;
        window.affected += phase.affected;
        window.members += phase.members;
      }
      const double share = static_cast<double>(window.members) / static_cast<double>(axis.extent);
      const bool regular = window.affected >= 3 && 2 * window.affected > window.members;
      constexpr auto kTried = static_cast<double>(kLongestPeriod * kLongestPeriod * kLongestPeriod);
      if (!regular || !Tells(window.sum, share, kTried)) continue;
      const std::string which = width == 1
                                    ? "every " + Ordinal(period) + " " + name.one
                                    : std::to_string(width) + " of every " + std::to_string(period) + " " + name.many;
      Take(PlaceKind::kPeriod, share, window.sum,
           "at a regular distance: " + which + ", from " + std::to_string(start));
    }
  }

  void LastPixels(const AxisName& name) {
    const AxisCounts& pixels = places_.pixels();
    const auto [last, explained] = Reach(pixels.counts.rbegin(), pixels.counts.rend());
    const auto affected = last - std::count(pixels.counts.rbegin(), pixels.counts.rbegin() + last, 0);
    const double share = static_cast<double>(last) / static_cast<double>(pixels.extent);
    if (2 * affected <= last || !Tells(explained, share, static_cast<double>(pixels.extent))) return;
    Take(PlaceKind::kAxisEnd, share, explained,
         "the last " + std::to_string(last) + " of " + std::to_string(pixels.extent) + " " + name.many);
  }

  void Border() {
    const std::vector<int64_t>& from_edge = places_.from_edge();
    if (from_edge.empty() || !GoesAlong(1) || !GoesAlong(2)) return;
    const auto [wide, explained] = Reach(from_edge.begin(), from_edge.end());
    const int64_t rows = places_.axes()[1].extent;
    const int64_t columns = places_.axes()[2].extent;
    const double inside = static_cast<double>(std::max<int64_t>(0, rows - 2 * wide)) *
                          static_cast<double>(std::max<int64_t>(0, columns - 2 * wide));
    const double share = 1.0 - inside / static_cast<double>(rows * columns);
    if (!Tells(explained, share, static_cast<double>(from_edge.size()))) return;
    Take(PlaceKind::kBorder, share, explained,
         "around the picture: the outermost " +
             (wide == 1 ? "row and column" : std::to_string(wide) + " rows and columns") + " of each side");
  }

  void Stretch() {
    constexpr int64_t kFewest = 16;
    const int64_t span = places_.last() - places_.first() + 1;
    const double share = static_cast<double>(span) / static_cast<double>(places_.elements());
    if (differing_ < kFewest || 2 * differing_ < span || share > kMostOfTensor) return;
    Take(PlaceKind::kStretch, share, differing_,
         "in one stretch of memory: elements " + std::to_string(places_.first()) + " to " +
             std::to_string(places_.last()) + " of " + std::to_string(places_.elements()));
  }

  bool AllOver() const {
    constexpr int64_t kFewest = 16;
    constexpr double kNearlyAllIndices = 0.75;
    return differing_ >= kFewest &&
           std::all_of(places_.axes().begin(), places_.axes().end(), [&](const AxisCounts& axis) {
             return axis.counts.empty() || axis.extent > differing_ ||
                    static_cast<double>(axis.Affected()) >= kNearlyAllIndices * static_cast<double>(axis.extent);
           });
  }

  const DifferencePlaces& places_;
  const std::vector<AxisName>& names_;
  int64_t differing_;
  Found found_;
};

}  // namespace

const char* PlaceKindName(PlaceKind kind) {
  constexpr std::array<const char*, 14> kNames = {"none",     "one_element", "everywhere", "row_ends",  "channel_tail",
                                                  "axis_end", "axis_start",  "border",     "period",    "channels",
                                                  "indices",  "stretch",     "all_over",   "no_pattern"};
  return kNames.at(static_cast<size_t>(kind));
}

std::vector<AxisName> AxisNames(const DumpLayer& layer) {
  if (layer.axes == std::vector<int>{0, 2, 3, 1}) {
    return {{"picture", "pictures"}, {"row", "rows"}, {"column", "columns"}, {"channel", "channels"}};
  }
  if (layer.axes == std::vector<int>{0, 2, 1}) {
    return {{"picture", "pictures"}, {"position", "positions"}, {"channel", "channels"}};
  }
  std::vector<AxisName> names;
  for (size_t i = 0; i < layer.shape.size(); ++i) {
    const size_t axis = layer.axes.empty() ? i : static_cast<size_t>(layer.axes[i]);
    const std::string along = " along ONNX axis " + std::to_string(axis);
    names.push_back({"place" + along, "places" + along});
  }
  return names;
}

PlacePattern FindPattern(const DifferencePlaces& places, const std::vector<AxisName>& names) {
  return Finder(places, names).Find();
}

}  // namespace lockstep::dump
