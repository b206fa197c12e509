#include "compiler/program_digest.h"

#include <elf.h>
#include <link.h>

#include <cstdint>
#include <cstring>

#include "import/source_digest.h"

namespace lockstep::compiler {
namespace {

std::string ToHex(const uint8_t* bytes, size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

// Names and descriptions of notes are padded to their segment's alignment, of 4 bytes for the build id's.
constexpr size_t Padded(size_t bytes) { return (bytes + 3) / 4 * 4; }

// Empty if none of the segment's notes is a build id.
std::string FindBuildId(const uint8_t* notes, size_t size) {
  constexpr char kOwner[] = "GNU";
  for (size_t at = 0; at + sizeof(ElfW(Nhdr)) <= size;) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes + at, sizeof(note));
    const uint8_t* name = notes + at + sizeof(note);
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof(kOwner) &&
        std::memcmp(name, kOwner, sizeof(kOwner)) == 0) {
      return ToHex(name + Padded(note.n_namesz), note.n_descsz);
    }
    at += sizeof(note) + Padded(note.n_namesz) + Padded(note.n_descsz);
  }
  return {};
}

// The program itself comes first.
int TakeBuildId(dl_phdr_info* program, size_t /*size*/, void* text) {
  for (int i = 0; i < program->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = program->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE || segment.p_align > 4) continue;
    const auto* notes = reinterpret_cast<const uint8_t*>(program->dlpi_addr + segment.p_vaddr);
    const std::string found = FindBuildId(notes, segment.p_memsz);
    if (!found.empty()) *static_cast<std::string*>(text) = found;
  }
  return 1;
}

std::string MakeDigest() {
  std::string digest;
  dl_iterate_phdr(TakeBuildId, &digest);
  return digest.empty() ? importer::FileDigest("/proc/self/exe").value_or("unreadable") : digest;
}

}  // namespace

const std::string& ProgramDigest() {
  static const std::string kDigest = MakeDigest();
  return kDigest;
}

}  // namespace lockstep::compiler
