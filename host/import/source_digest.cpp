#include "import/source_digest.h"

#include <google/protobuf/stubs/logging.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "graph/error.h"
#include "import/external_data.h"
#include "lockstep/md5.h"

namespace lockstep::importer {
namespace {

std::string RequiredDigest(const std::string& path) {
  const std::optional<std::string> digest = FileDigest(path);
  if (!digest) throw BadInput("cannot open '" + path + "': " + std::strerror(errno) + "; check the path");
  return *digest;
}

}  // namespace

std::optional<std::string> FileDigest(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  Md5 md5;
  std::vector<char> block(size_t{1} << 20);
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    md5.Update(block.data(), static_cast<size_t>(file.gcount()));
  }
  return lockstep::ToText(md5.Finish()).data();
}

std::string SourceDigest(const std::string& path) {
  std::string digests = RequiredDigest(path);
  const google::protobuf::LogSilencer silence;
  onnx::ModelProto model;
  std::ifstream file(path, std::ios::binary);
  if (!model.ParseFromIstream(&file)) return digests;  // no model: the import says so
  const std::vector<std::string> others = ExternalFiles(model, path);
  if (others.empty()) return digests;
  for (const std::string& other : others) digests += RequiredDigest(other);
  return lockstep::ToText(Md5Of(digests.data(), digests.size())).data();
}

}  // namespace lockstep::importer
