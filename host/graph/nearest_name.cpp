#include "graph/nearest_name.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

#include "graph/quoted.h"

namespace lockstep::graph {
namespace {

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

constexpr size_t kLongest = 200;  // nobody mistypes more, and the distance takes time in proportion

// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

bool BeginsWith(const std::string& text, const std::string& beginning) {
  constexpr size_t kFewest = 3;  // letters that are more than a guess
  return beginning.size() >= kFewest && text.compare(0, beginning.size(), beginning) == 0;
}

}  // namespace

std::string NearestName(const std::string& wanted, const std::vector<std::string>& known) {
  if (wanted.size() > kLongest) return "";
  const std::string low = Lower(wanted);
  const size_t letters = low.size() - std::min(low.size(), low.find_first_not_of('-'));
  const size_t limit = std::max<size_t>(1, (letters + 1) / 3);
  std::string best;
  size_t best_distance = limit + 1;
  for (const std::string& name : known) {
    const std::string low_name = Lower(name);
    if (name == wanted || low_name == low) return name;
    const size_t distance = BeginsWith(low_name, low) ? 1 : EditDistance(low, low_name);
    if (distance < best_distance && distance < low_name.size()) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

std::string DidYouMeanOf(const std::string& wanted, const std::vector<std::string>& known) {
  const std::string meant = DidYouMean(wanted, known);
  if (!meant.empty() || known.empty()) return meant;
  constexpr size_t kShown = 5;
  const std::string low = Lower(wanted.substr(0, kLongest));
  std::vector<std::pair<size_t, std::string>> by_distance;
  for (const std::string& name : known) {
    const std::string low_name = Lower(name.substr(0, kLongest));
    const bool contains = !low.empty() && low_name.find(low) != std::string::npos;
    by_distance.emplace_back(contains ? 0 : EditDistance(low, low_name), name);
  }
  std::stable_sort(by_distance.begin(), by_distance.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> like;
  for (const auto& [distance, name] : by_distance) {
    if (like.size() == kShown || (by_distance.front().first == 0 && distance != 0)) break;
    if (std::find(like.begin(), like.end(), name) == like.end()) like.push_back(name);
  }
  return "; the nearest of " + std::to_string(known.size()) + (like.size() == 1 ? " is " : " are ") + Listed(like);
}

std::string DidYouMean(const std::string& wanted, const std::vector<std::string>& known) {
  const std::string nearest = NearestName(wanted, known);
  if (!nearest.empty()) return "; did you mean " + nearest + "?";
  constexpr size_t kFew = 12;
  return known.empty() || known.size() > kFew ? "" : "; it must be one of " + Listed(known);
}

}  // namespace lockstep::graph
