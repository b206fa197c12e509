#include "crosscheck/layer_groups.h"

namespace lockstep::crosscheck {
namespace {

std::string Escaped(const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    if (std::string("\\^$.|?*+()[]{}").find(c) != std::string::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::vector<LayerGroup> GroupsOf(const std::vector<LayerPiece>& pieces, uint64_t room) {
  constexpr size_t kMostCharacters = 16384;
  std::vector<LayerGroup> groups;
  uint64_t bytes = 0;
  for (const LayerPiece& piece : pieces) {
    bytes += piece.bytes;
    if (!groups.empty() && groups.back().layers.back() == piece.layer) continue;
    const std::string name = Escaped(piece.name);
    if (groups.empty() || bytes > room || groups.back().expression.size() + name.size() > kMostCharacters) {
      groups.push_back({{}, "^(" + name});
      bytes = piece.bytes;
    } else {
      groups.back().expression += "|" + name;
    }
    groups.back().layers.push_back(piece.layer);
  }
  for (LayerGroup& group : groups) group.expression += ")$";
  return groups;
}

}  // namespace lockstep::crosscheck
