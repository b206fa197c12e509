// Boxes as programs write them, and how one program's become another's.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "input/pictures/preprocess.h"

namespace lockstep::checklist {

using Box = std::array<double, 4>;  // x1, y1, x2, y2 where nothing else is said

enum class BoxForm { kCorners, kCornerAndSize, kCentreAndSize, kCornersYFirst };

const char* FormName(BoxForm form);  // "x1,y1,x2,y2", ..
inline constexpr std::array<BoxForm, 4> kBoxForms = {BoxForm::kCorners, BoxForm::kCornerAndSize,
                                                     BoxForm::kCentreAndSize, BoxForm::kCornersYFirst};

Box ToCorners(const Box& box, BoxForm form);

// What coordinates count in.
enum class BoxUnits { kInputPixels, kInputShare, kPicturePixels, kPictureShare };

inline constexpr std::array<BoxUnits, 4> kBoxUnits = {BoxUnits::kInputPixels, BoxUnits::kInputShare,
                                                      BoxUnits::kPicturePixels, BoxUnits::kPictureShare};
const char* UnitsName(BoxUnits units);  // "pixels of the network's input", ..

// Where the picture lies in the input.
struct BoxGeometry {
  input::PictureGeometry picture;
  int input_width = 0;
  int input_height = 0;
};

// Corners from one unit to another.
Box Converted(const Box& corners, BoxUnits from, BoxUnits to, const BoxGeometry& geometry);

}  // namespace lockstep::checklist
