#include "bundle/strip_weights.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "bundle/packed_units.h"
#include "graph/error.h"
#include "lockstep/check_model.h"
#include "lower/joint_writer.h"

namespace lockstep::bundle {
namespace {

// What the sums of a layer start from: 32 or 64 bits.
std::vector<int64_t> StartsOf(const std::vector<int32_t>& narrow, const std::vector<int64_t>& wide) {
  return narrow.empty() ? wide : std::vector<int64_t>(narrow.begin(), narrow.end());
}

class Stripper {
 public:
  Stripper(joint::ModelT& model, uint64_t seed) : model_(model), random_(seed) {}

  void Run() {
    for (const auto& layer : model_.layers) StripLayer(*layer);
    for (const auto& tensor : model_.tensors) {
      if (tensor->constant >= 0 && done_.insert(tensor->constant).second) StripPlain(*tensor);
    }
  }

 private:
  std::vector<uint8_t>& DataOf(const joint::TensorT& tensor) {
    return model_.constants[static_cast<size_t>(tensor.constant)]->data;
  }
  joint::TensorT& TensorAt(int32_t index) { return *model_.tensors[static_cast<size_t>(index)]; }

  int64_t Between(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }

  void StripLayer(joint::LayerT& layer) {
    joint::OptionsUnion& options = layer.options;
    if (joint::ChannelLookupT* lookup = options.AsChannelLookup()) {
      StripTable(lookup->table, TensorAt(layer.inputs[0]).dtype == joint::DType::U16 ||
                                    TensorAt(layer.outputs[0]).dtype == joint::DType::U16);
      return;
    }
    if (layer.inputs.size() < 2 || TensorAt(layer.inputs[1]).constant < 0) return;
    joint::TensorT& weights = TensorAt(layer.inputs[1]);
    if (joint::ConvT* conv = options.AsConv()) StripSums(layer, weights, *conv, &conv->weight_sum);
    if (joint::ConvTransposeT* conv = options.AsConvTranspose()) StripSums(layer, weights, *conv, &conv->weight_sum);
    if (joint::DepthwiseConvT* conv = options.AsDepthwiseConv()) StripSums(layer, weights, *conv, nullptr);
  }

  // The entry of acc_init of each weight.
  static std::vector<int32_t> SumsOf(const joint::TensorT& weights, const joint::OptionsUnion& options) {
    if (weights.packing != joint::Packing::Plain) return SumsOfPacking(weights, options);
    std::vector<int32_t> sums;
    const int32_t channels = weights.shape.back();
    for (int32_t i = 0; i < weights.shape[1] * weights.shape[2] * channels; ++i) sums.push_back(i % channels);
    return sums;
  }

  // One weight as one or two signed bytes, or as a word.
  struct Access {
    std::vector<uint8_t>& data;
    size_t count;
    bool two_planes;  // high bytes, and behind all of them the low ones
    bool words;

    int64_t Get(size_t i) const {
      const auto byte = [&](size_t at) { return int64_t{static_cast<int8_t>(data[at])}; };
      if (two_planes) return 255 * byte(i) + byte(count + i);
      if (!words) return byte(i);
      int16_t word = 0;
      std::memcpy(&word, data.data() + 2 * i, sizeof(word));
      return word;
    }
    // The sum of what a checker takes for |w|.
    int64_t Absolute(size_t i) const {
      if (!two_planes) return std::llabs(Get(i));
      return 255 * std::abs(int{static_cast<int8_t>(data[i])}) + std::abs(int{static_cast<int8_t>(data[count + i])});
    }
    void Set(size_t i, int64_t value) const {
      if (two_planes) {
        const int64_t high = value / 255;  // towards zero, so that both have the value's sign and nothing exceeds it
        data[i] = static_cast<uint8_t>(static_cast<int8_t>(high));
        data[count + i] = static_cast<uint8_t>(static_cast<int8_t>((value - 255 * high) / 2));
      } else if (words) {
        const auto word = static_cast<int16_t>(value);
        std::memcpy(data.data() + 2 * i, &word, sizeof(word));
      } else {
        data[i] = static_cast<uint8_t>(static_cast<int8_t>(value));
      }
    }
  };

