// Two tensors element by element, in pieces: how near they are, and where and how they differ.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "analyze/metrics.h"
#include "dump/compare_elements.h"
#include "dump/dump.h"

namespace lockstep::compare {

// How many elements of a tensor are no numbers that can be reckoned with.
struct NotFinite {
  int64_t nan = 0;
  int64_t infinite = 0;

  bool any() const { return nan != 0 || infinite != 0; }
};

// Elements of one byte are counted by pairs of values (65,536 counters), and all else follows from the counts: a
// gigabyte of them takes a second. Others are added up one by one.
class ElementSums {
 public:
  // Both have the same shape and order of axes; types and scales may differ. Both must outlive this.
  ElementSums(const dump::DumpLayer& expected, const dump::DumpLayer& actual, const dump::Tolerance& tolerance);
  ~ElementSums();

  // The next elements.
  void Add(const uint8_t* expected, const uint8_t* actual, size_t count);

  struct Result {
    analyze::Metrics accuracy;
    NotFinite expected_not_finite;
    NotFinite actual_not_finite;
    dump::ElementComparison difference;  // elements of one type differ if their bytes do, others if their values do
  };
  Result Finish();

 private:
  void AddOneByOne(const uint8_t* expected, const uint8_t* actual, size_t count);
  template <typename Word>
  void NoteWords(const uint8_t* expected, const uint8_t* actual, const float* expected_reals, const float* actual_reals,
                 size_t count);
  void CountPairs(const uint8_t* expected, const uint8_t* actual, size_t count);
  void SumPairs();
  bool Differ(const uint8_t* expected, const uint8_t* actual, float expected_real, float actual_real) const;
  void Note(const uint8_t* expected, const uint8_t* actual, double expected_real, double actual_real, int64_t count);
  double Steps(const uint8_t* expected, const uint8_t* actual, double distance, int64_t position) const;
  void FindFirst(const uint8_t* expected, const uint8_t* actual, size_t count);

  const dump::DumpLayer& expected_;
  const dump::DumpLayer& actual_;
  dump::Tolerance tolerance_;
  bool one_type_;
  size_t expected_bytes_;  // of an element
  size_t actual_bytes_;
  int64_t position_ = 0;  // of the next element
  analyze::MetricsSum sum_;
  dump::ElementComparison difference_;
  analyze::MetricsSum::Numbers numbers_{};  // what was added up here
  NotFinite expected_not_finite_;
  NotFinite actual_not_finite_;
  std::vector<uint32_t> pairs_;  // [expected * 256 + actual], twice; empty: not counted
  uint64_t counted_ = 0;
};

}  // namespace lockstep::compare
