// boards.json: what boards there are and how they are reached.
//
//   { "boards": {
//       "door":  { "kind": "ssh", "host": "192.0.2.7", "port": 22, "user": "root", "key": "~/.ssh/door",
//                  "known_hosts": "", "work_folder": "/tmp/lockstep", "target": "mipsel",
//                  "environment": { "LD_LIBRARY_PATH": "/mnt/lib" }, "memory_limit_kib": 0 },
//       "phone": { "kind": "adb", "serial": "0123456789ABCDEF", "server_port": 5037 },
//       "old":   { "kind": "qemu", "target": "mipsel", "cpu": "24Kf" },
//       "pc":    { "kind": "local" } } }
//
// Only `kind`, and `host`, or `target` of qemu, are needed.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "boards/link.h"
#include "boards/remote_board.h"

namespace lockstep::boards {

enum class BoardKind { kLocal, kQemu, kSsh, kAdb };

const char* KindName(BoardKind kind);

struct BoardEntry {
  BoardKind kind = BoardKind::kLocal;
  SshAddress ssh;
  std::string serial;
  int server_port = 0;
  RemoteSettings remote;  // name, work folder and so on
  std::string cpu;        // of qemu; empty: the target's
};

// By name. Throws UsageError that names the file and the key for what is wrong in it.
std::map<std::string, BoardEntry> ReadBoardFile(const std::filesystem::path& file);

// The file that is read: `given`, LOCKSTEP_BOARDS, boards.json here, or ~/.config/lockstep/boards.json; empty without
// any. Throws UsageError if `given` or LOCKSTEP_BOARDS names none.
std::filesystem::path FindBoardFile(const std::filesystem::path& given);

// "ssh:USER@HOST:PORT" and "adb:SERIAL", of which all but the host may be missing; nothing for other names.
std::optional<BoardEntry> ReadAddress(const std::string& name);

}  // namespace lockstep::boards