  template <typename Options>
  void StripSums(const joint::LayerT& layer, const joint::TensorT& weights, Options& options,
                 std::vector<int32_t>* weight_sum) {
    if (weights.dtype == joint::DType::F32) {
      if (weights.packing != joint::Packing::Plain && done_.insert(weights.constant).second) {
        StripFloats(DataOf(weights), SumsOf(weights, layer.options));
      }
      return;
    }
    const std::vector<int32_t> sums = SumsOf(weights, layer.options);
    const bool wide = weights.dtype == joint::DType::S16;
    const bool packed = weights.packing != joint::Packing::Plain;
    const Access access{DataOf(weights), sums.size(), wide && packed, wide && !packed};
    std::vector<int64_t> starts = StartsOf(options.acc_init, options.acc_init64);
    if (access.data.size() != sums.size() * (wide ? 2 : 1))
      throw Error("the weights of " + weights.name + " are packed in an unknown way");
    if (done_.insert(weights.constant).second) {
      before_[weights.constant] = StripChannels(access, sums, starts.size());
    }
    SetStarts(starts, before_.at(weights.constant), TensorAt(layer.inputs[0]).dtype, access, sums, options);
    if (weight_sum == nullptr) return;
    std::fill(weight_sum->begin(), weight_sum->end(), 0);
    for (size_t i = 0; i < sums.size(); ++i) {
      if (sums[i] < 0) continue;
      const auto entry = static_cast<size_t>(sums[i]);
      (*weight_sum)[entry] += static_cast<int8_t>(access.data[i]);
      if (wide) (*weight_sum)[starts.size() + entry] += static_cast<int8_t>(access.data[sums.size() + i]);
    }
  }

  // Random weights within the layer's range; no channel's sum of |w| grows, so what was proven of the sums holds.
  // Returns the sums as they were.
  std::vector<int64_t> StripChannels(const Access& access, const std::vector<int32_t>& sums, size_t entries) {
    int64_t most = 0;
    std::vector<int64_t> before(entries, 0);
    for (size_t i = 0; i < sums.size(); ++i) {
      if (sums[i] < 0) continue;
      most = std::max<int64_t>(most, std::llabs(access.Get(i)));
      before[static_cast<size_t>(sums[i])] += access.Absolute(i);
    }
    std::vector<int64_t> values(sums.size(), 0);
    std::vector<int64_t> after(entries, 0);
    for (size_t i = 0; i < sums.size(); ++i) {
      if (sums[i] < 0) continue;
      values[i] = Between(-most, most);
      after[static_cast<size_t>(sums[i])] += std::llabs(values[i]);
    }
    for (size_t i = 0; i < sums.size(); ++i) {
      if (sums[i] < 0) continue;
      const auto entry = static_cast<size_t>(sums[i]);
      const double shrink =
          after[entry] > before[entry] ? static_cast<double>(before[entry]) / static_cast<double>(after[entry]) : 1.0;
      access.Set(i, static_cast<int64_t>(std::trunc(static_cast<double>(values[i]) * shrink)));
    }
    return before;
  }

  template <typename Options>
  void SetStarts(std::vector<int64_t> starts, const std::vector<int64_t>& before, joint::DType input,
                 const Access& access, const std::vector<int32_t>& sums, Options& options) {
    const int64_t high =
        input == joint::DType::U16 ? std::numeric_limits<uint16_t>::max() : std::numeric_limits<uint8_t>::max();
    std::vector<int64_t> absolute(starts.size(), 0);
    for (size_t i = 0; i < sums.size(); ++i) {
      if (sums[i] >= 0) absolute[static_cast<size_t>(sums[i])] += access.Absolute(i);
    }
    int64_t most = 0;
    for (const int64_t start : starts) most = std::max<int64_t>(most, std::llabs(start));
    for (size_t entry = 0; entry < starts.size(); ++entry) {
      // As large as any of the layer's, and no sum beyond what it was proven to stay within.
      const int64_t bound = std::llabs(starts[entry]) + high * std::max(before.at(entry), absolute[entry]);
      const int64_t limit = std::min(most, bound - high * absolute[entry]);
      starts[entry] = Between(-limit, limit);
    }
    if (options.acc_init.empty()) {
      options.acc_init64 = std::move(starts);
    } else {
      options.acc_init.assign(starts.begin(), starts.end());
    }
  }

