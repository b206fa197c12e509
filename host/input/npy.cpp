#include "input/npy.h"

#include <array>
#include <cstring>

#include "graph/error.h"
#include "graph/quoted.h"

namespace lockstep::input {
namespace {

struct NumpyType {
  const char* descr;
  const char* dtype;
  size_t bytes;
};
constexpr std::array<NumpyType, 9> kTypes = {{{"|u1", "u8", 1},
                                              {"|i1", "s8", 1},
                                              {"<u2", "u16", 2},
                                              {"<i2", "s16", 2},
                                              {"<i4", "s32", 4},
                                              {"<i8", "s64", 8},
                                              {"<f4", "f32", 4},
                                              {"|b1", "bool", 1},
                                              {"<f8", "f64", 8}}};

constexpr std::array<uint8_t, 6> kMagic = {0x93, 'N', 'U', 'M', 'P', 'Y'};
constexpr size_t kMostRank = 32;  // numpy's own limit

// The header is the text of a Python dictionary with three keys.
class HeaderReader {
 public:
  HeaderReader(std::string text, const std::string& label) : text_(std::move(text)), label_(label) {}

  void Read(NpyHeader& header) {
    Expect('{');
    while (!Take('}')) {
      const std::string key = Text();
      Expect(':');
      if (key == "descr") {
        descr_ = Text();
      } else if (key == "fortran_order") {
        fortran_ = Truth();
        has_order_ = true;
      } else if (key == "shape") {
        header.shape = Tuple();
        has_shape_ = true;
      } else {
        Fail("its header has the key " + graph::Quoted(key));
      }
      if (!Take(',')) {
        Expect('}');
        break;
      }
    }
    if (descr_.empty() || !has_order_ || !has_shape_) Fail("its header lacks descr, fortran_order or shape");
    if (fortran_ && header.shape.size() > 1) {
      throw BadInput(label_ +
                     ": is in Fortran order, the last axis must vary fastest; save numpy.ascontiguousarray of it");
    }
    SetType(header);
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw BadInput(label_ + ": is no .npy file: " + what + "; save it again with numpy.save");
  }

  void SetType(NpyHeader& header) const {
    if (descr_[0] == '>') {
      throw BadInput(label_ + ": is big-endian (" + graph::Quoted(descr_) + "), little-endian is taken; save it with " +
                     "astype('<" + descr_.substr(1) + "')");
    }
    for (const NumpyType& type : kTypes) {
      const bool native = descr_.size() == 3 && (descr_[0] == '=' || descr_[0] == '|' || descr_[0] == '<');
      if (!native || descr_.compare(1, 2, type.descr + 1) != 0) continue;
      header.dtype = type.dtype;
      header.element_bytes = type.bytes;
      return;
    }
    const bool half = descr_.size() == 3 && descr_.compare(1, 2, "f2") == 0;
    throw BadInput(label_ + ": has elements of the type " + graph::Quoted(descr_) +
                   "; u1, i1, u2, i2, i4, i8, f4 and b1 are read" +
                   (half ? ": save it as float32, with astype('<f4'), which loses nothing" : ""));
  }

  void SkipSpace() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool Take(char c) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void Expect(char c) {
    if (!Take(c)) Fail(std::string("its header lacks a '") + c + "'");
  }

  std::string Text() {
    SkipSpace();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote == '[') throw BadInput(label_ + ": holds records; save one plain array");
    if (quote != '\'' && quote != '"') Fail("its header lacks a text");
    const size_t end = text_.find(quote, at_ + 1);
    if (end == std::string::npos) Fail("its header ends within a text");
    std::string text = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return text;
  }

  bool Truth() {
    SkipSpace();
    for (const bool value : {true, false}) {
      const std::string word = value ? "True" : "False";
      if (text_.compare(at_, word.size(), word) != 0) continue;
      at_ += word.size();
      return value;
    }
    Fail("fortran_order is neither True nor False");
  }

