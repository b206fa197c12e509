// Comma-separated values.
#pragma once

#include <string>
#include <vector>

namespace lockstep::report {

// One line; what contains a comma, a quotation mark or a line's end stands in quotation marks.
std::string CsvLine(const std::vector<std::string>& cells);

// The cells of every line that is not empty.
std::vector<std::vector<std::string>> ParseCsv(const std::string& text);

// In nine significant digits: "0.125", "inf", "nan".
std::string CsvNumber(double value);

}  // namespace lockstep::report
