#include "page/shell.h"

// From shell.S: the bytes of the file that assemble.cmake wrote.
extern "C" const char lockstep_page_shell[];
extern "C" const char lockstep_page_shell_end[];

namespace lockstep::page {

std::string Shell() { return {lockstep_page_shell, lockstep_page_shell_end}; }

}  // namespace lockstep::page