  graph::Shape Tuple() {
    graph::Shape shape;
    Expect('(');
    while (!Take(')')) {
      SkipSpace();
      int64_t extent = 0;
      const size_t begin = at_;
      constexpr int64_t kMostExtent = int64_t{1} << 40;
      for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
        extent = extent * 10 + (text_[at_] - '0');
        if (extent > kMostExtent) Fail("an extent of its shape is too large");
      }
      if (at_ == begin) Fail("its shape is no list of numbers");
      shape.push_back(extent);
      if (shape.size() > kMostRank) Fail("its shape has too many axes");
      if (!Take(',')) {
        Expect(')');
        break;
      }
    }
    return shape;
  }

  std::string text_;
  const std::string& label_;
  size_t at_ = 0;
  std::string descr_;
  bool fortran_ = false;
  bool has_order_ = false;
  bool has_shape_ = false;
};

}  // namespace

NpyHeader ParseNpyHeader(const std::vector<uint8_t>& start, uint64_t size, const std::string& label) {
  const auto fail = [&](const std::string& what) {
    throw BadInput(label + ": is no .npy file: " + what + "; save it again with numpy.save");
  };
  constexpr size_t kFixed = 8;  // magic and version
  if (start.size() < kFixed || std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) {
    fail("it does not begin as one");
  }
  const int version = start[6];
  if (version < 1 || version > 3) fail("its version is " + std::to_string(version) + ", 1 to 3 are known");
  const size_t length_bytes = version == 1 ? 2 : 4;
  if (start.size() < kFixed + length_bytes) fail("it is cut short");
  size_t length = 0;
  for (size_t i = length_bytes; i-- > 0;) length = length << 8 | start[kFixed + i];
  const size_t begin = kFixed + length_bytes + length;
  if (length > start.size() || begin > start.size()) fail("its header is cut short");
  NpyHeader header;
  header.begin = begin;
  HeaderReader(std::string(start.begin() + static_cast<std::ptrdiff_t>(kFixed + length_bytes),
                           start.begin() + static_cast<std::ptrdiff_t>(begin)),
               label)
      .Read(header);
  const int64_t elements = graph::ElementCount(header.shape);
  const uint64_t follows = size - begin;
  if (static_cast<uint64_t>(elements) != follows / header.element_bytes || follows % header.element_bytes != 0) {
    throw BadInput(label + ": its header says " + graph::ToString(header.shape) + " of " +
                   std::to_string(header.element_bytes) + " bytes each, but " + std::to_string(follows) +
                   " bytes follow; copy or save it again");
  }
  return header;
}

NpyArray ParseNpy(const std::vector<uint8_t>& file, const std::string& label) {
  const NpyHeader header = ParseNpyHeader(file, file.size(), label);
  return {header.dtype, header.shape, {file.begin() + static_cast<std::ptrdiff_t>(header.begin), file.end()}};
}

std::vector<uint8_t> MakeNpy(const std::string& dtype, const graph::Shape& shape, const void* data, size_t size) {
  std::string descr;
  for (const NumpyType& type : kTypes) {
    if (dtype == type.dtype) descr = type.descr;
  }
  std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (";
  for (const int64_t extent : shape) header += std::to_string(extent) + ",";
  header += "), }";
  constexpr size_t kPrefix = 10;
  constexpr size_t kAlignment = 64;
  header.append(kAlignment - 1 - (kPrefix + header.size()) % kAlignment, ' ');
  header += '\n';
  std::vector<uint8_t> file(kMagic.begin(), kMagic.end());
  for (const size_t byte : {size_t{1}, size_t{0}, header.size() & 255, header.size() >> 8}) {
    file.push_back(static_cast<uint8_t>(byte));
  }
  file.insert(file.end(), header.begin(), header.end());
  const auto* bytes = static_cast<const uint8_t*>(data);
  file.insert(file.end(), bytes, bytes + size);
  return file;
}

}  // namespace lockstep::input
