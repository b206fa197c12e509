#include "graph/quoted.h"

#include <array>
#include <cstdio>

namespace lockstep::graph {
namespace {

std::string Escaped(char c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  constexpr unsigned char kDelete = 0x7f;
  if (byte >= ' ' && byte != kDelete) return {c};
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "\\x%02x", byte);
  return text.data();
}

// Where the text may be cut without splitting a UTF-8 character.
size_t CutBefore(const std::string& text, size_t at) {
  constexpr unsigned char kMask = 0xc0;
  constexpr unsigned char kContinuation = 0x80;
  const size_t wanted = at;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & kMask) == kContinuation) --at;
  constexpr size_t kLongestCharacter = 4;
  return wanted - at < kLongestCharacter ? at : wanted;
}

}  // namespace

std::string Quoted(const std::string& text) {
  constexpr size_t kMost = 80;
  const size_t shown = text.size() <= kMost ? text.size() : CutBefore(text, kMost);
  std::string quoted = "\"";
  for (size_t i = 0; i < shown; ++i) quoted += Escaped(text[i]);
  if (shown == text.size()) return quoted + "\"";
  return quoted + "...\" (" + std::to_string(text.size()) + " bytes)";
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace lockstep::graph
