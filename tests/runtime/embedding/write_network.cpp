// write_network FILE: the small network as a joint model.
#include <cstdio>

#include "support/joint_models.h"

int main(int argc, char** argv) {
  std::FILE* file = argc == 2 ? std::fopen(argv[1], "wb") : nullptr;
  if (file == nullptr) return 2;
  const std::vector<uint8_t> bytes = lockstep::test::Write(lockstep::test::SmallNetwork());
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return std::fclose(file) == 0 && written ? 0 : 1;
}
