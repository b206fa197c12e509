#include "dump/render_difference.h"

#include <algorithm>

#include "graph/counted.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::dump {
namespace {

using nlohmann::ordered_json;
using report::JsonNumber;

std::string Place(const ElementDifference& element) {
  const std::string place = "[" + Joined(element.coordinates, ",") + "]";
  if (element.onnx_coordinates == element.coordinates) return place;
  return place + " (ONNX order [" + Joined(element.onnx_coordinates, ",") + "])";
}

std::string Values(const ElementDifference& element) {
  if (!element.expected_stored || !element.actual_stored) {
    return "should be " + report::ShortNumber(element.expected, 9) + " and is " +
           report::ShortNumber(element.actual, 9);
  }
  return "should be " + std::to_string(*element.expected_stored) + " and is " + std::to_string(*element.actual_stored) +
         " (real values " + report::ShortNumber(element.expected, 7) + " and " +
         report::ShortNumber(element.actual, 7) + ")";
}

std::string Count(const ElementComparison& difference) {
  return std::to_string(difference.differing) + " of " +
         graph::Counted(static_cast<size_t>(difference.elements), "element") +
         (difference.differing == 1 ? " differs" : " differ");
}

std::string Channels(const ChannelSpread& channels) {
  std::string text =
      std::to_string(channels.differing) + " of " + graph::Counted(static_cast<size_t>(channels.all), "channel");
  constexpr size_t kShown = 3;
  for (size_t i = 0; i < std::min(kShown, channels.worst.size()); ++i) {
    text += (i == 0 ? "; most in " : ", ") + std::to_string(channels.worst[i].index) + " (" +
            std::to_string(channels.worst[i].differing) + ")";
  }
  return text;
}

std::string Steps(const ElementComparison& difference, bool floats) {
  std::string text;
  for (size_t i = 1; i < kStepClasses; ++i) {
    if (difference.steps[i] == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(difference.steps[i]) + " by " + StepClassName(i);
  }
  return (text.empty() ? "none" : text) + (floats ? " in the last place" : "");
}

std::string LinesOf(const LayerResult& layer) {
  const ElementComparison& difference = *layer.difference;
  const std::string output = layer.output >= 0 ? ":" + std::to_string(layer.output) : "";
  std::string lines =
      std::to_string(layer.index) + output + " " + layer.name + " (" + layer.op + "): " + Count(difference) + "\n";
  const auto add = [&](const char* what, const std::string& text) {
    constexpr size_t kColumn = 10;
    lines += "  " + (what + std::string(kColumn, ' ')).substr(0, kColumn) + text + "\n";
  };
  add("where", difference.place.words);
  add("channels", Channels(difference.channels));
  add("off by", Steps(difference, layer.dtype == "f32"));
  add("first", Place(*difference.first) + " " + Values(*difference.first));
  if (difference.worst->coordinates != difference.first->coordinates) {
    add("worst", Place(*difference.worst) + " " + Values(*difference.worst));
  }
  if (layer.alone_difference) {
    add("alone", Count(*layer.alone_difference) + ", " + layer.alone_difference->place.words);
  } else if (layer.alone_md5_equal.value_or(false)) {
    add("alone", "given the PC's inputs it gives the right bytes");
  }
  return lines;
}

ordered_json ToJson(const ElementDifference& element) {
  ordered_json json = {{"coordinates", element.coordinates},
                       {"onnx_coordinates", element.onnx_coordinates},
                       {"expected", JsonNumber(element.expected)},
                       {"actual", JsonNumber(element.actual)}};
  if (element.expected_stored) json["expected_stored"] = *element.expected_stored;
  if (element.actual_stored) json["actual_stored"] = *element.actual_stored;
  return json;
}

}  // namespace

std::string Joined(const std::vector<int64_t>& numbers, const char* separator) {
  std::string text;
  for (const int64_t number : numbers) text += (text.empty() ? "" : separator) + std::to_string(number);
  return text;
}

std::string ElementText(const ElementComparison& difference) {
  const bool has_steps = difference.max_steps > 0.0;  // floats have none
  return "element " + Place(*difference.first) + " " + Values(*difference.first) + "; " + Count(difference) +
         ", by at most " + report::ShortNumber(difference.max_abs) +
         (has_steps ? " or " + report::ShortNumber(difference.max_steps) + " steps" : "") + ", " +
         difference.place.words;
}

std::string DifferenceLines(const std::vector<LayerResult>& layers, size_t most) {
  const bool some_alone = std::any_of(layers.begin(), layers.end(), [](const LayerResult& layer) {
    return layer.difference && layer.alone_difference;
  });
  std::string lines;
  size_t shown = 0;
  size_t left = 0;
  for (const LayerResult& layer : layers) {
    if (!layer.difference || !layer.difference->first) continue;
    if (shown == most || (some_alone && !layer.alone_difference)) {
      ++left;
      continue;
    }
    ++shown;
    lines += LinesOf(layer);
  }
  if (left != 0) lines += "and " + graph::Counted(left, "more layer") + " (--json has all)\n";
  return lines;
}

ordered_json ToJson(const ElementComparison& difference) {
  ordered_json json = {{"elements", difference.elements},
                       {"differing", difference.differing},
                       {"max_abs", JsonNumber(difference.max_abs)},
                       {"max_steps", JsonNumber(difference.max_steps)},
                       {"place", PlaceKindName(difference.place.kind)},
                       {"place_text", difference.place.words}};
  for (size_t i = 0; i < kStepClasses; ++i) json["steps"][StepClassName(i)] = difference.steps[i];
  json["channels"] = {{"all", difference.channels.all}, {"differing", difference.channels.differing}};
  json["channels"]["worst"] = ordered_json::array();
  for (const ChannelSpread::Channel& channel : difference.channels.worst) {
    json["channels"]["worst"].push_back({{"index", channel.index}, {"differing", channel.differing}});
  }
  if (difference.first) json["first"] = ToJson(*difference.first);
  if (difference.worst) json["worst"] = ToJson(*difference.worst);
  return json;
}

}  // namespace lockstep::dump
