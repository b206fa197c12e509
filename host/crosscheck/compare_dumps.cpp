#include "crosscheck/compare_dumps.h"

#include <algorithm>
#include <map>

#include "graph/error.h"

namespace lockstep::crosscheck {
namespace {

namespace fs = std::filesystem;

bool SameLayout(const DumpLayer& a, const DumpLayer& b) {
  return a.dtype == b.dtype && a.shape == b.shape && a.axes == b.axes && a.scale == b.scale &&
         a.zero_point == b.zero_point;
}

// By what a layer is found in the other dump.
std::string Key(const DumpLayer& layer, bool by_tensor) {
  return by_tensor ? layer.tensor : std::to_string(layer.index) + " " + layer.name;
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
  const auto values_a = RealValues(a, bytes_a);
  const auto values_b = RealValues(b, bytes_b);
  result.accuracy = analyze::Compare(values_a, values_b, b.scale);
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
  std::map<std::string, const DumpLayer*> wanted;
  for (const DumpLayer& layer : a.layers) wanted[Key(layer, by_tensor)] = &layer;

  DumpComparison result;
  result.first = first.string();
  result.second = second.string();
  for (const DumpLayer& layer : b.layers) {
    const auto found = wanted.find(Key(layer, by_tensor));
    if (found == wanted.end()) {
      result.only_second.push_back(layer.tensor);
      continue;
    }
    result.layers.push_back(CompareLayer(first, *found->second, second, layer, options));
    wanted.erase(found);
  }
  for (const auto& [key, layer] : wanted) result.only_first.push_back(layer->tensor);
  if (result.layers.empty()) {
    throw BadInput("the dumps " + first.string() + " and " + second.string() +
                   " have no layer in common; dump the same model twice");
  }
  for (const LayerResult& layer : result.layers) {
    if (!layer.within_tolerance) {
      result.verdict = Verdict::kDiffers;
    } else if (!layer.md5_equal && result.verdict == Verdict::kExact) {
      result.verdict = Verdict::kWithinTolerance;
    }
  }
  return result;
}

}  // namespace lockstep::crosscheck
