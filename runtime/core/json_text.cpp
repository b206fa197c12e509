#include "core/json_text.h"

#include <cstdio>
#include <cstdlib>

namespace lockstep {

std::string JsonString(const char* text) {
  std::string json = "\"";
  for (; *text != 0; ++text) {
    const auto c = static_cast<unsigned char>(*text);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += *text;
    } else if (c < ' ') {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", c);
      json += escape;
    } else {
      json += *text;
    }
  }
  return json + '"';
}

std::string JsonNumber(float value) {
  char text[32];
  for (int digits = 6; digits <= 9; ++digits) {
    std::snprintf(text, sizeof(text), "%.*g", digits, static_cast<double>(value));
    if (std::strtof(text, nullptr) == value) break;
  }
  return text;
}

std::string JsonShape(const TensorInfo& tensor) {
  std::string json = "[";
  for (int32_t i = 0; i < tensor.rank; ++i) {
    if (i != 0) json += ',';
    json += std::to_string(tensor.shape[i]);
  }
  return json + ']';
}

}  // namespace lockstep
