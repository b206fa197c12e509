// write_network FILE [large]: the small network as a joint model with a test vector of each kind; or a network whose
// arena needs 128 MB.
#include <cstdio>
#include <cstring>

#include "support/test_vector.h"

namespace {

using namespace lockstep;  // NOLINT(google-build-using-namespace)

std::vector<uint8_t> Large() {
  test::NetworkBuilder builder(1, "large");
  builder.Output(builder.Lookup(builder.Input({1, 8192, 8192, 1})));
  return test::Write(builder.Finish());
}

std::vector<uint8_t> Small() {
  return test::Write(test::WithTestVector(test::WithTestVector(test::SmallNetwork(), 77, false), 78, true));
}

}  // namespace

int main(int argc, char** argv) {
  const bool large = argc == 3 && std::strcmp(argv[2], "large") == 0;
  std::FILE* file = argc == 2 || large ? std::fopen(argv[1], "wb") : nullptr;
  if (file == nullptr) return 2;
  const std::vector<uint8_t> bytes = large ? Large() : Small();
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return std::fclose(file) == 0 && written ? 0 : 1;
}
