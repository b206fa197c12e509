#include "compare/compare_folders.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <thread>
#include <utility>

#include "compare/map_file.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "threads/start_thread.h"

namespace lockstep::compare {
namespace {

namespace fs = std::filesystem;

// The pairs of one folder, or of several that lie side by side.
struct Work {
  std::vector<TensorPair> pairs;
  std::vector<Limits> limits;
  FolderComparison result;
};

void SetOrder(TensorFolder& folder, AxisOrder order) {
  if (folder.is_dump()) return;
  for (StoredTensor& tensor : folder.tensors) tensor.order = order;
}

void AddFolders(const fs::path& first, const fs::path& second, const std::string& prefix, const CompareOptions& options,
                Work& work) {
  TensorFolder a = ReadTensorFolder(first);
  TensorFolder b = ReadTensorFolder(second);
  work.result.dumps = work.result.dumps || a.is_dump() || b.is_dump();
  SetOrder(a, options.first_order);
  SetOrder(b, options.second_order);
  Pairing pairing = options.map.empty() ? PairTensors(a, b) : PairByMap(options.map, a, b);
  for (const TensorFolder* folder : {&a, &b}) {
    work.result.notes.insert(work.result.notes.end(), folder->notes.begin(), folder->notes.end());
  }
  const bool complete = options.outputs && !b.is_dump() ? pairing.only_first.empty() : pairing.complete;
  work.result.complete = work.result.complete && complete;
  for (auto [from, to] : {std::pair(&pairing.only_first, &work.result.only_first),
                          std::pair(&pairing.only_second, &work.result.only_second)}) {
    for (dump::DumpLayer& layer : *from) {
      layer.name = prefix + layer.name;
      to->push_back(std::move(layer));
    }
  }
  for (TensorPair& pair : pairing.pairs) {
    if (!prefix.empty() && pair.name.empty()) {
      pair.name = prefix + (pair.second.raw && !pair.first.raw ? pair.first : pair.second).layer.name;
    }
    work.pairs.push_back(std::move(pair));
  }
}

bool IsTensorFile(const fs::path& file) {
  return file.extension() == ".bin" || file.extension() == ".npy" || file.filename() == "manifest.json";
}

bool HasTensors(const fs::path& folder) {
  const fs::directory_iterator entries(folder);
  return std::any_of(begin(entries), end(entries), [](const auto& entry) { return IsTensorFile(entry.path()); });
}

std::vector<std::string> FoldersIn(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// A folder for each input, or the outputs of all of them side by side.
void AddOutputs(const fs::path& first, const fs::path& second, const CompareOptions& options, Work& work) {
  for (const fs::path& folder : {first, second}) {
    if (!fs::is_directory(folder)) throw BadInput(folder.string() + ": no such folder; check the path");
  }
  const bool side_by_side = HasTensors(first);
  if (side_by_side) AddFolders(first, second, "", options, work);
  for (const std::string& name : FoldersIn(first)) {
    if (side_by_side && !HasTensors(first / name)) continue;
    if (fs::is_directory(second / name)) {
      AddFolders(first / name, second / name, name + "/", options, work);
      continue;
    }
    dump::DumpLayer missing;
    missing.name = missing.tensor = name + "/";
    work.result.only_first.push_back(missing);
    work.result.complete = false;
  }
}

// The largest first, so that no thread is left with one at the end.
std::vector<size_t> BySize(const std::vector<TensorPair>& pairs) {
  std::vector<size_t> order(pairs.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t x, size_t y) { return pairs[x].first.layer.bytes > pairs[y].first.layer.bytes; });
  return order;
}

std::vector<PairResult> ComparePairs(const Work& work, const std::string& dtype, int threads) {
  const std::vector<size_t> order = BySize(work.pairs);
  std::vector<PairResult> results(work.pairs.size());
  std::vector<std::exception_ptr> errors(work.pairs.size());
  std::atomic<size_t> next{0};
  const auto compare = [&] {
    for (size_t taken = next++; taken < order.size(); taken = next++) {
      const size_t i = order[taken];
      try {
        results[i] = ComparePair(work.pairs[i], work.limits[i], dtype);
      } catch (...) {
        errors[i] = std::current_exception();
        next = order.size();
      }
    }
  };
  const size_t wanted = threads > 0 ? static_cast<size_t>(threads) : std::max(1U, std::thread::hardware_concurrency());
  threads::SideBySide(std::min(wanted, order.size()), [&](size_t /*worker*/) { compare(); });
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  return results;
}

Totals TotalsOf(const std::vector<PairResult>& layers) {
  Totals totals;
  totals.tensors = layers.size();
  double cosines = 0.0;
  size_t measured = 0;
  double lowest = 0.0;
  for (size_t i = 0; i < layers.size(); ++i) {
    const PairResult& one = layers[i];
    totals.equal += one.layer.md5_equal ? 1 : 0;
    totals.differing += one.layer.within_tolerance ? 0 : 1;
    totals.not_comparable += one.not_comparable.empty() ? 0 : 1;
    totals.elements += one.elements;
    totals.differing_elements += one.differing;
    if (!one.layer.accuracy) continue;
    const double cosine = one.layer.accuracy->cosine;
    cosines += cosine;
    ++measured;
    // A NaN is worse than any number.
    const double rank = std::isnan(cosine) ? -2.0 : cosine;
    if (totals.worst < 0 || rank < lowest) {
      totals.worst = static_cast<int>(i);
      lowest = rank;
    }
  }
  totals.mean_cosine = measured == 0 ? 0.0 : cosines / static_cast<double>(measured);
  return totals;
}

// Orders that were found by trying are no proof, and that they are of one kind is.
void NoteOrders(FolderComparison& result) {
  std::map<std::string, size_t> orders;
  for (const PairResult& one : result.layers) {
    if (!one.order.empty()) ++orders[one.order];
  }
  for (const auto& [order, count] : orders) {
    result.notes.push_back(graph::Counted(count, "tensor") + " compared with the " + order +
                           ", found by shape or by trying; --layout-first and --layout-second say it");
  }
}

}  // namespace

FolderComparison CompareFolders(const fs::path& first, const fs::path& second, const CompareOptions& options) {
  Work work;
  work.result.first = first.string();
  work.result.second = second.string();
  options.outputs ? AddOutputs(first, second, options, work) : AddFolders(first, second, "", options, work);
  if (work.pairs.empty()) {
    throw BadInput(first.string() + " and " + second.string() +
                   " have no tensor in common; dump the same model twice, or say in a map file (--map) what is what");
  }
  LimitTable limits(options.limits, options.changes);
  for (const TensorPair& pair : work.pairs) {
    std::vector<std::string> names = {pair.second.layer.name, pair.second.layer.tensor, pair.first.layer.name,
                                      pair.first.layer.tensor};
    if (!pair.name.empty()) names.insert(names.begin(), pair.name);
    work.limits.push_back(pair.change.AppliedTo(limits.Of(names)));
  }
  limits.RequireAllUsed();
  const std::string dtype = options.dtype.empty() && options.outputs ? "f32" : options.dtype;
  FolderComparison result = std::move(work.result);
  result.layers = ComparePairs(work, dtype, options.threads);
  result.totals = TotalsOf(result.layers);
  if (result.totals.not_comparable == result.totals.tensors) throw BadInput(result.layers.front().not_comparable);
  NoteOrders(result);
  for (const PairResult& one : result.layers) {
    if (!one.layer.md5_equal) result.verdict = std::max(result.verdict, dump::Verdict::kWithinTolerance);
    if (!one.layer.within_tolerance) result.verdict = dump::Verdict::kDiffers;
  }
  if (!result.complete) result.verdict = dump::Verdict::kDiffers;
  return result;
}

std::vector<fs::path> FilesOfFolder(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;  // reading the folder tells what is wrong with it
  for (auto entry = fs::recursive_directory_iterator(folder, ignored); entry != fs::recursive_directory_iterator();
       entry.increment(ignored)) {
    if (ignored) break;
    if (IsTensorFile(entry->path()) && entry->is_regular_file(ignored)) files.push_back(entry->path());
  }
  return files;
}

}  // namespace lockstep::compare
