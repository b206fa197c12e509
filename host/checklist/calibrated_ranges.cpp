#include "checklist/calibrated_ranges.h"

#include <limits>

#include "dump/dump.h"
#include "engine/reference/joint_model.h"

namespace lockstep::checklist {
namespace {

constexpr size_t kTensors = 8;  // the first layers see what is wrong with an input most directly

}  // namespace

CalibratedRanges::CalibratedRanges(const std::filesystem::path& joint_model) {
  const engine::JointModel joint(joint_model.string());
  for (const joint::Layer* layer : *joint.model().layers()) {
    if (ranges_.size() == kTensors) return;
    const auto index = static_cast<flatbuffers::uoffset_t>(layer->outputs()->Get(0));
    const dump::DumpLayer tensor = dump::DescribeTensor(*joint.model().tensors()->Get(index));
    const bool words = tensor.dtype == "u16";
    if ((tensor.dtype != "u8" && !words) || !tensor.channel_scales.empty()) continue;
    const double levels = words ? std::numeric_limits<uint16_t>::max() : std::numeric_limits<uint8_t>::max();
    const auto real = [&](double stored) {
      return static_cast<float>(tensor.scale * (stored - static_cast<double>(tensor.zero_point)));
    };
    // Half a step is rounding.
    ranges_.emplace(tensor.tensor, std::pair(real(-0.5), real(levels + 0.5)));
  }
}

std::set<std::string> CalibratedRanges::Names() const {
  std::set<std::string> names;
  for (const auto& [name, range] : ranges_) names.insert(name);
  return names;
}

void CalibratedRanges::Add(const std::string& name, const graph::Shape& shape, const float* data) {
  const auto range = ranges_.find(name);
  if (range == ranges_.end()) return;
  const int64_t elements = graph::ElementCount(shape);
  for (int64_t i = 0; i < elements; ++i) {
    outside_ += data[i] < range->second.first || data[i] > range->second.second ? 1.0 : 0.0;
  }
  all_ += static_cast<double>(elements);
}

double CalibratedRanges::TakeShare() {
  const double share = all_ == 0.0 ? -1.0 : outside_ / all_;
  outside_ = all_ = 0.0;
  return share;
}

}  // namespace lockstep::checklist
