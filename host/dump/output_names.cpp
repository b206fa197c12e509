#include "dump/output_names.h"

#include <map>

#include "dump/dump.h"

namespace lockstep::dump {

// As in runtime/run_joint/run_paths.cpp.
std::vector<std::string> OutputFileNames(const std::string& stem, const std::vector<std::string>& outputs) {
  std::vector<std::string> names;
  std::map<std::string, size_t> taken;  // and the first output of that name, which keeps it
  for (const std::string& output : outputs) {
    names.push_back(PlainName(output));
    taken.emplace(names.back(), names.size() - 1);
  }
  for (size_t i = 0; i < names.size(); ++i) {
    while (taken.emplace(names[i], i).first->second != i) names[i] += "_" + std::to_string(i);
  }
  for (std::string& name : names) name = stem + "_" + name + ".bin";
  return names;
}

std::vector<std::string> InputFileNames(const std::string& stem, const std::vector<std::string>& inputs) {
  std::vector<std::string> names = OutputFileNames(stem, inputs);
  names.front() = stem + ".bin";
  return names;
}

}  // namespace lockstep::dump
