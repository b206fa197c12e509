#include "engine/reference/joint_file.h"

#include <filesystem>
#include <fstream>

#include "graph/error.h"
#include "lockstep/check_model.h"

namespace lockstep::engine {
std::vector<uint8_t> ReadJointFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) throw BadInput(path + ": cannot be opened; check the path and its permissions");
  if (std::filesystem::path(path).extension() == ".onnx") {
    throw UsageError(path +
                     " is an ONNX network, here a joint model is needed; make one with `lockstep build --input " +
                     path + "`");
  }
  const std::streamoff size = stream.tellg();
  if (size <= 0) throw BadInput(path + ": is empty or no regular file; build the joint model again");
  std::vector<uint8_t> bytes(static_cast<size_t>(size));
  stream.seekg(0);
  if (!stream.read(reinterpret_cast<char*>(bytes.data()), size)) {
    throw BadInput(path + ": cannot be read to its end; copy or build the joint model again");
  }
  return bytes;
}

const joint::Model& CheckJointFile(const uint8_t* file, size_t size, bool check_digest) {
  LoadOptions options;
  options.check_digest = check_digest;
  const Status status = CheckModel(file, size, options);
  if (status.code() == StatusCode::kUnsupported) throw UnsupportedModel(status.message());
  if (!status.ok()) throw BadInput(status.message());
  return *joint::GetModel(file);
}

}  // namespace lockstep::engine
