// Comma-separated values.
#pragma once

#include <string>
#include <vector>

namespace lockstep::report {

// One line; what contains a comma, a quotation mark or a line's end stands in quotation marks.
std::string CsvLine(const std::vector<std::string>& cells);

// In nine significant digits: "0.125", "inf", "nan".
std::string CsvNumber(double value);

}  // namespace lockstep::report
