#include "checklist/check_input.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "analyze/metrics.h"
#include "checklist/batch_norm_evidence.h"
#include "checklist/calibrated_ranges.h"
#include "checklist/confidence.h"
#include "checklist/stored_array.h"
#include "checklist/variations.h"
#include "graph/error.h"
#include "graph/short_number.h"
#include "input/pictures/decode.h"
#include "input/pictures/preprocess.h"
#include "report/table.h"

namespace lockstep::checklist {
namespace {

using quantize::InputPreprocess;

// Of the expected output, whose own size says little: raw outputs of detectors have a cosine of 0.99 with each other's.
constexpr double kGoodDb = 40.0;        // a framework's floats have 80 and more, those of wrong inputs 25 and less
constexpr double kSameDb = 70.0;        // from here on it is the rounding of floats that differs
constexpr double kBetterDb = 6.0;       // half of the error: what one expected output tells apart
constexpr double kMostDb = 200.0;       // of what is equal
constexpr double kTrained = 1.5;        // deviations that one good picture may have
constexpr double kClearlyNearer = 0.5;  // of the model's own distance
constexpr double kOften = 0.02;         // of the values outside of the calibrated ranges
constexpr double kSurer = 0.3;          // of confidence: worth to be said, no proof

// What was measured of one variation; negative: not.
struct Evidence {
  std::string name;
  std::optional<double> sqnr_db;  // to the expected output
  std::optional<double> trained;
  double confidence = -1.0;
  double outside = -1.0;
};

std::string Numbers(const std::vector<float>& numbers) {
  std::string text;
  for (const float number : numbers)
    text += (text.empty() ? "" : ",") + graph::ShortNumber(static_cast<double>(number), 6);
  return text;
}

const char* ColorText(InputPreprocess::Color color) {
  switch (color) {
    case InputPreprocess::Color::kRgb:
      break;
    case InputPreprocess::Color::kBgr:
      return "BGR";
    case InputPreprocess::Color::kGray:
      return "GRAY";
  }
  return "RGB";
}

const char* ResizeText(InputPreprocess::Resize resize) {
  switch (resize) {
    case InputPreprocess::Resize::kLetterbox:
      break;
    case InputPreprocess::Resize::kStretch:
      return "stretched";
    case InputPreprocess::Resize::kNone:
      return "not resized";
  }
  return "letterboxed";
}

std::string SizeText(int64_t width, int64_t height) { return std::to_string(width) + "x" + std::to_string(height); }

void DescribeModel(const input::InputInfo& info, Stage& stage) {
  const InputPreprocess& own = info.preprocess;
  std::string text = "the model takes " + SizeText(info.layout.shape[2], info.layout.shape[1]) + " " +
                     ColorText(own.color) + ", " + ResizeText(own.resize) + ", mean " + Numbers(own.mean) + ", std " +
                     Numbers(own.std);
  if (own.resize == InputPreprocess::Resize::kLetterbox) text += ", border " + std::to_string(own.pad_value);
  stage.findings.push_back(text);
}

// Grey levels between a pixel's channels; the mean over the picture.
double Colourfulness(const input::WholePicture& picture) {
  double sum = 0.0;
  for (size_t i = 0; i + 2 < picture.rgb.size(); i += 3) {
    const auto [low, high] = std::minmax({picture.rgb[i], picture.rgb[i + 1], picture.rgb[i + 2]});
    sum += high - low;
  }
  return 3.0 * sum / static_cast<double>(picture.rgb.size());
}

// Returns whether colours can be told apart.
bool DescribeFile(const std::string& path, const input::InputInfo& info, Stage& stage) {
  const input::PictureFacts facts = input::FactsOfPicture(path);
  const input::WholePicture whole = input::ReadWholePicture(path);
  stage.findings.push_back(path + " is " + SizeText(facts.width, facts.height) + ", " + std::to_string(facts.channels) +
                           " channels of " + std::to_string(facts.bits) + " bits");
  if (facts.channels == 4) stage.findings.push_back("it has an alpha channel, which is dropped, not blended");
  if (facts.bits > 8) stage.findings.push_back("its channels are cut to 8 bits");
  if (facts.turned) {
    stage.findings.push_back("its EXIF orientation turns it to " + SizeText(whole.width, whole.height) +
                             "; a program that ignores EXIF feeds it as it is stored");
  }
  const bool wants_colour = info.preprocess.color != InputPreprocess::Color::kGray;
  constexpr double kGrey = 1.0;
  const bool grey = Colourfulness(whole) < kGrey;
  if (grey && wants_colour) {
    stage.findings.push_back("it is grey: it cannot tell the order of the colours; name one with strong colours");
  }
  const auto width = static_cast<double>(info.layout.shape[2]) / whole.width;
  const auto height = static_cast<double>(info.layout.shape[1]) / whole.height;
  if (std::min(width, height) > 1.0) {
    stage.findings.push_back("it is smaller than the input: it is enlarged " +
                             graph::ShortNumber(std::min(width, height), 3) + " times and lacks detail");
  }
  const double distortion = std::max(width / height, height / width);
  constexpr double kVisible = 1.1;
  if (info.preprocess.resize == InputPreprocess::Resize::kStretch && distortion > kVisible) {
    stage.findings.push_back("the stretch changes its proportions by " + graph::ShortNumber(distortion, 3));
  }
  return wants_colour && !grey;
}

// The output that the expected array is of: that with as many elements, or the one that is named in its file's name.
const engine::FloatTensor& OutputLike(const StoredArray& expected, const Tensors& outputs) {
  const engine::FloatTensor* found = nullptr;
  for (const auto& [name, output] : outputs) {
    if (output.data.size() == expected.values.size() && found == nullptr) found = &output;
  }
  if (found != nullptr) return *found;
  std::string sizes;
  for (const auto& [name, output] : outputs) {
    sizes += (sizes.empty() ? "" : ", ") + name + " " + graph::ToString(output.shape);
  }
  throw BadInput(expected.label + " has " + std::to_string(expected.values.size()) +
                 " elements, as no output of the network: " + sizes + "; store an output of the network itself");
}

std::vector<Evidence> Gather(const ModelAndData& given, const PictureInput& input,
                             const std::optional<StoredArray>& expected) {
  std::optional<CalibratedRanges> ranges;
  if (!run::IsOnnx(given.model)) ranges.emplace(given.model);
  FloatNetwork network(given, input, ranges ? ranges->Names() : std::set<std::string>());
  const std::optional<BatchNormEvidence> trained = BatchNormEvidence::Of(NetworkOf(given), network);
  std::vector<Evidence> all;
  for (const Variation& variation : VariationsOf(input)) {
    Evidence& one = all.emplace_back();
    one.name = variation.name;
    const Tensors outputs =
        network.Run(variation.values, [&](const std::string& name, const graph::Shape& shape, const float* data) {
          if (ranges) ranges->Add(name, shape, data);
        });
    if (ranges) one.outside = ranges->TakeShare();
    one.confidence = ConfidenceOf(outputs);
    if (trained) one.trained = trained->DistanceOf(variation.values);
    if (expected) one.sqnr_db = analyze::Compare(expected->values, OutputLike(*expected, outputs).data).sqnr_db;
  }
  return all;
}

void Show(const std::vector<Evidence>& all, Stage& stage) {
  const auto shown = [](const std::optional<double>& value, int digits) {
    return value ? report::FixedNumber(*value, digits) : std::string("-");
  };
  stage.table.titles = {"picture", "SQNR dB to expected", "deviations from training", "confidence",
                        "outside calibrated ranges"};
  for (const Evidence& one : all) {
    stage.table.rows.push_back({one.name, shown(one.sqnr_db, 1), shown(one.trained, 2),
                                one.confidence < 0.0 ? "-" : report::FixedNumber(one.confidence, 3),
                                one.outside < 0.0 ? "-" : report::FixedNumber(100.0 * one.outside, 2) + " %"});
  }
}

void JudgeByExpected(const std::vector<Evidence>& all, Stage& stage) {
  const auto value = [](const Evidence& one) {
    return std::isnan(*one.sqnr_db) ? -kMostDb : std::clamp(*one.sqnr_db, -kMostDb, kMostDb);
  };
  const auto best = std::max_element(all.begin(), all.end(),
                                     [&](const Evidence& a, const Evidence& b) { return value(a) < value(b); });
  const double own = value(all.front());
  const auto text = [&](double db) {
    return db == kMostDb ? std::string("no error") : graph::ShortNumber(db, 3) + " dB";
  };
  const std::string own_text = text(own) + " to the expected output as the model has it";
  if (value(*best) - own >= kBetterDb && own < kSameDb) {
    const bool good = value(*best) >= kGoodDb;
    stage.standing = Standing::kBad;
    stage.verdict = own_text + ", " + text(value(*best)) + " with: " + best->name +
                    (good ? "" : "; that is nearer but not it, more than one thing differs or something else");
  } else if (own >= kGoodDb) {
    stage.standing = Standing::kGood;
    stage.verdict = own_text + ", nothing that was tried is clearly nearer";
  } else {
    stage.standing = Standing::kUnclear;
    stage.verdict = own_text +
                    ", and no other order, mean, std or resize comes clearly nearer: the input is not what differs, "
                    "or the expected output is of another picture or of a quantised network";
  }
}

void JudgeWithoutLabels(const std::vector<Evidence>& all, bool colours, Stage& stage) {
  const Evidence& own = all.front();
  // What drives the network out of its ranges makes it sure of anything.
  const auto sureness = [](const Evidence& one) { return one.outside > kOften ? -1.0 : one.confidence; };
  const auto surest = std::max_element(all.begin(), all.end(),
                                       [&](const Evidence& a, const Evidence& b) { return sureness(a) < sureness(b); });
  if (sureness(*surest) - own.confidence > kSurer) {
    stage.findings.push_back("the network is surer of itself (" + graph::ShortNumber(surest->confidence, 3) +
                             " against " + graph::ShortNumber(own.confidence, 3) + ") with: " + surest->name +
                             "; that is a hint and no proof, networks are sure of wrong answers too");
  }
  if (own.outside > kOften) {
    stage.findings.push_back(graph::ShortNumber(100.0 * own.outside, 3) +
                             " % of the first layers' values leave the calibrated ranges: this picture, or how it is "
                             "fed, is not like the calibration's");
  }
  if (own.trained) {
    const auto nearest = std::min_element(all.begin(), all.end(),
                                          [](const Evidence& a, const Evidence& b) { return *a.trained < *b.trained; });
    const std::string text = "the first BatchNormalization sees values " + graph::ShortNumber(*own.trained, 3) +
                             " deviations from those of its training";
    if (*own.trained > kTrained && *nearest->trained < kClearlyNearer * *own.trained) {
      stage.standing = Standing::kBad;
      stage.verdict = text + ", and " + graph::ShortNumber(*nearest->trained, 3) + " with: " + nearest->name +
                      "; name an expected output (--expected) to be sure";
      return;
    }
    if (*own.trained <= kTrained) {
      stage.standing = Standing::kGood;
      stage.verdict = text + ": mean and std fit what it was trained with; the order of the colours and the resize " +
                      (colours ? "change that too little to be told by one picture" : "cannot be told by it") +
                      ", for them name an expected output (--expected)";
      return;
    }
    stage.findings.push_back(text + ", and nothing that was tried is clearly nearer");
  }
  stage.standing = Standing::kUnclear;
  stage.verdict =
      "without an expected output (--expected FILE, the original framework's output for this picture) " +
      std::string(own.trained ? "" : "or a BatchNormalization in the network (--onnx NET, as it was exported) ") +
      "the evidence is too weak to say whether the input is right";
}

}  // namespace

Stage CheckInput(const ModelAndData& given, const PictureInput& input, const std::filesystem::path& expected) {
  Stage stage;
  stage.name = kInputStage;
  DescribeModel(input.info(), stage);
  const bool colours = DescribeFile(input.path(), input.info(), stage);
  std::optional<StoredArray> array;
  if (!expected.empty()) {
    array = ReadStoredArray(expected, 0);
    RequireNumbers(*array);
  }
  if (NetworkOf(given).empty()) {
    stage.standing = Standing::kNoData;
    stage.verdict =
        "needs the float network (--onnx NET) to try the picture in other orders, with other mean and std, "
        "and resized otherwise";
    return stage;
  }
  const std::vector<Evidence> all = Gather(given, input, array);
  Show(all, stage);
  if (array) {
    JudgeByExpected(all, stage);
  } else {
    JudgeWithoutLabels(all, colours, stage);
  }
  return stage;
}

}  // namespace lockstep::checklist
