#include "compare/compare_pair.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "compare/byte_stream.h"
#include "compare/element_sums.h"
#include "compare/formats.h"
#include "dump/values.h"
#include "files/digest.h"
#include "graph/error.h"

namespace lockstep::compare {
namespace {

constexpr size_t kPiece = size_t{1} << 18;  // elements or bytes that fit the processor's cache

bool OneType(const dump::DumpLayer& a, const dump::DumpLayer& b) {
  return a.dtype == b.dtype && a.scale == b.scale && a.channel_scales == b.channel_scales &&
         a.zero_point == b.zero_point;
}

// The md5 of both are computed as long as they are one: of equal files that is half the work.
bool BytesAreEqual(const StoredTensor& first, const StoredTensor& second) {
  ByteStream a(first);
  ByteStream b(second);
  files::Md5Sum sum_a;
  std::optional<files::Md5Sum> sum_b;  // absent: that of `a` so far
  bool equal = a.size() == b.size();
  if (!equal) sum_b.emplace();
  for (uint64_t done = 0; done < std::max(a.size(), b.size()); done += kPiece) {
    const size_t here_a = static_cast<size_t>(std::min<uint64_t>(kPiece, a.size() - std::min(done, a.size())));
    const size_t here_b = static_cast<size_t>(std::min<uint64_t>(kPiece, b.size() - std::min(done, b.size())));
    const uint8_t* bytes_a = a.Next(here_a);
    const uint8_t* bytes_b = b.Next(here_b);
    if (!sum_b && std::memcmp(bytes_a, bytes_b, here_a) != 0) {
      equal = false;
      sum_b.emplace(sum_a);
    }
    sum_a.Add(bytes_a, here_a);
    if (sum_b) sum_b->Add(bytes_b, here_b);
  }
  const std::string md5_a = sum_a.Hex();
  CheckMd5(first, md5_a);
  CheckMd5(second, sum_b ? sum_b->Hex() : md5_a);
  return equal;
}

std::string Md5Of(const StoredTensor& tensor) {
  if (!tensor.layer.md5.empty()) return tensor.layer.md5;
  ByteStream stream(tensor);
  files::Md5Sum sum;
  for (uint64_t done = 0; done < stream.size(); done += kPiece) {
    const size_t here = static_cast<size_t>(std::min<uint64_t>(kPiece, stream.size() - done));
    sum.Add(stream.Next(here), here);
  }
  return sum.Hex();
}

ElementSums::Result Sum(ByteStream a, const dump::DumpLayer& format_a, ByteStream b, const dump::DumpLayer& format_b,
                        const dump::Tolerance& tolerance) {
  ElementSums sums(format_a, format_b, tolerance);
  const int64_t elements = format_b.Elements();
  for (int64_t done = 0; done < elements; done += kPiece) {
    const auto here = static_cast<size_t>(std::min<int64_t>(kPiece, elements - done));
    const uint8_t* bytes_a = a.Next(here * ElementBytes(format_a.dtype));
    sums.Add(bytes_a, b.Next(here * ElementBytes(format_b.dtype)), here);
  }
  return sums.Finish();
}

// A format in ONNX order, and its bytes. Scales by channel, of which physical order alone can speak, make it floats.
std::vector<uint8_t> InOnnxOrder(dump::DumpLayer& format, std::vector<uint8_t> bytes) {
  if (!format.channel_scales.empty()) {
    const std::vector<float> reals = dump::RealValues(format, bytes);
    bytes.resize(reals.size() * sizeof(float));
    std::memcpy(bytes.data(), reals.data(), bytes.size());
    format.dtype = "f32";
    format.scale = 0.0;
    format.zero_point = 0;
    format.channel_scales.clear();
  } else if (!format.axes.empty()) {
    bytes = dump::ToOnnxOrder(format, bytes);
  }
  format.shape = dump::OnnxShape(format);
  format.axes.clear();
  return bytes;
}

// Where the differing elements lie, and by how many steps they are off: each is looked at, so it is for few.
void LookAtEach(ByteStream a, ByteStream b, const dump::DumpLayer& format, const dump::Tolerance& tolerance,
                dump::ElementComparison& difference) {
  constexpr int64_t kMost = int64_t{1} << 20;
  if (difference.differing > kMost) {
    difference.place.kind = dump::PlaceKind::kNoPattern;
    difference.place.words = "too many to look at each";
    return;
  }
  dump::ElementComparer comparer(format, tolerance);
  constexpr size_t kSmallPiece = 4096;  // most of them are equal, and skipped
  const size_t piece = kSmallPiece * dump::DTypeBytes(format.dtype);
  for (uint64_t done = 0; done < b.size(); done += piece) {
    const size_t here = static_cast<size_t>(std::min<uint64_t>(piece, b.size() - done));
    const uint8_t* expected = a.Next(here);
    comparer.Add(expected, b.Next(here), here);
  }
  difference = comparer.Finish();
}

struct Trial {
  bool equal = false;
  ElementSums::Result sums;
  const FormatPair* formats = nullptr;

