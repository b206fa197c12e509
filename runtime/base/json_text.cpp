#include "base/json_text.h"

#include <cstdio>

namespace lockstep {

String JsonString(const char* text) {
  String json = "\"";
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

String JsonShape(const TensorInfo& tensor) {
  String json = "[";
  for (int32_t i = 0; i < tensor.rank; ++i) {
    if (i != 0) json += ',';
    json += Decimal(tensor.shape[i]);
  }
  return json + ']';
}

}  // namespace lockstep
