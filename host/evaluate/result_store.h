// Results of pictures in a file, so that an evaluation that was interrupted goes on where it was.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "evaluate/picture_result.h"
#include "files/line_store.h"

namespace lockstep::evaluate {

class ResultStore {
 public:
  // An empty path keeps nothing. Throws BadInput if the file is no such file or cannot be written.
  explicit ResultStore(const std::filesystem::path& path);

  // `key` says what the result was made from.
  std::optional<PictureResult> Find(const std::string& key) const;
  void Add(const std::string& key, const PictureResult& result);  // by any thread

 private:
  files::LineStore lines_;
};

}  // namespace lockstep::evaluate
