// Labels beside the pictures that they belong to: what is said where the two do not fit together.
#pragma once

#include <string>
#include <vector>

namespace lockstep::evaluate {

// Names of the files of a folder that end in `extension`, sorted.
std::vector<std::string> NamesOf(const std::string& folder, const std::string& extension);

// Throws BadInput: none of the `names` in `labels`, each a `what` (".txt file"), is that of one of the `pictures`.
[[noreturn]] void ThrowNoneMatches(const std::string& labels, const std::vector<std::string>& names,
                                   const std::string& what, const std::string& images,
                                   const std::vector<std::string>& pictures);

// "2 .txt files of LABELS belong to no picture of IMAGES, the first is \"a.txt\"". At least one name.
std::string UnmatchedNote(const std::string& labels, const std::vector<std::string>& names, const std::string& what,
                          const std::string& images);

// "2 pictures that LABELS does not list were left out": `which` is what stands behind "pictures ".
std::string LeftOutNote(size_t count, const std::string& which);

}  // namespace lockstep::evaluate
