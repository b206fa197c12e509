#include <algorithm>
#include <cmath>
#include <utility>

#include "graph/counted.h"
#include "graph/quoted.h"
#include "judge/judge.h"
#include "report/table.h"

namespace lockstep::judge {
namespace {

constexpr double kMuchSaturated = 0.001;  // of the elements: a range that is too narrow, not a stray value

constexpr double kLeastProbability = 1.0 / 16384;
constexpr double kLeastSpread = 1e-5;  // of the largest value: less may be the rounding of float32 itself
constexpr double kFewSteps = 4.0;      // a channel of an output that is smaller does not show
constexpr size_t kFewValues = 3;       // fewer have no mean of their own

double Largest(const Numbers& numbers) { return std::max(std::abs(numbers.low), std::abs(numbers.high)); }

bool IsLost(const Numbers& numbers) { return numbers.Constant() && !(numbers.metrics.sqnr_db > kLostSqnr); }

// One value everywhere, which is as good as any only because of an offset.
bool IsFlat(const Numbers& numbers) {
  const double spread = numbers.high - numbers.low;
  const bool varies = spread > kLeastSpread * Largest(numbers) && numbers.metrics.count >= kFewValues;
  if (numbers.low >= 0.0 && numbers.high <= 1.0 && spread < kLeastProbability) return false;
  return varies && numbers.Constant() && !(numbers.centred_sqnr_db > kLostSqnr);
}

// A NaN is worse than any number.
bool IsBad(const Numbers& numbers, double sqnr) { return !(numbers.metrics.sqnr_db >= sqnr); }

std::string Db(double value) {
  return std::isinf(value) && value > 0 ? "no error" : report::FixedNumber(value, 1) + " dB";
}

std::string Range(double low, double high) { return report::ShortNumber(low) + " to " + report::ShortNumber(high); }

std::string WhatHappened(const Numbers& numbers) {
  if (numbers.truth_not_finite != 0) {
    return "the float network itself gives " + graph::Counted(numbers.truth_not_finite, "value") + " not finite";
  }
  std::string text;
  if (IsLost(numbers) || IsFlat(numbers)) {
    text = (numbers.measured_low == 0.0 ? "everything is 0"
                                        : "everything is " + report::ShortNumber(numbers.measured_low)) +
           ", the network has " + Range(numbers.low, numbers.high);
  } else {
    text = "cosine " + report::FixedNumber(numbers.metrics.cosine, 4) + ", SQNR " + Db(numbers.metrics.sqnr_db) +
           ", values from " + Range(numbers.low, numbers.high);
  }
  if (numbers.step > 0.0) {
    text += "; one level is " + report::ShortNumber(numbers.step) + ", " + std::to_string(numbers.levels_used) +
            " of " + std::to_string(numbers.levels) + " are in use";
  }
  if (numbers.saturated > kMuchSaturated) {
    text += "; " + report::FixedNumber(numbers.saturated * 100.0, 1) + " % of the values lie beyond the levels";
  }
  return text;
}

std::string WhatToDo(const Subject& subject, const Numbers& numbers, double bound) {
  if (numbers.truth_not_finite != 0)
    return "look for a division by 0 or an overflow in front of " + graph::Quoted(subject.node);
  const bool flat = !IsLost(numbers) && IsFlat(numbers) && numbers.high - numbers.low < kFewSteps * numbers.step;
  const bool own_rounding = numbers.rounding_sqnr_db && (flat || !(*numbers.rounding_sqnr_db >= bound));
  if (own_rounding && numbers.saturated > kMuchSaturated) {
    return "calibrate with more pictures, of the kind that the network will see (--calibration, --count), or with "
           "--observer minmax";
  }
  if (own_rounding) {
    const bool widest = numbers.levels > (1 << 15);
    return (widest ? "compute"
                   : "give it more levels: --activation-bits tensor:" + subject.tensor + "=16, or compute") +
           " its node in floats: --float-nodes " + subject.node;
  }
  return "it was lost in front of this tensor: --precision int16 shows what more bits can win, `lockstep sensitivity` "
         "which nodes need them; check that the calibration pictures are of the kind that the network will see";
}

std::string NameOf(const Subject& subject) {
  return (subject.output ? "output " : "tensor ") + graph::Quoted(subject.tensor) +
         (subject.node.empty() ? "" : " (" + subject.op + ", node " + graph::Quoted(subject.node) + ")");
}

std::string PlaceOf(const PartNumbers& part) {
  return ", part " + graph::Quoted(part.name) + " (axis " + std::to_string(part.axis) + ", " +
         std::to_string(part.begin) + " to " + std::to_string(part.end - 1) + ")";
}

struct Ranked {
  Finding finding;
  bool output = false;
  double sqnr = 0.0;
};

Ranked Make(const Subject& subject, const Numbers& numbers, const std::string& place, double bound) {
  const double sqnr = std::isnan(numbers.metrics.sqnr_db) ? -INFINITY : numbers.metrics.sqnr_db;
  return {{NameOf(subject) + place + ": " + WhatHappened(numbers), WhatToDo(subject, numbers, bound),
           IsLost(numbers) || (subject.output && IsFlat(numbers))},
          subject.output,
          sqnr};
}

// By the tensor's own levels, or altogether: what came in front shows in the parts and in the whole, where channels
// that no picture is about weigh little. A probability of next to nothing may become 0.
bool IsLostChannel(const Numbers& numbers) {
  if (numbers.low >= 0.0 && numbers.high < kLeastProbability) return false;
  const bool too_coarse = numbers.rounding_sqnr_db && !(*numbers.rounding_sqnr_db >= kBadOutputSqnr) &&
                          Largest(numbers) < kFewSteps * numbers.step;
  return too_coarse || IsLost(numbers) || IsFlat(numbers);
}

// Probabilities of next to nothing may be off by as much.
bool IsBadResult(const Subject& subject, const Numbers& numbers) {
  if (!subject.separate_results || subject.op == "Sigmoid" || (numbers.low == 0.0 && numbers.high == 0.0)) return false;
  return numbers.metrics.count >= kFewValues && IsBad(numbers, kBadOutputSqnr);
}

std::string PlacesOf(const std::vector<const PartNumbers*>& lost, size_t all) {
  constexpr size_t kNamed = 8;
  std::string text = ", " + std::to_string(lost.size()) + " of " + std::to_string(all) + " places of axis " +
                     std::to_string(lost[0]->axis) + " (";
  for (size_t i = 0; i < std::min(kNamed, lost.size()); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(lost[i]->begin);
  }
  return text + (lost.size() > kNamed ? ", ..)" : ")") + ", the worst";
}

void RankChannels(const Subject& subject, std::vector<Ranked>& ranked) {
  for (const std::vector<PartNumbers>& channels : subject.channels) {
    std::vector<const PartNumbers*> lost;
    for (const PartNumbers& channel : channels) {
      if (IsLostChannel(channel.numbers) || IsBadResult(subject, channel.numbers)) lost.push_back(&channel);
    }
    if (lost.empty()) continue;
    const PartNumbers* worst = *std::min_element(lost.begin(), lost.end(), [](const auto* a, const auto* b) {
      return a->numbers.metrics.sqnr_db < b->numbers.metrics.sqnr_db;
    });
    ranked.push_back(Make(subject, worst->numbers, PlacesOf(lost, channels.size()), kBadOutputSqnr));
  }
}

// What the others hide in the sum over all of them.
void RankPicture(const Subject& subject, std::vector<Ranked>& ranked) {
  if (!subject.worst || !IsBad(subject.worst->numbers, kBadPictureSqnr)) return;
  const Numbers& numbers = subject.worst->numbers;
  if (numbers.metrics.count < kFewValues || (numbers.low >= 0.0 && numbers.high < kLeastProbability)) return;
  Ranked one = Make(subject, numbers, ", with " + subject.worst->picture, kBadPictureSqnr);
  const bool too_coarse = numbers.rounding_sqnr_db && !(*numbers.rounding_sqnr_db >= kBadPictureSqnr);
  if (too_coarse) {
    one.finding.todo =
        "look for a calibration file with far larger values than this one and leave it out; else " + one.finding.todo;
  }
  ranked.push_back(std::move(one));
}

}  // namespace

std::vector<Finding> FindingsOf(const std::vector<Subject>& subjects) {
  std::vector<Ranked> ranked;
  for (const Subject& subject : subjects) {
    const double bound = subject.output ? kBadOutputSqnr : kBadInnerSqnr;
    if (IsBad(subject.whole, bound) || IsLost(subject.whole) || (subject.output && IsFlat(subject.whole))) {
      ranked.push_back(Make(subject, subject.whole, "", bound));
      continue;  // its parts say nothing new
    }
    const size_t before = ranked.size();
    for (const PartNumbers& part : subject.parts) {
      // What is exactly 0 in the network tells nothing by its ratio of signal to error.
      if (part.numbers.low == 0.0 && part.numbers.high == 0.0 && part.numbers.truth_not_finite == 0) continue;
      if (IsBad(part.numbers, bound) || IsLost(part.numbers)) {
        ranked.push_back(Make(subject, part.numbers, PlaceOf(part), bound));
      }
    }
    if (ranked.size() == before) RankChannels(subject, ranked);
    if (ranked.size() == before) RankPicture(subject, ranked);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    if (a.output != b.output) return a.output;
    if (a.finding.lost != b.finding.lost) return a.finding.lost;
    return a.sqnr < b.sqnr;
  });
  std::vector<Finding> findings;
  findings.reserve(ranked.size());
  for (Ranked& one : ranked) findings.push_back(std::move(one.finding));
  return findings;
}

}  // namespace lockstep::judge
