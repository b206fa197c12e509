#include "checklist/box_forms.h"

namespace lockstep::checklist {
namespace {

Box ToInputPixels(const Box& box, BoxUnits from, const BoxGeometry& geometry) {
  const input::PictureGeometry& picture = geometry.picture;
  double factor_x = 1.0, factor_y = 1.0, add_x = 0.0, add_y = 0.0;
  switch (from) {
    case BoxUnits::kInputPixels:
      break;
    case BoxUnits::kInputShare:
      factor_x = geometry.input_width;
      factor_y = geometry.input_height;
      break;
    case BoxUnits::kPictureShare:
    case BoxUnits::kPicturePixels:
      factor_x = picture.scale_x * (from == BoxUnits::kPictureShare ? picture.source_width : 1);
      factor_y = picture.scale_y * (from == BoxUnits::kPictureShare ? picture.source_height : 1);
      add_x = picture.pad_x;
      add_y = picture.pad_y;
      break;
  }
  return {box[0] * factor_x + add_x, box[1] * factor_y + add_y, box[2] * factor_x + add_x, box[3] * factor_y + add_y};
}

Box FromInputPixels(const Box& box, BoxUnits to, const BoxGeometry& geometry) {
  // An affine map of each axis: its inverse follows from where 0 and 1 go.
  const Box ends = ToInputPixels({0.0, 0.0, 1.0, 1.0}, to, geometry);
  const auto back = [&](double value, size_t axis) { return (value - ends[axis]) / (ends[axis + 2] - ends[axis]); };
  return {back(box[0], 0), back(box[1], 1), back(box[2], 0), back(box[3], 1)};
}

}  // namespace

const char* FormName(BoxForm form) {
  switch (form) {
    case BoxForm::kCorners:
      break;
    case BoxForm::kCornerAndSize:
      return "x,y,width,height from the corner";
    case BoxForm::kCentreAndSize:
      return "x,y,width,height from the centre";
    case BoxForm::kCornersYFirst:
      return "y1,x1,y2,x2";
  }
  return "x1,y1,x2,y2";
}

const char* UnitsName(BoxUnits units) {
  switch (units) {
    case BoxUnits::kInputPixels:
      break;
    case BoxUnits::kInputShare:
      return "shares (0..1) of the network's input";
    case BoxUnits::kPicturePixels:
      return "pixels of the picture";
    case BoxUnits::kPictureShare:
      return "shares (0..1) of the picture";
  }
  return "pixels of the network's input";
}

Box ToCorners(const Box& box, BoxForm form) {
  switch (form) {
    case BoxForm::kCorners:
      break;
    case BoxForm::kCornerAndSize:
      return {box[0], box[1], box[0] + box[2], box[1] + box[3]};
    case BoxForm::kCentreAndSize:
      return {box[0] - box[2] / 2, box[1] - box[3] / 2, box[0] + box[2] / 2, box[1] + box[3] / 2};
    case BoxForm::kCornersYFirst:
      return {box[1], box[0], box[3], box[2]};
  }
  return box;
}

Box Converted(const Box& corners, BoxUnits from, BoxUnits to, const BoxGeometry& geometry) {
  return from == to ? corners : FromInputPixels(ToInputPixels(corners, from, geometry), to, geometry);
}

}  // namespace lockstep::checklist
