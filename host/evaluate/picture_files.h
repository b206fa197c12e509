// The pictures that are evaluated, and files that are named after them.
#pragma once

#include <string>
#include <vector>

namespace lockstep::evaluate {

// Throws BadInput unless it is a folder.
void RequireFolder(const std::string& folder);

// Picture files of a folder, sorted by name, bytewise; videos and other files are left out.
std::vector<std::string> PictureFiles(const std::string& folder);

// FOLDER/street.txt for pictures/street.jpg.
std::string Beside(const std::string& folder, const std::string& picture, const std::string& extension);

}  // namespace lockstep::evaluate
