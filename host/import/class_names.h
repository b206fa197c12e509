// The names of the classes that a network tells apart, where its exporter left them in the file.
#pragma once

#include <string>
#include <vector>

namespace lockstep::importer {

// The text of an entry of an ONNX file's metadata; empty if there is none, or no such file.
std::string MetadataOf(const std::string& path, const std::string& key);

// The entry that Ultralytics' exporters write: {0: 'person', 1: 'bicycle'} or ['person', 'bicycle'], as Python prints
// it.
inline constexpr const char* kClassNamesKey = "names";

// The names in such an entry, by class; none if it is anything else.
std::vector<std::string> ParseClassNames(const std::string& text);

}  // namespace lockstep::importer
