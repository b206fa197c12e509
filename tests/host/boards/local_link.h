// A link to this PC's own shell, which does what a test tells it: is lost at some call, or changes what is sent.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "boards/link.h"

namespace lockstep::boards {

class LocalLink : public Link {
 public:
  // Looks at every call before it is made; may change it, or throw.
  std::function<void(ShellCall&)> before;
  // Looks at what came back.
  std::function<void(const ShellCall&, ProcessResult&)> after;
  std::vector<std::string> lines;  // of all calls

  ProcessResult Shell(const ShellCall& given) override {
    ShellCall call = given;
    lines.push_back(call.line);
    if (before) before(call);
    // Out of reach of what ends the program itself, as a device is.
    ProcessResult result = RunProcess(ProgramFor(call, {"setsid", "--wait", "sh", "-c", WithStatus(call.line)}));
    if (!result.timed_out && !result.too_much && !TakeStatus(result)) throw LinkLost("the test's link was lost");
    if (after) after(call, result);
    return result;
  }

  std::vector<std::string> Interactive() const override { return {"sh"}; }
};

}  // namespace lockstep::boards
