// The limits between good and bad of what accuracy is measured in, the same on every page.
#pragma once

#include <string>

#include "page/page_data.h"

namespace lockstep::page {

// In dB: 25 is 0.3 % of the energy lost, 10 a tenth.
inline constexpr double kGoodSqnr = 25.0;
inline constexpr double kBadSqnr = 10.0;
inline constexpr double kGoodCosine = 0.999;
inline constexpr double kBadCosine = 0.98;

Measure SqnrMeasure(const std::string& id, const std::string& from, const std::string& explain);
Measure CosineMeasure(const std::string& id, const std::string& from, const std::string& explain);

}  // namespace lockstep::page
