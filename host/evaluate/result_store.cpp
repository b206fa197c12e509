#include "evaluate/result_store.h"

namespace lockstep::evaluate {
namespace {

constexpr const char* kHead = "lockstep evaluation 1";  // the number changes with what results mean

}  // namespace

ResultStore::ResultStore(const std::filesystem::path& path) : lines_(path, kHead) {}

std::optional<PictureResult> ResultStore::Find(const std::string& key) const {
  const std::optional<std::string> found = lines_.Find(key);
  return found ? ParseResult(*found) : std::nullopt;
}

void ResultStore::Add(const std::string& key, const PictureResult& result) { lines_.Add(key, ToText(result)); }

}  // namespace lockstep::evaluate
