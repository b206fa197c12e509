// Which build of the program this is, for what is kept between runs of one build alone.
#pragma once

#include <string>

namespace lockstep::compiler {

// The linker's build id of the running program in hexadecimal, a digest of all that was linked into it; where it has
// none, the MD5 of its file, which takes as long as reading it.
const std::string& ProgramDigest();

}  // namespace lockstep::compiler
