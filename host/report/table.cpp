#include "report/table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "graph/short_number.h"

namespace lockstep::report {
namespace {

// Columns on the screen: UTF-8 continuation bytes take none.
size_t DisplayWidth(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0U) != 0x80U; }));
}

std::string CutMiddle(const std::string& text, size_t width) {
  if (width < 5 || text.size() <= width) return text;
  const size_t head = (width - 2) / 2;
  return text.substr(0, head) + ".." + text.substr(text.size() - (width - 2 - head));
}

const char* ColourOf(Mood mood) {
  switch (mood) {
    case Mood::kGood:
      return "\033[32m";
    case Mood::kBad:
      return "\033[31m";
    case Mood::kNeutral:
      break;
  }
  return "";
}

std::string Print(const char* format, int digits, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, digits, value);
  return text.data();
}

std::string NotFinite(double value) { return std::isnan(value) ? "NaN" : value > 0 ? "inf" : "-inf"; }

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::AddRow(std::vector<Cell> cells) {
  if (cells.size() != columns_.size()) throw std::logic_error("a row with another number of cells than columns");
  rows_.push_back(std::move(cells));
}

std::string Table::ToText(bool colour, const std::string& indent) const {
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t width = DisplayWidth(columns_[c].title);
    for (const auto& row : rows_) {
      width = std::max(width, DisplayWidth(CutMiddle(row[c].text, columns_[c].max_width)));
    }
    widths.push_back(width);
  }
  const auto add_cell = [&](std::string& line, size_t c, const std::string& text, const char* start) {
    const std::string space(widths[c] - std::min(widths[c], DisplayWidth(text)), ' ');
    const bool last = c + 1 == columns_.size();
    if (columns_[c].align == Align::kRight) line += space;
    line += *start != '\0' ? start + text + "\033[0m" : text;
    if (columns_[c].align == Align::kLeft && !last) line += space;
    if (!last) line += "  ";
  };
  std::string out;
  std::string title = indent;
  std::string rule = indent;
  for (size_t c = 0; c < columns_.size(); ++c) {
    add_cell(title, c, columns_[c].title, "");
    rule += std::string(widths[c], '-') + (c + 1 == columns_.size() ? "" : "  ");
  }
  out += title + "\n" + rule + "\n";
  for (const auto& row : rows_) {
    std::string line = indent;
    for (size_t c = 0; c < row.size(); ++c) {
      add_cell(line, c, CutMiddle(row[c].text, columns_[c].max_width), colour ? ColourOf(row[c].mood) : "");
    }
    out += line + "\n";
  }
  return out;
}

std::string EscapeHtml(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string FixedNumber(double value, int digits) {
  return std::isfinite(value) ? Print("%.*f", digits, value) : NotFinite(value);
}

std::string ShortNumber(double value, int digits) {
  return std::isfinite(value) ? graph::ShortNumber(value, digits) : NotFinite(value);
}

std::string ByteCount(double bytes) {
  constexpr std::array<const char*, 4> kUnits = {"B", "KiB", "MiB", "GiB"};
  size_t unit = 0;
  while (bytes >= 1024.0 && unit + 1 < kUnits.size()) {
    bytes /= 1024.0;
    ++unit;
  }
  return FixedNumber(bytes, unit == 0 ? 0 : 1) + " " + kUnits[unit];
}

}  // namespace lockstep::report
