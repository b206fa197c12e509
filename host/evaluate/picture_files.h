// The pictures that are evaluated, and files that are named after them.
#pragma once

#include <string>
#include <vector>

namespace lockstep::evaluate {

// Throws BadInput unless it is a folder.
void RequireFolder(const std::string& folder);

// Picture files of a folder, sorted by name, bytewise; videos and other files are left out.
std::vector<std::string> PictureFiles(const std::string& folder);

// What files of each picture are called: its path below `folder` without the extension. Throws UsageError if two
// pictures would share theirs.
std::vector<std::string> PictureNames(const std::string& folder, const std::vector<std::string>& pictures);

// FOLDER/street.txt for pictures/street.jpg.
std::string Beside(const std::string& folder, const std::string& picture, const std::string& extension);

}  // namespace lockstep::evaluate
