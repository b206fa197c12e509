// Whether a text is one JSON value and nothing else, for what the runtime prints letter by letter.
#pragma once

#include <cctype>
#include <cstring>
#include <string>

namespace lockstep::test {

class JsonCheck {
 public:
  static bool IsJson(const std::string& text) {
    JsonCheck check(text);
    return check.Value() && check.Next() == 0;
  }

 private:
  explicit JsonCheck(const std::string& text) : at_(text.c_str()) {}

  char Next() {
    while (std::isspace(static_cast<unsigned char>(*at_)) != 0) ++at_;
    return *at_;
  }
  bool Take(char letter) {
    if (Next() != letter) return false;
    ++at_;
    return true;
  }
  bool Word(const char* word) {
    if (std::strncmp(at_, word, std::strlen(word)) != 0) return false;
    at_ += std::strlen(word);
    return true;
  }
  bool Text() {
    if (!Take('"')) return false;
    for (; *at_ != '"'; ++at_) {
      if (static_cast<unsigned char>(*at_) < ' ') return false;  // the end too
      if (*at_ == '\\' && std::strchr("\"\\/bfnrtu", *++at_) == nullptr) return false;
    }
    ++at_;
    return true;
  }
  bool Digits() {
    const char* first = at_;
    while (std::isdigit(static_cast<unsigned char>(*at_)) != 0) ++at_;
    return at_ != first;
  }
  bool Number() {
    if (*at_ == '-') ++at_;
    if (*at_ == '0' && std::isdigit(static_cast<unsigned char>(at_[1])) != 0) return false;
    if (!Digits()) return false;
    if (*at_ == '.' && (++at_, !Digits())) return false;
    if (*at_ != 'e' && *at_ != 'E') return true;
    ++at_;
    if (*at_ == '-' || *at_ == '+') ++at_;
    return Digits();
  }
  template <typename Item>
  bool Items(char end, Item item) {
    ++at_;
    if (Take(end)) return true;
    do {
      if (!item()) return false;
    } while (Take(','));
    return Take(end);
  }
  bool Value() {
    switch (Next()) {
      case '{':
        return Items('}', [this] { return Next() == '"' && Text() && Take(':') && Value(); });
      case '[':
        return Items(']', [this] { return Value(); });
      case '"':
        return Text();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }

  const char* at_;
};

}  // namespace lockstep::test
