// Prints what the reference engine makes of the test networks, as the initialisers that probe_test includes.
#include "runtime/probe/network_digests.h"

#include <cstdio>

#include "engine/reference/reference_engine.h"
#include "lockstep/md5.h"
#include "lockstep/seeded_input.h"
#include "support/joint_models.h"

namespace lockstep::test {
namespace {

Md5Text DigestOf(const joint::ModelT& network) {
  const std::vector<uint8_t> file = Write(network);
  engine::ReferenceEngine engine(file.data(), file.size());
  std::vector<std::vector<uint8_t>> inputs;
  SeededBytes seeded(1);
  for (const auto& input : network.inputs) {
    inputs.emplace_back(network.tensors[static_cast<size_t>(input->tensor)]->bytes);
    seeded.Fill(inputs.back().data(), inputs.back().size());
  }
  Md5 all;
  engine.Run(inputs, [&all](int, int, const joint::Layer&, const joint::Tensor& output, const uint8_t* data) {
    const Md5Digest digest = Md5Of(data, output.bytes());
    all.Update(digest.data(), digest.size());
  });
  return ToText(all.Finish());
}

}  // namespace
}  // namespace lockstep::test

int main() {
  for (uint64_t seed = 0; seed <= lockstep::test::kRandomNetworks + 1; ++seed) {
    const lockstep::joint::ModelT network = lockstep::test::NetworkOf(seed);
    std::printf("{%d, \"%s\"},\n", static_cast<int>(seed), lockstep::test::DigestOf(network).data());
  }
  return 0;
}
