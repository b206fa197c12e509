// .npz files for tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::testing {

// Names without ".npy", and the .npy files; packed, as numpy.savez_compressed does.
void WriteNpz(const std::filesystem::path& path,
              const std::vector<std::pair<std::string, std::vector<uint8_t>>>& arrays);

}  // namespace lockstep::testing
