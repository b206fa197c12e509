// A layer's figures as pairs of words, for files of other tools.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "page/page_data.h"

namespace lockstep::page {

using Note = std::pair<std::string, std::string>;

// "lockstep.analysis.per_layer.sqnr" and "32.6 dB", and whether boards are equal.
std::vector<Note> NotesOf(const PageData& page, size_t layer);

// Of every ONNX node those of the last layer that was made from it.
std::map<std::string, std::vector<Note>> NotesByNode(const PageData& page);

}  // namespace lockstep::page