  bool BetterThan(const Trial& other) const {
    if (equal != other.equal) return equal;
    const double cosine = sums.accuracy.cosine;
    return !std::isnan(cosine) && !(other.sums.accuracy.cosine >= cosine);
  }
};

// Both in ONNX order, in memory: they lie in different orders.
Trial TryReordered(const TensorPair& pair, const FormatPair& formats, const dump::Tolerance& tolerance) {
  dump::DumpLayer format_a = formats.first;
  dump::DumpLayer format_b = formats.second;
  std::vector<uint8_t> a = InOnnxOrder(format_a, ReadTensor(pair.first));
  std::vector<uint8_t> b = InOnnxOrder(format_b, ReadTensor(pair.second));
  Trial trial;
  trial.formats = &formats;
  trial.equal = OneType(format_a, format_b) && a == b;
  if (trial.equal) return trial;
  trial.sums = Sum(ByteStream(a), format_a, ByteStream(b), format_b, tolerance);
  if (OneType(format_a, format_b) && dump::IsDType(format_a.dtype)) {
    LookAtEach(ByteStream(std::move(a)), ByteStream(std::move(b)), format_b, tolerance, trial.sums.difference);
  } else {
    trial.sums.difference.place.words = "between two types";
  }
  for (std::optional<dump::ElementDifference>* place : {&trial.sums.difference.first, &trial.sums.difference.worst}) {
    for (size_t axis = 0; *place && axis < formats.second.axes.size(); ++axis) {
      (*place)->coordinates[axis] = (*place)->onnx_coordinates[static_cast<size_t>(formats.second.axes[axis])];
    }
  }
  return trial;
}

Trial TryInPlace(const TensorPair& pair, const FormatPair& formats, bool bytes_equal,
                 const dump::Tolerance& tolerance) {
  Trial trial;
  trial.formats = &formats;
  trial.equal = bytes_equal && OneType(formats.first, formats.second);
  if (trial.equal) return trial;
  trial.sums = Sum(ByteStream(pair.first), formats.first, ByteStream(pair.second), formats.second, tolerance);
  if (OneType(formats.first, formats.second) && dump::IsDType(formats.first.dtype)) {
    LookAtEach(ByteStream(pair.first), ByteStream(pair.second), formats.second, tolerance, trial.sums.difference);
  } else {
    trial.sums.difference.place.words = "between two types";
  }
  return trial;
}

Trial BestTrial(const TensorPair& pair, const std::vector<FormatPair>& formats, const dump::Tolerance& tolerance) {
  Trial best;
  const bool bytes_equal = BytesAreEqual(pair.first, pair.second);
  for (const FormatPair& one : formats) {
    Trial trial = SameOrder(one.first, one.second) ? TryInPlace(pair, one, bytes_equal, tolerance)
                                                   : TryReordered(pair, one, tolerance);
    if (best.formats == nullptr || trial.BetterThan(best)) best = std::move(trial);
    if (best.equal) break;
  }
  return best;
}

analyze::Metrics NoError(int64_t elements) {
  analyze::Metrics metrics;
  metrics.sqnr_db = std::numeric_limits<double>::infinity();
  metrics.count = static_cast<size_t>(elements);
  return metrics;
}

// What a layer is called, by the side that knows it best.
dump::LayerResult Describe(const TensorPair& pair, const dump::DumpLayer& judged, bool equal) {
  const bool by_first = pair.second.raw && !pair.first.raw;
  dump::DumpLayer named = by_first ? pair.first.layer : pair.second.layer;
  named.dtype = judged.dtype;
  named.shape = judged.shape;
  dump::LayerResult result = dump::ResultOf(named, equal);
  if (!pair.name.empty()) result.name = pair.name;
  return result;
}

bool WithinLimits(const Trial& trial, const Limits& limits, bool integers) {
  const dump::ElementComparison& difference = trial.sums.difference;
  if (integers) return difference.differing == 0;
  if (difference.max_abs == 0.0) return true;
  if (!limits.asked()) return false;
  const bool cosine_alone = limits.tolerance.atol == 0 && limits.tolerance.rtol == 0;
  const bool values_good = cosine_alone || difference.beyond == 0;
  return values_good && (limits.min_cosine == 0 || trial.sums.accuracy.cosine >= limits.min_cosine);
}

// Where the bytes of a side were not kept.
PairResult CompareDigests(const TensorPair& pair) {
  const dump::DumpLayer& a = pair.first.layer;
  const dump::DumpLayer& b = pair.second.layer;
  const bool one_format =
      pair.first.raw || pair.second.raw || (OneType(a, b) && a.shape == b.shape && a.axes == b.axes);
  PairResult result;
  result.layer = Describe(pair, b, one_format && Md5Of(pair.first) == Md5Of(pair.second));
  result.elements = pair.second.raw ? a.Elements() : b.Elements();
  return result;
}

PairResult NotComparable(const TensorPair& pair, const std::string& why) {
  PairResult result;
  const StoredTensor& described = pair.second.raw && !pair.first.raw ? pair.first : pair.second;
  result.layer = Describe(pair, described.layer, false);
  result.layer.within_tolerance = false;
  result.not_comparable = why;
  return result;
}

}  // namespace

PairResult ComparePair(const TensorPair& pair, const Limits& limits, const std::string& dtype) {
  if (pair.first.file.empty() || pair.second.file.empty()) return CompareDigests(pair);
  std::vector<FormatPair> formats;
  try {
    formats = FormatsOf(pair.first, pair.second, dtype);
  } catch (const NotOneTensor& error) {
    return NotComparable(pair, error.what());
  }
  const dump::DumpLayer& likeliest = formats.front().second;
  PairResult result;
  if (likeliest.dtype.empty()) {
    if (!BytesAreEqual(pair.first, pair.second)) {
      throw UsageError(pair.first.Label() + " and " + pair.second.Label() +
                       " differ, and nothing says what their bytes are; give --dtype f32, or a map file (--map)");
    }
    result.layer = Describe(pair, likeliest, true);
    result.elements = likeliest.Elements();
    return result;
  }
  const Trial best = BestTrial(pair, formats, limits.tolerance);
  result.layer = Describe(pair, best.formats->second, best.equal);
  result.elements = best.formats->second.Elements();
  result.order = best.formats->order;
  const bool integers = best.formats->first.HoldsIntegers() && best.formats->second.HoldsIntegers();
  if (best.equal) {
    if (!integers) result.layer.accuracy = NoError(result.elements);
    return result;
  }
  if (!integers) result.layer.accuracy = best.sums.accuracy;
  result.first_not_finite = best.sums.expected_not_finite;
  result.second_not_finite = best.sums.actual_not_finite;
  result.layer.difference = best.sums.difference;
  result.layer.within_tolerance = WithinLimits(best, limits, integers);
  result.differing = best.sums.difference.differing;
  return result;
}

}  // namespace lockstep::compare
