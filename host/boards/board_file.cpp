#include "boards/board_file.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "boards/targets.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "report/json_text.h"

namespace lockstep::boards {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Kind {
  const char* name;
  BoardKind kind;
  std::vector<std::string> keys;  // beside `kind`
};

const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kKinds = {
      {"local", BoardKind::kLocal, {}},
      {"qemu", BoardKind::kQemu, {"target", "cpu"}},
      {"ssh",
       BoardKind::kSsh,
       {"host", "port", "user", "key", "known_hosts", "work_folder", "target", "environment", "memory_limit_kib"}},
      {"adb", BoardKind::kAdb, {"serial", "server_port", "work_folder", "target", "environment", "memory_limit_kib"}},
  };
  return kKinds;
}

fs::path HomePath(const std::string& text) {
  const char* home = std::getenv("HOME");
  return home != nullptr && text.compare(0, 2, "~/") == 0 ? fs::path(home) / text.substr(2) : fs::path(text);
}

// One board's entry; messages begin with the file and its name.
class Entry {
 public:
  Entry(const ordered_json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) Fail("must be an object");
  }

  [[noreturn]] void Fail(const std::string& what) const { throw UsageError(where_ + " " + what); }

  std::string Text(const char* key, const std::string& otherwise = "") const {
    if (!json_.contains(key)) return otherwise;
    if (!json_.at(key).is_string()) Fail(std::string(key) + " must be a text");
    return json_.at(key).get<std::string>();
  }

  std::string Required(const char* key) const {
    if (Text(key).empty()) Fail(std::string(key) + " is missing");
    return Text(key);
  }

  int64_t Number(const char* key, int64_t otherwise, int64_t most) const {
    if (!json_.contains(key)) return otherwise;
    const ordered_json& value = json_.at(key);
    if (!value.is_number_unsigned() || value.get<uint64_t>() > static_cast<uint64_t>(most)) {
      Fail(std::string(key) + " must be a whole number from 0 to " + std::to_string(most));
    }
    return value.get<int64_t>();
  }

  std::map<std::string, std::string> Texts(const char* key) const {
    std::map<std::string, std::string> texts;
    if (!json_.contains(key)) return texts;
    if (!json_.at(key).is_object()) Fail(std::string(key) + " must be an object of texts");
    for (const auto& [name, value] : json_.at(key).items()) {
      const bool plain = !name.empty() && name.find_first_not_of(
                                              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                              "0123456789_") == std::string::npos;
      if (!plain || !value.is_string()) Fail(std::string(key) + " must be an object of texts by variables' names");
      texts[name] = value.get<std::string>();
    }
    return texts;
  }

  void RefuseUnknown(const std::vector<std::string>& known) const {
    for (const auto& [key, value] : json_.items()) {
      if (key != "kind" && std::find(known.begin(), known.end(), key) == known.end()) {
        Fail("has a key " + graph::Quoted(key) + " that boards of its kind do not know" +
             graph::DidYouMean(key, known));
      }
    }
  }

 private:
  const ordered_json& json_;
  std::string where_;
};

// What a shell or ssh would take for an option or for more than one word.
void CheckWord(const Entry& entry, const char* key, const std::string& word) {
  const bool plain = word.empty() || (word[0] != '-' && word.find_first_of(" \t\n'\"\\$`;&|<>@") == std::string::npos);
  if (!plain) entry.Fail(std::string(key) + " is " + graph::Quoted(word) + ", which is no name of one");
}

void CheckWorkFolder(const Entry& entry, const std::string& folder) {
  const fs::path path = folder;
  const bool fits = path.is_absolute() && path.lexically_normal() == path && path != "/" && path.has_filename() &&
                    folder.find('\n') == std::string::npos;
  if (!fits) entry.Fail("work_folder must be an absolute path of a folder of Lockstep's own, such as /tmp/lockstep");
}