  void StripFloats(std::vector<uint8_t>& data, const std::vector<int32_t>& places) {
    StripRange<float>(data, [&](size_t i) { return places.empty() || places[i] >= 0; });
  }

  // Elements within the range of all of them.
  template <typename T, typename Chosen>
  void StripRange(std::vector<uint8_t>& data, const Chosen& chosen) {
    std::vector<T> values(data.size() / sizeof(T));
    std::memcpy(values.data(), data.data(), values.size() * sizeof(T));
    T low = std::numeric_limits<T>::max();
    T high = std::numeric_limits<T>::lowest();
    for (size_t i = 0; i < values.size(); ++i) {
      if (!chosen(i)) continue;
      if constexpr (std::is_floating_point_v<T>) {
        if (!std::isfinite(values[i])) continue;
      }
      low = std::min(low, values[i]);
      high = std::max(high, values[i]);
    }
    for (size_t i = 0; i < values.size() && low <= high; ++i) {
      if (!chosen(i)) continue;
      if constexpr (std::is_floating_point_v<T>) {
        if (!std::isfinite(values[i])) continue;
        const double share = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
        values[i] =
            static_cast<T>(static_cast<double>(low) + share * (static_cast<double>(high) - static_cast<double>(low)));
      } else {
        values[i] = static_cast<T>(Between(static_cast<int64_t>(low), static_cast<int64_t>(high)));
      }
    }
    std::memcpy(data.data(), values.data(), values.size() * sizeof(T));
  }

  void StripPlain(const joint::TensorT& tensor) {
    std::vector<uint8_t>& data = DataOf(tensor);
    const auto all = [](size_t) { return true; };
    switch (tensor.dtype) {
      case joint::DType::U8:
        return StripRange<uint8_t>(data, all);
      case joint::DType::S8:
        return StripRange<int8_t>(data, all);
      case joint::DType::U16:
        return StripRange<uint16_t>(data, all);
      case joint::DType::S16:
        return StripRange<int16_t>(data, all);
      case joint::DType::S32:
        return StripRange<int32_t>(data, all);
      case joint::DType::S64:
        return StripRange<int64_t>(data, all);
      case joint::DType::F32:
        return StripRange<float>(data, all);
      case joint::DType::BOOL:
        return StripRange<uint8_t>(data, all);
    }
  }

  void StripTable(std::vector<uint8_t>& table, bool words) {
    const auto all = [](size_t) { return true; };
    words ? StripRange<uint16_t>(table, all) : StripRange<uint8_t>(table, all);
  }

  joint::ModelT& model_;
  std::mt19937_64 random_;
  std::set<int32_t> done_;                          // constants that are random already
  std::map<int32_t, std::vector<int64_t>> before_;  // of weights: the sums of |w| that they had
};

}  // namespace

std::vector<uint8_t> StripWeights(const joint::Model& model, uint64_t seed) {
  const std::unique_ptr<joint::ModelT> twin(model.UnPack());
  twin->source_digest.clear();
  twin->calibration_digest.clear();
  twin->test_vectors.clear();
  Stripper(*twin, seed).Run();
  std::vector<uint8_t> file = lower::WriteJoint(*twin);
  if (const Status status = CheckModel(file.data(), file.size()); !status.ok()) {
    throw Error("the model cannot be stripped of its weights: " + std::string(status.message()) +
                "; leave --strip-weights out");
  }
  return file;
}

}  // namespace lockstep::bundle
