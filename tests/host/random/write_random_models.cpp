// write_random_models FOLDER COUNT: joint models of the first COUNT random networks with test vectors, for boards.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>

#include "random_model.h"

namespace {

void Write(const std::string& folder, uint32_t seed) {
  const std::vector<uint8_t> file = lockstep::test::LowerRandomModel(lockstep::test::MakeRandomModel(seed), seed, true);
  std::ofstream stream(folder + "/random" + std::to_string(seed) + ".joint", std::ios::binary);
  stream.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  stream.close();
  if (!stream) throw std::runtime_error("cannot write into " + folder);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s FOLDER COUNT\n", argv[0]);
    return 2;
  }
  try {
    const auto count = static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 10));
    for (uint32_t seed = 1; seed <= count; ++seed) Write(argv[1], seed);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
