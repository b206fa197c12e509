// A table that prints itself as aligned text.
#pragma once

#include <string>
#include <vector>

namespace lockstep::report {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  size_t max_width = 0;  // longer text is cut in the middle in ToText; 0: never
};

// How a cell is shown: good and bad are green and red where colours are possible.
enum class Mood { kNeutral, kGood, kBad };

struct Cell {
  std::string text;
  Mood mood = Mood::kNeutral;

  Cell(std::string value, Mood cell_mood = Mood::kNeutral) : text(std::move(value)), mood(cell_mood) {}
  Cell(const char* value) : text(value) {}
};

class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // Throws std::logic_error if the count of cells is not the count of columns.
  void AddRow(std::vector<Cell> cells);
  size_t row_count() const { return rows_.size(); }

  // Two spaces between columns, a line under the titles, each line with the prefix `indent`.
  std::string ToText(bool colour, const std::string& indent = "") const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// Text that is safe inside HTML elements and attributes.
std::string EscapeHtml(const std::string& text);

// "0.9987"; "NaN", "inf" or "-inf" for a value that is not finite. `digits` after the point.
std::string FixedNumber(double value, int digits);
// A number in at most `digits` significant digits: "0.00312", "1.2e-07".
std::string ShortNumber(double value, int digits = 4);
// "12.3 MiB", "640 B".
std::string ByteCount(double bytes);

}  // namespace lockstep::report