BoardEntry ReadEntry(const std::string& name, const ordered_json& json, const std::string& where) {
  const Entry entry(json, where);
  const std::string kind_name = entry.Required("kind");
  std::vector<std::string> kinds;
  for (const Kind& kind : Kinds()) kinds.emplace_back(kind.name);
  const auto kind =
      std::find_if(Kinds().begin(), Kinds().end(), [&](const Kind& one) { return kind_name == one.name; });
  if (kind == Kinds().end()) {
    entry.Fail("kind is " + graph::Quoted(kind_name) + "; there are local, qemu, ssh and adb" +
               graph::DidYouMean(kind_name, kinds));
  }
  entry.RefuseUnknown(kind->keys);
  constexpr int64_t kPorts = 65535;
  BoardEntry read;
  read.kind = kind->kind;
  read.remote.name = name;
  read.remote.target = kind->kind == BoardKind::kQemu ? entry.Required("target") : entry.Text("target");
  if (!read.remote.target.empty() && FindTarget(read.remote.target) == nullptr) {
    entry.Fail("target is " + graph::Quoted(read.remote.target) +
               "; there are host, mipsel, mipsel-msa, armv7 and aarch64");
  }
  if (kind->kind == BoardKind::kQemu && FindTarget(read.remote.target)->emulator == nullptr) {
    entry.Fail("target is host, which needs no emulator; its kind is local");
  }
  read.cpu = entry.Text("cpu");
  CheckWord(entry, "cpu", read.cpu);
  read.remote.work_folder =
      entry.Text("work_folder", kind->kind == BoardKind::kAdb ? "/data/local/tmp/lockstep" : read.remote.work_folder);
  CheckWorkFolder(entry, read.remote.work_folder);
  read.remote.environment = entry.Texts("environment");
  read.remote.memory_limit_kib = entry.Number("memory_limit_kib", 0, int64_t{1} << 40);
  if (kind->kind == BoardKind::kSsh) {
    read.ssh.host = entry.Required("host");
    read.ssh.user = entry.Text("user", read.ssh.user);
    CheckWord(entry, "host", read.ssh.host);
    CheckWord(entry, "user", read.ssh.user);
    read.ssh.port = static_cast<int>(entry.Number("port", read.ssh.port, kPorts));
    read.ssh.key = HomePath(entry.Text("key"));
    read.ssh.known_hosts = HomePath(entry.Text("known_hosts"));
    if (!read.ssh.key.empty() && !fs::exists(read.ssh.key))
      entry.Fail("key names " + read.ssh.key.string() + ", which does not exist");
  }
  read.serial = entry.Text("serial");
  CheckWord(entry, "serial", read.serial);
  read.server_port = static_cast<int>(entry.Number("server_port", 0, kPorts));
  return read;
}

}  // namespace

const char* KindName(BoardKind kind) {
  return std::find_if(Kinds().begin(), Kinds().end(), [&](const Kind& one) { return one.kind == kind; })->name;
}

std::map<std::string, BoardEntry> ReadBoardFile(const fs::path& file) {
  const std::vector<uint8_t> text = files::ReadFile(file);
  if (std::all_of(text.begin(), text.end(), [](uint8_t c) { return c <= ' '; })) {
    throw UsageError(file.string() +
                     R"( is empty; put {"boards": {"door": {"kind": "ssh", "host": "192.0.2.7"}}} there, or see )"
                     "docs/boards.md");
  }
  const ordered_json json = report::ParseJson(text, file.string());
  const bool fits = json.is_object() && json.contains("boards") && json.size() == 1 && json.at("boards").is_object();
  if (!fits)
    throw UsageError(file.string() + R"( must hold {"boards": {"NAME": {"kind": "ssh", ...}}} and nothing else)");
  std::map<std::string, BoardEntry> boards;
  for (const auto& [name, entry] : json.at("boards").items()) {
    const bool plain = !name.empty() && name.find_first_of(":/ \t\n") == std::string::npos && name != "local";
    if (!plain) {
      throw UsageError(file.string() + ": a board cannot be called " + graph::Quoted(name) +
                       "; take a name without colon, slash and blank");
    }
    boards[name] = ReadEntry(name, entry, file.string() + ": " + name + ":");
  }
  return boards;
}

fs::path FindBoardFile(const fs::path& given) {
  const char* variable = std::getenv("LOCKSTEP_BOARDS");
  const fs::path named = !given.empty() ? given : variable != nullptr ? fs::path(variable) : fs::path();
  if (!named.empty()) {
    if (!fs::exists(named)) throw UsageError("the list of boards " + named.string() + " does not exist");
    return named;
  }
  for (const fs::path& place : {fs::path("boards.json"), HomePath("~/.config/lockstep/boards.json")}) {
    if (fs::exists(place)) return place;
  }
  return {};
}

std::optional<BoardEntry> ReadAddress(const std::string& name) {
  const size_t colon = name.find(':');
  const std::string kind = name.substr(0, colon);
  if (kind != "ssh" && kind != "adb") return std::nullopt;
  const std::string rest = colon == std::string::npos ? "" : name.substr(colon + 1);
  ordered_json entry = {{"kind", kind}};
  if (kind == "adb") {
    if (!rest.empty()) entry["serial"] = rest;
  } else {
    const size_t at = rest.find('@');
    if (at != std::string::npos) entry["user"] = rest.substr(0, at);
    std::string host = at == std::string::npos ? rest : rest.substr(at + 1);
    const size_t port = host.rfind(':');
    const bool is_port = port != std::string::npos && host.find(':') == port && port + 1 < host.size() &&
                         host.size() - port <= 6 && host.find_first_not_of("0123456789", port + 1) == std::string::npos;
    if (is_port) {
      entry["port"] = static_cast<uint64_t>(std::stoul(host.substr(port + 1)));
      host.resize(port);
    }
    entry["host"] = host;
  }
  return ReadEntry(name, entry, "the board " + graph::Quoted(name) + ":");
}

}  // namespace lockstep::boards
