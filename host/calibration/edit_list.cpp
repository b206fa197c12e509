#include "calibration/edits.h"
#include "calibration/entry_keys.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::calibration {
namespace {

std::string Field(const Json& entry, const char* field) {
  if (!entry.contains(field)) return "";
  const Json& value = entry.at(field);
  return value.is_string() ? value.get<std::string>() : report::JsonText(value);
}

// "" as calibrated, else "changed".
report::Cell Mark(const Json& entry) {
  const Json calibrated = entry.value(key::kCalibrated, Json::object());
  for (const auto& [field, value] : entry.items()) {
    if (calibrated.contains(field) && calibrated.at(field) != value) return {"changed", report::Mood::kBad};
  }
  return {""};
}

}  // namespace

std::string ListText(const Json& file, bool colour) {
  constexpr size_t kNameWidth = 60;
  using report::Align;
  report::Table tensors({{"tensor", Align::kLeft, kNameWidth},
                         {"type"},
                         {"bits", Align::kRight},
                         {"range"},
                         {"seen"},
                         {"observer"},
                         {""}});
  for (const auto& [name, entry] : file.at(key::kTensors).items()) {
    const Json calibrated = entry.value(key::kCalibrated, Json::object());
    const std::string type =
        entry.contains(key::kSameAs) ? "as " + Field(entry, key::kSameAs) : Field(entry, key::kType);
    tensors.AddRow({name, type, Field(entry, key::kBits), Field(entry, key::kRange), Field(calibrated, key::kSeen),
                    Field(calibrated, key::kObserver), Mark(entry)});
  }
  report::Table nodes({{"node", Align::kLeft, kNameWidth},
                       {"op"},
                       {"float"},
                       {"weight_bits", Align::kRight},
                       {"weight_range"},
                       {"weight_scales"},
                       {""}});
  for (const auto& [name, entry] : file.at(key::kNodes).items()) {
    nodes.AddRow({name, Field(entry, key::kOp), Field(entry, key::kFloat), Field(entry, key::kWeightBits),
                  Field(entry, key::kWeightRange), Field(entry, key::kWeightScales), Mark(entry)});
  }
  return tensors.ToText(colour) + "\n" + nodes.ToText(colour);
}

}  // namespace lockstep::calibration
