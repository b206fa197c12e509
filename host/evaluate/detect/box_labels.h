// The objects in each picture, as labels in the formats of YOLO and COCO say.
#pragma once

#include <string>
#include <vector>

#include "evaluate/detect/box.h"

namespace lockstep::evaluate {

struct BoxLabels {
  std::vector<std::string> pictures;
  std::vector<std::vector<Object>> objects;  // by picture
  std::vector<std::string> notes;
};

// `labels` is a folder of .txt files that are named like the pictures, or a COCO JSON file. `classes` is the number
// that the network has. Throws BadInput that names the file and line or key for what cannot be read, classes that the
// network does not have, and labels that match no picture.
//
// A line of a .txt file is "class cx cy w h" in fractions of the picture, or "class x1 y1 x2 y2 x3 y3 ..", a polygon of
// which the bounding box is taken. A picture without a file has no objects.
BoxLabels ReadBoxLabels(const std::string& images, const std::string& labels, int classes);

// Of a COCO JSON file: pictures are found by their file name; those that it does not list are left out. The categories
// in the order of their ids are the network's classes 0, 1, ..; if there are not as many as classes, the ids themselves
// must be classes. iscrowd and ignore are heeded.
BoxLabels ReadCocoLabels(const std::string& images, const std::string& file, int classes);

}  // namespace lockstep::evaluate
