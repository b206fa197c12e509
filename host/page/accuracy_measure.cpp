#include "page/accuracy_measure.h"

namespace lockstep::page {

Measure SqnrMeasure(const std::string& id, const std::string& from, const std::string& explain) {
  Measure measure{id, "SQNR", from, "error", "dB", explain};
  measure.better = Better::kMore;
  measure.good = kGoodSqnr;
  measure.bad = kBadSqnr;
  return measure;
}

Measure CosineMeasure(const std::string& id, const std::string& from, const std::string& explain) {
  Measure measure{id, "cosine", from, "error", "", explain};
  measure.better = Better::kMore;
  measure.scale = Scale::kCosine;
  measure.good = kGoodCosine;
  measure.bad = kBadCosine;
  return measure;
}

}  // namespace lockstep::page
