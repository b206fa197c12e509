#include "dump/compare_dumps.h"

#include <algorithm>
#include <map>

#include "dump/values.h"
#include "graph/error.h"

namespace lockstep::dump {
namespace {

namespace fs = std::filesystem;

bool SameLayout(const DumpLayer& a, const DumpLayer& b) {
  return a.dtype == b.dtype && a.shape == b.shape && a.axes == b.axes && a.scale == b.scale &&
         a.channel_scales == b.channel_scales && a.zero_point == b.zero_point;
}

// By what a layer is found in the other dump.
std::string Key(const DumpLayer& layer, bool by_tensor) {
  return by_tensor ? layer.tensor : std::to_string(layer.index) + " " + std::to_string(layer.output) + " " + layer.name;
}

using LayersByKey = std::map<std::string, std::vector<const DumpLayer*>>;

LayersByKey SortByKey(const Manifest& manifest, bool by_tensor) {
  LayersByKey layers;
  for (const DumpLayer& layer : manifest.layers) layers[Key(layer, by_tensor)].push_back(&layer);
  return layers;
}

// Whether `dump` may lack layers that `other` has.
bool MayLack(const Manifest& dump, const Manifest& other, bool by_tensor) {
  return dump.restricted || (by_tensor && other.producer == "float");
}

// |b - a| <= atol + rtol * |a| everywhere.
bool ValuesWithin(const std::vector<float>& a, const std::vector<float>& b, const Tolerance& tolerance) {
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(static_cast<double>(b[i]) - static_cast<double>(a[i]));
    if (!(difference <= tolerance.atol + tolerance.rtol * std::abs(static_cast<double>(a[i])))) return false;
  }
  return true;
}

LayerResult CompareLayer(const fs::path& first, const DumpLayer& a, const fs::path& second, const DumpLayer& b,
                         const CompareOptions& options) {
  LayerResult result = ResultOf(b, SameLayout(a, b) && a.md5 == b.md5);
  if (a.file.empty() || b.file.empty()) return result;
  if (OnnxShape(a) != OnnxShape(b)) {
    throw BadInput("the tensor " + a.tensor + " is " + graph::ToString(OnnxShape(a)) + " in " + first.string() +
                   " and " + graph::ToString(OnnxShape(b)) + " in " + second.string() + "; dump the same model twice");
  }
  const auto bytes_a = ReadDumpLayer(first, a);
  const auto bytes_b = ReadDumpLayer(second, b);
  if (a.HoldsIntegers() && b.HoldsIntegers()) {
    result.within_tolerance = result.md5_equal || Integers(a, bytes_a) == Integers(b, bytes_b);
    if (!result.md5_equal && SameLayout(a, b)) result.difference = CompareElements(b, bytes_a, bytes_b, {});
    return result;
  }
  const auto values_a = RealValues(a, bytes_a);
  const auto values_b = RealValues(b, bytes_b);
  result.accuracy = analyze::Compare(values_a, values_b, b.Steps());
  if (result.md5_equal) return result;
  if (SameLayout(a, b)) result.difference = CompareElements(b, bytes_a, bytes_b, options.tolerance);
  const bool asked = options.tolerance.atol > 0 || options.tolerance.rtol > 0 || options.min_cosine > 0;
  const bool values_good = (options.tolerance.atol == 0 && options.tolerance.rtol == 0 && options.min_cosine > 0) ||
                           ValuesWithin(values_a, values_b, options.tolerance);
  const bool cosine_good = options.min_cosine == 0 || result.accuracy->cosine >= options.min_cosine;
  result.within_tolerance = asked && values_good && cosine_good;
  return result;
}

}  // namespace

DumpComparison CompareDumps(const fs::path& first, const fs::path& second, const CompareOptions& options) {
  const Manifest a = ReadManifest(first);
  const Manifest b = ReadManifest(second);
  const bool by_tensor = a.model_digest.empty() || a.model_digest != b.model_digest;
  const LayersByKey wanted = SortByKey(a, by_tensor);
  const LayersByKey judged = SortByKey(b, by_tensor);

  DumpComparison result;
  result.first = first.string();
  result.second = second.string();
  for (const auto& [key, layers] : judged) {
    const auto found = wanted.find(key);
    if (found == wanted.end()) {
      for (const DumpLayer* layer : layers) result.only_second.push_back(*layer);
      continue;
    }
    // One after the other; the last of the shorter list stands for all that are left of the longer one.
    for (size_t i = 0; i < std::max(layers.size(), found->second.size()); ++i) {
      const DumpLayer& expected = *found->second[std::min(i, found->second.size() - 1)];
      result.layers.push_back(CompareLayer(first, expected, second, *layers[std::min(i, layers.size() - 1)], options));
    }
  }
  for (const auto& [key, layers] : wanted) {
    if (judged.count(key) != 0) continue;
    for (const DumpLayer* layer : layers) result.only_first.push_back(*layer);
  }
  if (result.layers.empty()) {
    throw BadInput("the dumps " + first.string() + " and " + second.string() +
                   " have no layer in common; dump the same model twice");
  }
  const auto by_index = [](const auto& x, const auto& y) { return x.Place() < y.Place(); };
  std::stable_sort(result.layers.begin(), result.layers.end(), by_index);
  std::sort(result.only_first.begin(), result.only_first.end(), by_index);
  std::sort(result.only_second.begin(), result.only_second.end(), by_index);
  result.complete = (result.only_first.empty() || MayLack(b, a, by_tensor)) &&
                    (result.only_second.empty() || MayLack(a, b, by_tensor));
  result.verdict = result.complete ? JudgeLayers(result.layers) : Verdict::kDiffers;
  return result;
}

}  // namespace lockstep::dump
