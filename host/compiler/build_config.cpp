#include "compiler/build_config.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <type_traits>

#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "input/preprocess.h"
#include "lockstep/name_text.h"
#include "report/json_text.h"

namespace lockstep::compiler {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using quantize::InputPreprocess;

constexpr std::array<const char*, 3> kPathKeys = {"input", "output_dir", "calibration"};

template <typename Value>
struct NamedValue {
  const char* name;
  Value value;
};

constexpr std::array<NamedValue<InputPreprocess::Color>, 3> kColors = {{{"RGB", InputPreprocess::Color::kRgb},
                                                                        {"BGR", InputPreprocess::Color::kBgr},
                                                                        {"GRAY", InputPreprocess::Color::kGray}}};
constexpr std::array<NamedValue<InputPreprocess::Resize>, 3> kResizes = {
    {{"letterbox", InputPreprocess::Resize::kLetterbox},
     {"stretch", InputPreprocess::Resize::kStretch},
     {"none", InputPreprocess::Resize::kNone}}};
const std::array<NamedValue<quantize::ObserverKind>, 5>& Observers() {
  using quantize::ObserverKind;
  static const std::array<NamedValue<ObserverKind>, 5> kTable = {
      {{ToText(ObserverKind::kMinMax), ObserverKind::kMinMax},
       {ToText(ObserverKind::kMovingAverage), ObserverKind::kMovingAverage},
       {ToText(ObserverKind::kPercentile), ObserverKind::kPercentile},
       {ToText(ObserverKind::kMse), ObserverKind::kMse},
       {ToText(ObserverKind::kKl), ObserverKind::kKl}}};
  return kTable;
}

const std::array<NamedValue<quantize::WeightRangeKind>, 2>& WeightRanges() {
  using quantize::WeightRangeKind;
  static const std::array<NamedValue<WeightRangeKind>, 2> kTable = {
      {{ToText(WeightRangeKind::kMax), WeightRangeKind::kMax}, {ToText(WeightRangeKind::kMse), WeightRangeKind::kMse}}};
  return kTable;
}

template <typename Table>
std::vector<std::string> Names(const Table& table) {
  std::vector<std::string> names;
  names.reserve(table.size());
  for (const auto& entry : table) names.emplace_back(entry.name);
  return names;
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

template <typename Table, typename Value>
std::string NameOf(const Table& table, Value value) {
  for (const auto& entry : table) {
    if (entry.value == value) return entry.name;
  }
  return "";
}

template <typename Value>
struct IsList : std::false_type {};
template <typename Element>
struct IsList<std::vector<Element>> : std::true_type {};

template <typename Value>
struct IsMap : std::false_type {};
template <typename Key, typename Element>
struct IsMap<std::map<Key, Element>> : std::true_type {};

// Reads one key after the other from a configuration and remembers which were known.
class Reader {
 public:
  Reader(const ordered_json& json, std::string source) : json_(json), source_(std::move(source)) {
    if (!json.is_object()) throw UsageError(source_ + ": a configuration is a JSON object");
  }

  template <typename Value>
  void Read(const char* key, Value& value, const char* kind) {
    const ordered_json* found = Find(key);
    if (found == nullptr) return;
    const std::string wanted = std::string("must be ") + kind + ", not " + report::JsonText(*found);
    if (!IsOfKind<Value>(*found)) Fail(key, wanted);
    try {
      value = found->get<Value>();
    } catch (const nlohmann::json::exception&) {
      Fail(key, wanted);
    }
  }

  template <typename Table, typename Value>
  void ReadName(const char* key, const Table& table, Value& value) {
    std::string name;
    Read(key, name, "a text");
    if (Find(key) == nullptr) return;
    for (const auto& entry : table) {
      if (name == entry.name) {
        value = entry.value;
        return;
      }
    }
    Fail(key, "is \"" + name + "\"; did you mean \"" + graph::NearestName(name, Names(table)) +
                  "\"? It must be one of " + Listed(Names(table)));
  }

  void RequireText(const char* key, const std::string& value) {
    known_.emplace_back(key);
    if (value.empty()) Fail(key, "is missing; give it in the configuration or as --" + Flag(key));
  }

  bool Has(const char* key) const { return json_.contains(key); }

  [[noreturn]] void Fail(const std::string& key, const std::string& what) const {
    throw UsageError(source_ + ": " + key + " " + what);
  }

  void RefuseUnknownKeys() const {
    for (const auto& [key, value] : json_.items()) {
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      throw UsageError(source_ + ": unknown key \"" + key + "\"; did you mean \"" + graph::NearestName(key, known_) +
                       "\"?");
    }
  }

 private:
  static std::string Flag(std::string key) {
    std::replace(key.begin(), key.end(), '_', '-');
    return key;
  }

  const ordered_json* Find(const char* key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
    const auto found = json_.find(key);
    return found == json_.end() ? nullptr : &*found;
  }

  // nlohmann converts between numbers and booleans silently; a configuration must say what it means.
  template <typename Value>
  static bool IsOfKind(const ordered_json& json) {
    constexpr double kLimit = 2147483647.0;
    if constexpr (IsList<Value>::value) {
      return json.is_array() && std::all_of(json.begin(), json.end(), IsOfKind<typename Value::value_type>);
    }
    if constexpr (IsMap<Value>::value) {
      return json.is_object() && std::all_of(json.begin(), json.end(), IsOfKind<typename Value::mapped_type>);
    }
    if constexpr (std::is_same_v<Value, bool>) return json.is_boolean();
    if constexpr (std::is_same_v<Value, uint64_t>) {
      return json.is_number_unsigned() || (json.is_number_integer() && json.get<int64_t>() >= 0);
    }
    if constexpr (std::is_integral_v<Value>) return json.is_number_integer() && std::abs(json.get<double>()) < kLimit;
    if constexpr (std::is_floating_point_v<Value>) return json.is_number();
    if constexpr (std::is_same_v<Value, std::string>) return json.is_string();
    return true;
  }

  const ordered_json& json_;
  std::string source_;
  std::vector<std::string> known_;
};

void ReadPreprocess(Reader& reader, InputPreprocess& preprocess) {
  reader.ReadName("color", kColors, preprocess.color);
  reader.ReadName("resize", kResizes, preprocess.resize);
  reader.Read("mean", preprocess.mean, "a list of numbers, one per channel or one for all");
  reader.Read("std", preprocess.std, "a list of numbers, one per channel or one for all");
  const bool letterbox = preprocess.resize == InputPreprocess::Resize::kLetterbox;
  int pad_value = preprocess.pad_value;
  reader.Read("pad_value", pad_value, "a number in 0..255");
  if (pad_value < 0 || pad_value > 255) reader.Fail("pad_value", "must be in 0..255");
  if (reader.Has("pad_value") && !letterbox) {
    reader.Fail("pad_value", "has no effect unless resize is \"letterbox\"; remove it");
  }
  preprocess.pad_value = static_cast<uint8_t>(pad_value);
  for (const auto& [key, problem] : input::MeanAndStdProblems(preprocess)) reader.Fail(key, problem);
}

void ReadQuantisation(Reader& reader, BuildConfig& config) {
  reader.ReadName("observer", Observers(), config.observer.kind);
  reader.Read("percentile", config.observer.percentile, "a number");
  if (reader.Has("percentile")) {
    if (config.observer.kind != quantize::ObserverKind::kPercentile) {
      reader.Fail("percentile", "has no effect unless observer is \"percentile\"; remove it");
    }
    if (!(config.observer.percentile > 50.0 && config.observer.percentile <= 100.0)) {
      reader.Fail("percentile", "must be above 50 and at most 100");
    }
  }
  reader.ReadName("weight_range", WeightRanges(), config.weight_range);
  reader.Read("bias_correction", config.bias_correction, "true or false");
  reader.Read("tail_bits", config.tail_bits, "8 or 16");
  if (config.tail_bits != 8 && config.tail_bits != 16) reader.Fail("tail_bits", "must be 8 or 16");
}

constexpr size_t kMostFileNameBytes = 200;  // the files that are named after it have longer names

void CheckName(const Reader& reader, const std::string& name) {
  if (name.find('/') != std::string::npos) reader.Fail("name", "is \"" + name + "\"; it must not contain '/'");
  if (!IsNameText(name.data(), name.size()) || name.size() > kMostFileNameBytes) {
    reader.Fail("name", "must be UTF-8 text of at most " + std::to_string(kMostFileNameBytes) +
                            " bytes; choose another one with --name");
  }
}

}  // namespace

std::vector<std::string> TargetDevices() { return {"any", "host", "mipsel", "mipsel-msa", "armv7", "aarch64"}; }

BuildConfig ParseConfig(const ordered_json& json, const std::string& source) {
  Reader reader(json, source);
  BuildConfig config;
  reader.Read("input", config.input, "the path of an ONNX file");
  reader.Read("output_dir", config.output_dir, "the path of a folder");
  reader.Read("name", config.name, "a text");
  reader.Read("input_shape", config.input_shape, "an object such as {\"images\": [1, 3, 640, 640]}");
  reader.Read("input_nodes", config.input_nodes, "a list of names");
  reader.Read("output_nodes", config.output_nodes, "a list of names");
  reader.Read("target_device", config.target_device, "a text");
  reader.Read("calibration", config.calibration, "the path of a folder of pictures");
  reader.Read("count", config.count, "a whole number");
  reader.Read("seed", config.seed, "a whole number, not negative");
  reader.Read("skip_bad_images", config.skip_bad_images, "true or false");
  reader.Read("threads", config.threads, "a whole number");
  ReadPreprocess(reader, config.preprocess);
  ReadQuantisation(reader, config);
  reader.RefuseUnknownKeys();

  reader.RequireText("input", config.input);
  reader.RequireText("output_dir", config.output_dir);
  reader.RequireText("calibration", config.calibration);
  if (config.name.empty()) config.name = fs::path(config.input).stem().string();
  CheckName(reader, config.name);
  if (config.count < 0) reader.Fail("count", "must not be negative");
  if (config.seed != 0 && config.count == 0) {
    reader.Fail("seed", "has no effect unless count says how many pictures to take; give count or remove it");
  }
  if (config.threads < 0 || config.threads > 1024) reader.Fail("threads", "must be in 0..1024");
  const std::vector<std::string> devices = TargetDevices();
  if (std::find(devices.begin(), devices.end(), config.target_device) == devices.end()) {
    reader.Fail("target_device", "is \"" + config.target_device + "\"; did you mean \"" +
                                     graph::NearestName(config.target_device, devices) + "\"? It must be one of " +
                                     Listed(devices));
  }
  for (const auto& [input, shape] : config.input_shape) {
    for (const int64_t extent : shape) {
      if (extent < 1) reader.Fail("input_shape", "of " + input + " has an extent below 1");
    }
  }
  return config;
}

InputPreprocess ParsePreprocess(const ordered_json& json, const std::string& source) {
  Reader reader(json, source);
  InputPreprocess preprocess;
  ReadPreprocess(reader, preprocess);
  reader.RefuseUnknownKeys();
  return preprocess;
}

ordered_json ToJson(const BuildConfig& config) {
  ordered_json json = {{"input", config.input}, {"output_dir", config.output_dir}, {"name", config.name}};
  if (!config.input_shape.empty()) json["input_shape"] = config.input_shape;
  if (!config.input_nodes.empty()) json["input_nodes"] = config.input_nodes;
  if (!config.output_nodes.empty()) json["output_nodes"] = config.output_nodes;
  json["target_device"] = config.target_device;
  json["calibration"] = config.calibration;
  json["count"] = config.count;
  json["seed"] = config.seed;
  json["skip_bad_images"] = config.skip_bad_images;
  json["color"] = NameOf(kColors, config.preprocess.color);
  json["resize"] = NameOf(kResizes, config.preprocess.resize);
  json["mean"] = config.preprocess.mean;
  json["std"] = config.preprocess.std;
  if (config.preprocess.resize == InputPreprocess::Resize::kLetterbox) json["pad_value"] = config.preprocess.pad_value;
  json["observer"] = ToText(config.observer.kind);
  if (config.observer.kind == quantize::ObserverKind::kPercentile) json["percentile"] = config.observer.percentile;
  json["weight_range"] = ToText(config.weight_range);
  json["bias_correction"] = config.bias_correction;
  json["tail_bits"] = config.tail_bits;
  json["threads"] = config.threads;
  return json;
}

ordered_json ReadConfigFile(const std::string& path) {
  ordered_json json = report::ParseJson(files::ReadFile(path), path);
  if (!json.is_object()) throw UsageError(path + ": a configuration is a JSON object");
  const fs::path folder = fs::absolute(path).parent_path();
  for (const char* key : kPathKeys) {
    if (json.contains(key) && json[key].is_string() && !json[key].get<std::string>().empty()) {
      json[key] = (folder / json[key].get<std::string>()).lexically_normal().string();
    }
  }
  return json;
}

ordered_json MergeConfig(ordered_json file, const ordered_json& flags) {
  for (const auto& [key, value] : flags.items()) file[key] = value;
  for (const char* key : kPathKeys) {
    if (file.contains(key) && file[key].is_string() && !file[key].get<std::string>().empty()) {
      file[key] = fs::absolute(file[key].get<std::string>()).lexically_normal().string();
    }
  }
  return file;
}

std::pair<std::string, graph::Shape> ParseInputShape(const std::string& text) {
  const auto fail = [&]() -> std::pair<std::string, graph::Shape> {
    throw UsageError("--input-shape " + text + " is not NAME:1x3x640x640");
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return fail();
  graph::Shape shape;
  std::string number;
  for (const char c : text.substr(colon + 1) + "x") {
    if (c >= '0' && c <= '9' && number.size() < 9) {
      number += c;
    } else if (c == 'x' && !number.empty()) {
      shape.push_back(std::stoll(number));
      number.clear();
    } else {
      return fail();
    }
  }
  return {text.substr(0, colon), shape};
}

}  // namespace lockstep::compiler
