#include "calibration/edits.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "calibration/entry_keys.h"
#include "calibration/tensor_entry.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "report/json_text.h"

namespace lockstep::calibration {
namespace {

constexpr char kThreshold[] = "threshold";
constexpr std::array<const char*, 6> kTensorFields = {key::kBits, key::kType,  key::kRange,
                                                      kThreshold, key::kScale, key::kZeroPoint};
constexpr std::array<const char*, 4> kNodeFields = {key::kFloat, key::kWeightBits, key::kWeightRange,
                                                    key::kWeightScales};
constexpr char kOperator[] = "op:";

template <typename Fields>
bool IsIn(const Fields& fields, const std::string& field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

bool Matches(const std::string& pattern, const std::string& name) {
  return pattern == name || fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

struct Edit {
  std::string text;
  std::string name;
  std::string field;
  Json value;
};

class Editor {
 public:
  Editor(const std::string& path, Json& file) : path_(path), file_(file) {}

  std::vector<std::string> Apply(const std::string& text) {
    const Edit edit = Parse(text);
    const bool of_node = IsIn(kNodeFields, edit.field);
    std::vector<std::string> changes;
    const std::vector<std::string> names = of_node ? Nodes(edit.name) : Tensors(edit.name);
    if (names.empty()) FailUnmatched(edit, of_node);
    for (const std::string& name : names) {
      Json& entry = file_[of_node ? key::kNodes : key::kTensors][name];
      const Json before = entry;
      of_node ? SetNode(edit, name, entry) : SetTensor(edit, name, entry);
      if (entry == before) continue;
      const auto shown = [&](const Json& of) {
        const char* field = edit.field == kThreshold ? key::kRange : edit.field.c_str();
        return of.contains(field) ? report::JsonText(of.at(field)) : std::string("none");
      };
      changes.push_back(name + ": " + edit.field + " " + shown(before) + " -> " + shown(entry));
    }
    if (changes.empty()) Fail(edit.text, "changes nothing: that is what the file says already; leave it out");
    return changes;
  }

 private:
  [[noreturn]] void Fail(const std::string& edit, const std::string& what) const {
    throw UsageError(path_ + ": " + graph::Quoted(edit) + " " + what);
  }

  static std::string Trimmed(const std::string& text) {
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
  }

  Edit Parse(const std::string& text) const {
    const size_t equals = text.rfind('=');
    const size_t dot = equals == std::string::npos ? equals : text.rfind('.', text.find('='));
    if (equals == std::string::npos || dot == std::string::npos || dot == 0) {
      Fail(text, "is not NAME.FIELD=VALUE, such as /model.0/*.bits=16");
    }
    const size_t assigned = text.find('=', dot);
    Edit edit{text, text.substr(0, dot), Trimmed(text.substr(dot + 1, assigned - dot - 1)), {}};
    if (!IsIn(kTensorFields, edit.field) && !IsIn(kNodeFields, edit.field)) {
      std::vector<std::string> known(kTensorFields.begin(), kTensorFields.end());
      known.insert(known.end(), kNodeFields.begin(), kNodeFields.end());
      Fail(text, "names the field " + graph::Quoted(edit.field) + ", which there is not" +
                     graph::DidYouMean(edit.field, known));
    }
    const std::string value = Trimmed(text.substr(assigned + 1));
    const std::string json = edit.field == key::kRange && value.find(',') != std::string::npos && value[0] != '['
                                 ? "[" + value + "]"
                                 : value;
    edit.value = Json::parse(json, nullptr, false);
    if (edit.value.is_discarded()) edit.value = value;
    return edit;
  }

  std::vector<std::string> Nodes(const std::string& pattern) const {
    std::vector<std::string> names;
    const bool by_op = pattern.compare(0, sizeof kOperator - 1, kOperator) == 0;
    for (const auto& [name, entry] : file_.at(key::kNodes).items()) {
      const std::string op = entry.value(key::kOp, std::string());
      if (by_op ? op == pattern.substr(sizeof kOperator - 1) : Matches(pattern, name)) names.push_back(name);
    }
    return names;
  }

  static bool HasNoLevels(const Json& entry) {
    return entry.value(key::kType, "") == key::kF32 && !entry.contains(key::kBits) && !entry.contains(key::kRange);
  }

  // Its numbers follow from the picture's.
  static bool IsIntegerInput(const Json& entry) {
    const Json calibrated = entry.value(key::kCalibrated, Json::object());
    return calibrated.value(key::kObserver, "") == key::kOfInput;
  }

  // What only moves elements of another tensor is left to that one, and what is in floats or a picture as it is, unless
  // it is named itself.
  std::vector<std::string> Tensors(const std::string& pattern) const {
    const Json& tensors = file_.at(key::kTensors);
    std::vector<std::string> names;
    for (const auto& [name, entry] : tensors.items()) {
      if (!Matches(pattern, name)) continue;
      if (pattern == name || !(entry.contains(key::kSameAs) || HasNoLevels(entry) || IsIntegerInput(entry))) {
        names.push_back(name);
      }
    }
    if (!names.empty()) return names;
    for (const std::string& node : Nodes(pattern)) {
      const std::string output = file_.at(key::kNodes).at(node).value(key::kOutput, std::string());
      if (tensors.contains(output) && !tensors.at(output).contains(key::kSameAs)) names.push_back(output);
    }
    return names;
  }

  [[noreturn]] void FailUnmatched(const Edit& edit, bool of_node) const {
    std::vector<std::string> known;
    for (const auto& [name, entry] : file_.at(key::kNodes).items()) {
      const Json fused = entry.value(key::kOnnxNodes, Json::array());
      if (std::count(fused.begin(), fused.end(), Json(edit.name)) != 0) {
        Fail(edit.text, "names a node that went into " + graph::Quoted(name) + "; say it of that one");
      }
      known.push_back(name);
    }
    if (!of_node) {
      for (const auto& [name, entry] : file_.at(key::kTensors).items()) known.push_back(name);
    }
    Fail(edit.text, "matches nothing" + graph::DidYouMean(edit.name, known));
  }

  void SetNode(const Edit& edit, const std::string& name, Json& entry) const {
    if (edit.field != key::kFloat && !entry.contains(edit.field)) {
      if (edit.name == name) Fail(edit.text, "has no effect: the node has no weights in integers");
      return;
    }
    if (edit.field == key::kFloat && !edit.value.is_boolean()) Fail(edit.text, "must say true or false");
    const bool bits = edit.field == key::kWeightBits;
    if (bits && !(edit.value.is_number_integer() && edit.value >= 2 && edit.value <= 16)) {
      Fail(edit.text, "must say a whole number in 2..16");
    }
    const bool range = edit.field == key::kWeightRange;
    if (range && !(edit.value == "max" || edit.value == "mse" || edit.value == "admm")) {
      Fail(edit.text, "must say max, mse or admm");
    }
    const bool scales = edit.field == key::kWeightScales;
    if (scales && edit.value != key::kPerChannel && edit.value != key::kPerTensor) {
      Fail(edit.text, "must say per_channel or per_tensor");
    }
    entry[edit.field] = edit.value;
  }

  void SetTensor(const Edit& edit, const std::string& name, Json& entry) const {
    if (entry.contains(key::kSameAs)) {
      Fail(edit.text, "names a tensor that only moves the elements of " +
                          graph::Quoted(entry.at(key::kSameAs).get<std::string>()) + "; say it of that one");
    }
    const std::string where = path_ + ": " + graph::Quoted(edit.text) + ": tensor " + graph::Quoted(name);
    ReadTensorEntry(entry, where);  // what was changed by hand before
    if (IsIntegerInput(entry)) {
      Fail(edit.text,
           "names an input, whose bits and levels follow from its type, mean and std; leave it as it is, or "
           "calibrate again with other ones");
    }
    if (entry.contains(edit.field) && entry.at(edit.field) == edit.value) return;
    if (edit.field == kThreshold) {
      SetThreshold(edit, entry);
    } else if (edit.field == key::kRange && edit.value == key::kSeen) {
      const Json calibrated = entry.value(key::kCalibrated, Json::object());
      if (!calibrated.contains(key::kSeen)) Fail(edit.text, "asks for what was seen, and nothing was recorded of it");
      const Json& seen = calibrated.at(key::kSeen);
      entry[key::kRange] = {std::min(seen[0].get<double>(), 0.0), std::max(seen[1].get<double>(), 0.0)};
    } else {
      entry[edit.field] = edit.value;
    }
    // What follows is written when the network is built.
    const bool scaled = edit.field == key::kScale || edit.field == key::kZeroPoint;
    if (scaled) {
      entry.erase(key::kRange);
    } else if (edit.value != key::kF32) {
      entry.erase(key::kScale);
      entry.erase(key::kZeroPoint);
    }
    if (edit.field == key::kType && edit.value != key::kF32) entry.erase(key::kBits);
    if (edit.field == key::kBits && entry.value(key::kType, "") != key::kF32 && edit.value.is_number_integer()) {
      entry[key::kType] = edit.value > 8 ? key::kU16 : key::kU8;
    }
    ReadTensorEntry(entry, where);
  }

  void SetThreshold(const Edit& edit, Json& entry) const {
    if (!edit.value.is_number() || edit.value <= 0) Fail(edit.text, "must say a number above 0");
    if (!entry.contains(key::kRange)) {
      Fail(edit.text, "has no range to cut: scale or zero_point were changed; say range, or build first");
    }
    const auto threshold = edit.value.get<double>();
    const auto low = entry[key::kRange][0].get<double>();
    const auto high = entry[key::kRange][1].get<double>();
    entry[key::kRange] = {std::max(low, -threshold), std::min(high, threshold)};
  }

  const std::string& path_;
  Json& file_;
};

}  // namespace

std::vector<std::string> Apply(const std::vector<std::string>& edits, const std::string& path, Json& file) {
  Editor editor(path, file);
  std::vector<std::string> changes;
  for (const std::string& edit : edits) {
    for (std::string& change : editor.Apply(edit)) changes.push_back(std::move(change));
  }
  return changes;
}

std::vector<std::string> ReadScript(const std::string& path) {
  const std::vector<uint8_t> bytes = files::ReadFile(path);
  std::istringstream text(std::string(bytes.begin(), bytes.end()));
  std::vector<std::string> edits;
  for (std::string line; std::getline(text, line);) {
    const size_t first = line.find_first_not_of(" \t\r");
    const size_t last = line.find_last_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    std::string edit = line.substr(first, last - first + 1);
    size_t comment = edit.find(" #");
    comment = std::min(comment, edit.find("\t#"));
    if (comment != std::string::npos) edit.erase(edit.find_last_not_of(" \t", comment) + 1);
    edits.push_back(std::move(edit));
  }
  return edits;
}

}  // namespace lockstep::calibration
