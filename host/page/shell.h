// The page without data, as it was put together when Lockstep was built (web/ and the libraries it uses).
#pragma once

#include <string>

namespace lockstep::page {

// Has {{title}} and {{data}} once each.
std::string Shell();

}  // namespace lockstep::page
