// What the user names as data: which files go into which input, one set of inputs after the other.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "input/input_info.h"
#include "input/pictures/pictures.h"

namespace lockstep::input {

// NAME=PATH, or PATH alone.
struct DataSource {
  std::string input;  // empty: none is named
  std::string path;
};
using DataSources = std::vector<DataSource>;

// What one input gets: pictures, as many as its batch has, or a .bin, .npy or .npz file.
struct DataPart {
  std::vector<PictureRef> pictures;
  std::string file;

  std::string Label() const;  // "folder/street.jpg", "folder/street.avi#120"
  const std::string& Path() const { return pictures.empty() ? file : pictures.front().path; }
};

// One set of inputs.
struct DataItem {
  std::string label;            // for messages: the parts' labels, separated by ';'
  std::string stem;             // for file names: "street", "street_120", "a"; distinct, so "a_jpg" beside a.png
  std::vector<DataPart> parts;  // one per input, in the model's order
};

struct DataList {
  std::vector<DataItem> items;
  std::vector<std::string> notes;  // what was left out, one line each
};

// A path is a picture, a video (`frames_per_video` frames), a .bin or .npy file, or a folder of one of these kinds,
// sorted by name; without a name it may be a list of files, one per input, separated by ';', or an .npz file or a
// folder of these with an array for each input. The folders of several inputs are matched in their order; a single file
// goes into every set. A .txt file names a set in each line (list_file.h). Consecutive pictures fill a batch, a single
// picture all of it. `setting` is what messages call it ("data"). Throws BadInput if there is nothing, UsageError if
// names and inputs do not fit.
DataList ListData(const DataSources& sources, const std::vector<InputInfo>& inputs, const std::string& setting,
                  int frames_per_video = 1);

// Throws UsageError for a picture that goes into an input which holds none.
void RequirePictures(const InputInfo& input, const PictureRef& picture);

// The files that the sources name, and those of a kind that is read in their folders, as far as they exist.
std::vector<std::filesystem::path> FilesOfData(const DataSources& sources);

// `count` of the sets in the order of the list, see SamplePlaces.
std::vector<DataItem> SampleItems(const std::vector<DataItem>& items, int count, uint64_t seed);

}  // namespace lockstep::input
