// Which class each picture of a folder belongs to.
#pragma once

#include <string>
#include <vector>

namespace lockstep::evaluate {

struct ClassLabels {
  std::vector<std::string> pictures;
  std::vector<int> classes;  // by picture
  std::vector<std::string> notes;
};

// The first rule that fits holds:
// 1. `labels` is a file: a line "NAME CLASS" for each picture, its path below the folder or its name alone; empty lines
//    and those that begin with # are skipped. Pictures that it does not list are left out.
// 2. The folder has folders with pictures in them, one for each class. Names that are numbers are the classes;
// otherwise
//    the classes are 0, 1, .. in the order of the names, bytewise (WordNet numbers give ImageNet's order).
// 3. Every picture's name begins with its class, digits that no letter or digit follows: 0001_goldfish.jpg.
// `labels` may be empty or the folder itself for 2 and 3. Throws BadInput that names what does not fit.
ClassLabels ReadClassLabels(const std::string& images, const std::string& labels);

}  // namespace lockstep::evaluate
