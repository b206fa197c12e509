// A dumped tensor's file, read piece by piece.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>

#include "dump/dump.h"
#include "files/digest.h"

namespace lockstep::dump {

class LayerFile {
 public:
  // Throws BadInput if the file is missing or not as long as the manifest says. `layer` outlives this.
  LayerFile(const std::filesystem::path& folder, const DumpLayer& layer);

  // The next bytes, `most` of them but at the end; 0 behind it. Throws BadInput at the end if the md5 is not the
  // manifest's.
  size_t Read(uint8_t* bytes, size_t most);

 private:
  std::filesystem::path path_;
  const DumpLayer& layer_;
  std::ifstream stream_;
  files::Md5Sum sum_;
  uint64_t left_ = 0;
};

}  // namespace lockstep::dump
