// A folder that belongs to one test and vanishes with it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "files/temporary_folder.h"

namespace lockstep::testing {

class FolderTest : public ::testing::Test {
 protected:
  std::filesystem::path Path(const std::string& name) const { return folder_.path() / name; }

  static void WriteText(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  static std::string ReadText(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  // Files anywhere below the folder, relative to it, sorted.
  std::vector<std::string> Files(const std::string& below = "") const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(Path(below))) {
      if (entry.is_regular_file()) names.push_back(std::filesystem::relative(entry.path(), Path(below)).string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  // All of them, and the folders too.
  std::vector<std::string> FilesAndFolders() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      names.push_back(std::filesystem::relative(entry.path(), folder_.path()).string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  files::TemporaryFolder folder_;
};

}  // namespace lockstep::testing
