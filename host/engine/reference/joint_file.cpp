#include "engine/reference/joint_file.h"

#include <cstring>
#include <fstream>

#include "arithmetic/rq1.h"
#include "graph/error.h"
#include "lockstep/md5.h"

namespace lockstep::engine {
namespace {

constexpr uint32_t kFormatVersion = 1;

Md5Digest ContentDigest(const uint8_t* file, size_t size, const joint::Digest* digest) {
  const auto offset = static_cast<size_t>(reinterpret_cast<const uint8_t*>(digest) - file);
  const uint8_t zeros[16] = {};
  Md5 md5;
  md5.Update(file, offset);
  md5.Update(zeros, sizeof(zeros));
  md5.Update(file + offset + sizeof(zeros), size - offset - sizeof(zeros));
  return md5.Finish();
}

void CheckDigest(const uint8_t* file, size_t size, const joint::Model& model) {
  const Md5Digest digest = ContentDigest(file, size, model.digest());
  if (std::memcmp(digest.data(), model.digest()->bytes()->data(), digest.size()) == 0) return;
  throw BadInput("joint model is damaged (its content does not match its digest); copy or build it again");
}

}  // namespace

std::vector<uint8_t> ReadJointFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) throw BadInput(path + ": cannot be opened; check the path and its permissions");
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
  if (size < 64 || !joint::ModelBufferHasIdentifier(file)) {
    throw BadInput(
        "not a joint model (the identifier LKSJ is missing); give a .joint file written by `lockstep build`");
  }
  flatbuffers::Verifier::Options options;
  options.max_tables = 4000000;
  flatbuffers::Verifier verifier(file, size, options);
  if (!joint::VerifyModelBuffer(verifier)) {
    throw BadInput("joint model is damaged (FlatBuffers verifier); copy or build it again");
  }
  const joint::Model& model = *joint::GetModel(file);
  if (check_digest) CheckDigest(file, size, model);
  if (model.format_version() != kFormatVersion) {
    throw UnsupportedModel("joint model has format_version " + std::to_string(model.format_version()) +
                           ", this lockstep reads " + std::to_string(kFormatVersion) +
                           "; build the model again or upgrade lockstep");
  }
  if (model.contract()->str() != rq1::kContractId) {
    throw UnsupportedModel("joint model follows contract '" + model.contract()->str() + "', this lockstep knows '" +
                           rq1::kContractId + "'; build the model again or upgrade lockstep");
  }
  CheckStructure(model);
  return model;
}

}  // namespace lockstep::engine
