#include "lower/joint_writer.h"

#include <cstring>
#include <memory>

#include "lockstep/md5.h"

namespace lockstep::lower {

std::vector<uint8_t> WriteJoint(const joint::ModelT& model) {
  flatbuffers::FlatBufferBuilder builder(1 << 20);
  // The digest is required; object form writes it only when it is set.
  joint::ModelT copy = model;
  copy.digest = std::make_unique<joint::Digest>();
  builder.Finish(joint::Model::Pack(builder, &copy), joint::ModelIdentifier());
  std::vector<uint8_t> file(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  RefreshDigest(file);
  return file;
}

void RefreshDigest(std::vector<uint8_t>& file) {
  auto* digest = const_cast<joint::Digest*>(joint::GetModel(file.data())->digest());
  auto* bytes = reinterpret_cast<uint8_t*>(digest);
  std::memset(bytes, 0, 16);
  const Md5Digest md5 = Md5Of(file.data(), file.size());
  std::memcpy(bytes, md5.data(), 16);
}

}  // namespace lockstep::lower
