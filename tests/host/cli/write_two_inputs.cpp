// write_two_inputs FOLDER: the network of two_inputs_network.h, for tests on boards.
#include <cstdio>
#include <exception>

#include "two_inputs_network.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  try {
    lockstep::testing::WriteTwoInputs(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
