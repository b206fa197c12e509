// Compares the tensors of two folders, whoever wrote them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compare/compare_pair.h"
#include "compare/limits.h"
#include "compare/tensor_folder.h"

namespace lockstep::compare {

struct CompareOptions {
  Limits limits;                                // of all
  std::map<std::string, LimitChange> changes;   // by a tensor's or layer's name
  std::filesystem::path map;                    // see PairByMap; empty: by name
  AxisOrder first_order = AxisOrder::kUnknown;  // of the raw files of a folder
  AxisOrder second_order = AxisOrder::kUnknown;
  std::string dtype;     // of .bin files of which nothing says it; "": not known
  bool outputs = false;  // the first folder has expected outputs, see CompareFolders
  int threads = 0;       // 0: one for each processor
};

// What all layers together come to. The outputs of a layer count for themselves.
struct Totals {
  size_t tensors = 0;
  size_t equal = 0;      // by md5
  size_t differing = 0;  // beyond what is tolerated; those that are not comparable too
  size_t not_comparable = 0;
  int64_t elements = 0;
  int64_t differing_elements = 0;
  double mean_cosine = 0.0;  // of those that have one; NaN if one of them has NaN
  int worst = -1;            // position of the lowest cosine among the layers; -1: none has one
};

struct FolderComparison {
  std::string first;
  std::string second;
  bool dumps = false;  // at least one of them is a dump: there are layers, not just tensors
  dump::Verdict verdict = dump::Verdict::kExact;
  std::vector<PairResult> layers;
  Totals totals;
  std::vector<dump::DumpLayer> only_first;
  std::vector<dump::DumpLayer> only_second;
  bool complete = true;  // false: a tensor is missing where it should be; then the verdict is kDiffers
  std::vector<std::string> notes;
};

// See PairTensors for what is compared with what. With `outputs`, what the second folder has besides is no fault, a
// .bin file that nothing is known of holds float32, as run_joint writes it, and folders in the first one, one for each
// input, are compared with those of their names in the second. Throws BadInput if nothing can be compared; a tensor
// that cannot, beside others that can, is a difference.
FolderComparison CompareFolders(const std::filesystem::path& first, const std::filesystem::path& second,
                                const CompareOptions& options);

// The tensors and manifests of a folder, and of the folders in it, so that nothing is written over them.
std::vector<std::filesystem::path> FilesOfFolder(const std::filesystem::path& folder);

}  // namespace lockstep::compare
