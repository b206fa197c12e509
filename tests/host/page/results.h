// A small detector that was built, with results of commands about it as they write them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "page/page.h"

namespace lockstep::testing {

// Builds the small detector (support/small_detector.h) into `folder`, with pictures in folder/pictures: the joint
// model.
std::filesystem::path BuildSmallDetector(const std::filesystem::path& folder);

// What `analyze` finds on two of the pictures.
page::Result AnalysisOf(const std::filesystem::path& model, const std::filesystem::path& pictures);

// What `crosscheck` writes of a model whose layers from `first_wrong` on differ on the board "made up"; the board
// "right" has none that differ.
page::Result CrosscheckOf(const std::filesystem::path& model, int first_wrong);

// The profile.csv of runs in which layer i takes i + 1 milliseconds, but `slowest` a hundred. Layer `disturbed` takes
// up to 400, and 160 on average.
std::string ProfileCsvOf(const std::filesystem::path& model, int slowest, int disturbed = -1);

// Two pictures: one with boxes, one with a map of classes, from outputs made by hand.
page::Json PicturesOf(const std::filesystem::path& picture);

// A network of as many layers in blocks of ten, with numbers for everything that a page shows.
page::PageData LargePage(int layers, bool grouped_names);

}  // namespace lockstep::testing
