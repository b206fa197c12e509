#include "boards/program_fit.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <vector>

#include "graph/error.h"

namespace lockstep::boards {
namespace {

struct Architecture {
  Elf32_Half elf;  // e_machine
  std::vector<std::string> machines;
};

const std::vector<Architecture>& Architectures() {
  static const std::vector<Architecture> kArchitectures = {
      {EM_MIPS, {"mips", "mips64"}},
      {EM_ARM, {"armv7l", "armv8l", "aarch64"}},
      {EM_AARCH64, {"aarch64"}},
      {EM_X86_64, {"x86_64"}},
  };
  return kArchitectures;
}

}  // namespace

std::string OtherArchitecture(const std::filesystem::path& program, const std::string& machine) {
  std::ifstream in(program, std::ios::binary);
  if (!in) throw BadInput("cannot read " + program.string());
  Elf32_Ehdr header = {};  // up to e_machine that of 64 bits is the same
  in.read(reinterpret_cast<char*>(&header), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return "";
  std::string meant;
  bool known = false;
  for (const Architecture& architecture : Architectures()) {
    const auto begin = architecture.machines.begin();
    const auto end = architecture.machines.end();
    const bool has = std::find(begin, end, machine) != end;
    known = known || has;
    if (header.e_machine != architecture.elf) continue;
    if (has) return "";
    meant = *begin;
  }
  return known ? meant : "";
}

}  // namespace lockstep::boards
