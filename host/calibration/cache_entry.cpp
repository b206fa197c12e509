#include "calibration/cache_entry.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "lockstep/md5.h"

namespace lockstep::calibration {
namespace {

using quantize::Histogram;
using quantize::Range;
using quantize::TensorStatistics;

const std::string kHead = "lockstep calibration 2\n";

std::string DigestOf(const char* bytes, size_t size) { return lockstep::ToText(Md5Of(bytes, size)).data(); }

class Writer {
 public:
  // Seven bits in a byte, the lowest first; the eighth says that more follow: most bins of a histogram are small.
  void Number(uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes_ += static_cast<char>(0x80 | (number & 0x7f));
    bytes_ += static_cast<char>(number);
  }
  void Real(double real) {
    uint64_t bits = 0;
    std::memcpy(&bits, &real, sizeof bits);
    for (int i = 0; i < 8; ++i) bytes_ += static_cast<char>(bits >> (8 * i) & 0xff);
  }
  void Text(const std::string& text) {
    Number(text.size());
    bytes_ += text;
  }
  template <typename List, typename Write>
  void Each(const List& list, const Write& write) {
    Number(list.size());
    for (const auto& item : list) write(item);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads past the end give zeros and make it fail.
class Reader {
 public:
  Reader(const char* begin, const char* end) : at_(begin), end_(end) {}

  uint64_t Number() {
    uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(Byte());
      number |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
    good_ = false;
    return 0;
  }
  double Real() {
    uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits |= static_cast<uint64_t>(static_cast<unsigned char>(Byte())) << (8 * i);
    double real = 0.0;
    std::memcpy(&real, &bits, sizeof real);
    return real;
  }
  std::string Text() {
    const size_t size = Count();
    std::string text(at_, at_ + size);
    at_ += size;
    return text;
  }
  // Of items that take a byte at least.
  size_t Count() {
    const uint64_t count = Number();
    if (count > static_cast<uint64_t>(end_ - at_)) {
      good_ = false;
      return 0;
    }
    return static_cast<size_t>(count);
  }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    for (size_t left = Count(); left > 0; --left) texts.push_back(Text());
    return texts;
  }
  void Fail() { good_ = false; }
  bool good() const { return good_; }
  bool AtEnd() const { return at_ == end_; }

 private:
  char Byte() {
    if (at_ != end_) return *at_++;
    good_ = false;
    return 0;
  }

  const char* at_;
  const char* end_;
  bool good_ = true;
};

void Write(const Range& range, Writer& writer) {
  writer.Real(range.low);
  writer.Real(range.high);
}

void Write(const TensorStatistics& statistics, Writer& writer) {
  Write(statistics.extremes(), writer);
  Write(statistics.moving_average(), writer);
  writer.Real(statistics.histogram().limit());
  writer.Each(statistics.histogram().counts(), [&](uint64_t count) { writer.Number(count); });
}

Range ReadRange(Reader& reader) {
  const double low = reader.Real();
  return {low, reader.Real()};
}

Histogram ReadHistogram(Reader& reader) {
  const double limit = reader.Real();
  std::vector<uint64_t> counts(reader.Count());
  for (uint64_t& count : counts) count = reader.Number();
  Histogram histogram;
  if (counts.empty()) return histogram;
  if (counts.size() != Histogram::kBins || !(limit > 0.0)) {
    reader.Fail();
    return histogram;
  }
  std::vector<uint32_t> part(counts.size());
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < counts.size(); ++i) {
      part[i] = static_cast<uint32_t>(std::min<uint64_t>(counts[i], std::numeric_limits<uint32_t>::max()));
      counts[i] -= part[i];
      more = more || counts[i] != 0;
    }
    histogram.AddCounts(limit, part);
  }
  return histogram;
}

TensorStatistics ReadStatistics(Reader& reader) {
  const Range extremes = ReadRange(reader);
  const Range moving_average = ReadRange(reader);
  return {extremes, moving_average, ReadHistogram(reader)};
}

}  // namespace

std::string Serialize(const CacheEntry& entry, const graph::Graph& graph) {
  const quantize::Calibration& calibration = entry.calibration;
  Writer writer;
  writer.Number(static_cast<uint64_t>(calibration.inputs_seen));
  writer.Text(calibration.digest);
  writer.Each(calibration.statistics, [&](const auto& item) {
    writer.Text(graph.tensor(item.first).name);
    Write(item.second, writer);
  });
  writer.Each(calibration.channel_means, [&](const auto& item) {
    writer.Text(graph.tensor(item.first).name);
    writer.Each(item.second, [&](double mean) { writer.Real(mean); });
  });
  writer.Each(calibration.channel_extremes, [&](const auto& item) {
    writer.Text(graph.tensor(item.first).name);
    writer.Each(item.second, [&](const Range& range) { Write(range, writer); });
  });
  for (const auto* texts : {&entry.skipped, &entry.doubts}) {
    writer.Each(*texts, [&](const std::string& text) { writer.Text(text); });
  }
  return kHead + DigestOf(writer.bytes().data(), writer.bytes().size()) + writer.bytes();
}

std::optional<CacheEntry> ParseCacheEntry(const std::vector<uint8_t>& bytes, const graph::Graph& graph) {
  const std::string file(bytes.begin(), bytes.end());
  constexpr size_t kDigest = 32;
  const size_t start = kHead.size() + kDigest;
  if (file.size() < start || file.compare(0, kHead.size(), kHead) != 0) return std::nullopt;
  if (file.compare(kHead.size(), kDigest, DigestOf(file.data() + start, file.size() - start)) != 0) return std::nullopt;

  Reader reader(file.data() + start, file.data() + file.size());
  const auto tensor = [&] {
    const graph::TensorId id = graph.Find(reader.Text());
    if (id == graph::kNoTensor) reader.Fail();
    return id;
  };
  CacheEntry entry;
  entry.calibration.inputs_seen = static_cast<int>(reader.Number());
  entry.calibration.digest = reader.Text();
  for (size_t left = reader.Count(); left > 0; --left) {
    const graph::TensorId id = tensor();
    entry.calibration.statistics[id] = ReadStatistics(reader);
  }
  for (size_t left = reader.Count(); left > 0; --left) {
    std::vector<double>& means = entry.calibration.channel_means[tensor()];
    means.resize(reader.Count());
    for (double& mean : means) mean = reader.Real();
  }
  for (size_t left = reader.Count(); left > 0; --left) {
    std::vector<Range>& ranges = entry.calibration.channel_extremes[tensor()];
    ranges.resize(reader.Count());
    for (Range& range : ranges) range = ReadRange(reader);
  }
  entry.skipped = reader.Texts();
  entry.doubts = reader.Texts();
  if (!reader.good() || !reader.AtEnd()) return std::nullopt;
  return entry;
}

}  // namespace lockstep::calibration
