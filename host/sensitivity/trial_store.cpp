#include "sensitivity/trial_store.h"

#include <nlohmann/json.hpp>

#include "lockstep/md5.h"

namespace lockstep::sensitivity {
namespace {

constexpr const char* kHead = "lockstep sensitivity 1";  // the number changes with what results mean

class Digest {
 public:
  template <typename Number>
  void Add(const std::vector<Number>& numbers) {
    const uint64_t count = numbers.size();
    md5_.Update(&count, sizeof count);
    if (!numbers.empty()) md5_.Update(numbers.data(), numbers.size() * sizeof(Number));
  }
  void Add(const std::string& text) { Add(std::vector<char>(text.begin(), text.end())); }
  void Add(const quantize::TensorFormat& format) {
    Add(std::vector<int32_t>{static_cast<int32_t>(format.type), format.bits, format.axis});
    Add(format.scales);
    Add(format.zero_points);
  }
  std::string Text() { return lockstep::ToText(md5_.Finish()).data(); }

 private:
  Md5 md5_;
};

std::string RoundingsOf(const quantize::QuantizedGraph& quantized) {
  Digest digest;
  for (const auto* formats : {&quantized.formats, &quantized.reads}) {
    for (const auto& [id, format] : *formats) {
      digest.Add(quantized.graph.tensor(id).name);
      digest.Add(format);
    }
  }
  for (const auto& [operand, weights] : quantized.weights) {
    digest.Add(operand.first + " " + std::to_string(operand.second));
    digest.Add(weights.format);
    digest.Add(weights.values);
    digest.Add(weights.bias);
  }
  return digest.Text();
}

}  // namespace

TrialStore::TrialStore(const std::filesystem::path& path, const std::string& network,
                       const quantize::QuantizedGraph& quantized)
    : basis_(network + " " + RoundingsOf(quantized)), lines_(path, kHead) {}

std::string TrialStore::KeyOf(const std::string& picture, const TrialOf& trial) const {
  const std::string all = basis_ + " " + picture + " " + ToText(trial.part) + " " + trial.node->name;
  return lockstep::ToText(Md5Of(all.data(), all.size())).data();
}

std::string TrialStore::DigestOf(const quantize::CalibrationInput& picture) {
  Digest digest;
  for (const auto& [name, tensor] : picture.tensors) {
    digest.Add(name);
    digest.Add(tensor.data);
  }
  return digest.Text();
}

std::optional<OutputSums> TrialStore::Find(const std::string& key) {
  const std::optional<std::string> text = lines_.Find(key);
  if (!text) return std::nullopt;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  OutputSums sums;
  for (const auto& [part, numbers] : json.items()) {
    analyze::MetricsSum::Numbers values{};
    if (!numbers.is_array() || numbers.size() != values.size()) return std::nullopt;
    for (size_t i = 0; i < values.size(); ++i) {
      if (!numbers[i].is_number()) return std::nullopt;
      values[i] = numbers[i].get<double>();
    }
    sums[part] = analyze::MetricsSum(values);
  }
  ++found_;
  return sums;
}

void TrialStore::Add(const std::string& key, const OutputSums& sums) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [part, sum] : sums) json[part] = sum.numbers();
  lines_.Add(key, json.dump());
}

}  // namespace lockstep::sensitivity
