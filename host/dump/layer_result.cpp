#include "dump/layer_result.h"

namespace lockstep::dump {

const char* VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kExact:
      return "exact";
    case Verdict::kWithinTolerance:
      return "within_tolerance";
    case Verdict::kDiffers:
      break;
  }
  return "differs";
}

LayerResult ResultOf(const DumpLayer& layer, bool md5_equal) {
  LayerResult result;
  result.index = layer.index;
  result.output = layer.output;
  result.name = layer.name;
  result.op = layer.op;
  result.tensor = layer.tensor;
  result.dtype = layer.dtype;
  result.shape = layer.shape;
  result.md5_equal = md5_equal;
  result.within_tolerance = md5_equal;
  return result;
}

Verdict JudgeLayers(const std::vector<LayerResult>& layers) {
  Verdict verdict = Verdict::kExact;
  for (const LayerResult& layer : layers) {
    if (!layer.within_tolerance) return Verdict::kDiffers;
    if (!layer.md5_equal) verdict = Verdict::kWithinTolerance;
  }
  return verdict;
}

}  // namespace lockstep::dump
