// Boxes of one picture.
#pragma once

namespace lockstep::evaluate {

// Corners in pixels: x to the right, y downwards.
struct Corners {
  double left = 0.0;
  double top = 0.0;
  double right = 0.0;
  double bottom = 0.0;

  double Area() const { return (right - left) * (bottom - top); }
};

// The area that both cover.
double CommonArea(const Corners& a, const Corners& b);

struct Detection {
  Corners box;
  float score = 0.0F;
  int label = 0;
};

struct Object {
  Corners box;  // fractions of the picture's width and height
  int label = 0;
  bool crowd = false;  // several objects in one box
};

}  // namespace lockstep::evaluate
