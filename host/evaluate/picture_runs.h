// Runs networks over the pictures of a task, several pictures at once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "evaluate/result_store.h"
#include "evaluate/side.h"
#include "evaluate/task.h"

namespace lockstep::evaluate {

// One network's results: by variant, then by picture.
struct SideResults {
  std::vector<std::vector<PictureResult>> by_variant;
  size_t computed = 0;
  double seconds = 0.0;  // of the engine, for all that were computed
};

struct PictureRuns {
  std::vector<SideOptions> sides;  // each runs on one thread
  std::vector<input::PictureVariant> variants;
  std::vector<std::string> names;  // by picture, see PictureNames; empty where outputs are not given
  int threads = 1;
};

const char* VariantName(input::PictureVariant variant);

// "mirror/street": what the files of a picture's variant are called, without an extension.
std::string FileName(input::PictureVariant variant, const std::string& name);

// A picture as a network takes it.
input::PreparedPicture LoadForSide(const SideInfo& info, const std::string& picture, input::PictureVariant variant);

// Results that `store` knows are not computed again; what is made from given outputs is never kept. The first error
// ends all threads and is thrown.
std::vector<SideResults> RunPictures(const PictureRuns& runs, const Task& task, ResultStore& store,
                                     const std::function<void(int done, int total)>& advance);

}  // namespace lockstep::evaluate
