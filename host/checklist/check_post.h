// A post-processing's result against an array that another program stored, and what explains the difference.
#pragma once

#include <filesystem>
#include <optional>

#include "checklist/box_forms.h"
#include "checklist/float_network.h"
#include "checklist/stage.h"

namespace lockstep::checklist {

inline constexpr const char* kPostStage = "post-processing";

struct PostOptions {
  std::filesystem::path result;
  std::filesystem::path expected;
  std::optional<BoxGeometry> geometry;  // of the model's input and the picture; without it units cannot be told
  int64_t columns = 0;                  // of a .bin file, which says none; 0: not given
  double tolerance = 1e-3;              // of every number
};

// Throws BadInput for a picture that cannot be read.
BoxGeometry GeometryOf(const PictureInput& input);

// Arrays of rows with 4 to 7 columns are boxes, with scores and labels behind or in front of them: their order counts
// for nothing. Others are compared place by place. Throws BadInput that names the file.
Stage CheckPost(const PostOptions& options);

}  // namespace lockstep::checklist
