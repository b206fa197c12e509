// cli_damage [COUNT [SEED]]: what the host tools do with COUNT randomly damaged joint models whose digests are right,
// and with as many damaged manifests of a dump: info, run with both engines, crosscheck with this PC as the board,
// compare. Each is refused with a message or runs. Exit status 1 if a tool blames itself, or says nothing.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "cli/program.h"
#include "joint_generated.h"
#include "lockstep/seeded_input.h"
#include "support/joint_models.h"
#include "support/random_damage.h"

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

constexpr int kOwnFault = 70;

void WriteBytes(const fs::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

Bytes ReadBytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// One file for each input of the model: "a.bin;b.bin".
std::string WriteInputs(const fs::path& folder, const Bytes& file) {
  const lockstep::joint::Model& model = *lockstep::joint::GetModel(file.data());
  lockstep::SeededBytes random(7);
  std::string data;
  for (const lockstep::joint::InputSpec* input : *model.inputs()) {
    Bytes bytes(model.tensors()->Get(static_cast<uint32_t>(input->tensor()))->bytes());
    for (uint8_t& byte : bytes) byte = random.Next();
    const fs::path path = folder / ("input" + std::to_string(input->tensor()) + ".bin");
    WriteBytes(path, bytes);
    data += (data.empty() ? "" : ";") + path.string();
  }
  return data;
}

// What happened to the damaged files that a command was given.
class Command {
 public:
  Command(std::string name, std::vector<std::string> arguments)
      : name_(std::move(name)), arguments_(std::move(arguments)) {
    arguments_.insert(arguments_.begin(), "lockstep");
  }

  // False if the command blames itself, or ends badly without a word. `messages` is where stderr goes.
  bool Run(const fs::path& messages) {
    if (std::freopen(messages.c_str(), "w", stderr) == nullptr) std::abort();
    std::vector<char*> argv;
    for (std::string& argument : arguments_) argv.push_back(argument.data());
    const auto start = std::chrono::steady_clock::now();
    const int status = lockstep::cli::RunProgram(static_cast<int>(argv.size()), argv.data());
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    longest_ms_ = std::max(longest_ms_, time.count());
    std::fflush(stderr);
    ++statuses_[status];
    const bool silent = status > 1 && fs::file_size(messages) == 0;
    return status != kOwnFault && !silent;
  }

  void Print(std::FILE* to) const {
    std::fprintf(to, "%s:", name_.c_str());
    for (const auto& [status, count] : statuses_) std::fprintf(to, " %d with status %d,", count, status);
    std::fprintf(to, " longest %.1f ms\n", longest_ms_);
    std::fflush(to);
  }

  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::vector<std::string> arguments_;
  std::map<int, int> statuses_;
  double longest_ms_ = 0.0;
};

// One to four bytes of a text become others, or some of it goes or comes twice.
Bytes DamagedText(Bytes text, lockstep::SeededBytes& random) {
  const auto below = [&](size_t limit) {
    return (random.Next() * size_t{65536} + random.Next() * size_t{256} + random.Next()) % limit;
  };
  static const std::string kTempting = "0123456789-\"{}[],:.eE \n\\x";
  const size_t at = below(text.size());
  const auto length = static_cast<std::ptrdiff_t>(1 + below(std::min<size_t>(text.size() - at, 12)));
  const auto place = text.begin() + static_cast<std::ptrdiff_t>(at);
  switch (random.Next() % 4) {
    case 0:
      for (int n = 1 + random.Next() % 4; n > 0; --n) {
        text[below(text.size())] = static_cast<uint8_t>(kTempting[below(kTempting.size())]);
      }
      break;
    case 1:
      text.erase(place, place + length);
      break;
    case 2: {
      const Bytes twice(place, place + length);
      text.insert(place, twice.begin(), twice.end());
      break;
    }
    default:
      text[at] = random.Next();
      break;
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 100;
  const auto seed = static_cast<uint64_t>(argc > 2 ? std::atoll(argv[2]) : 1);
  if (count < 1 || argc > 3) {
    std::fprintf(stderr, "usage: cli_damage [COUNT [SEED]]\n");
    return 2;
  }
  setenv("GOMP_SPINCOUNT", "1000", 0);  // else a busy machine makes a command start this program anew
  std::string folder_name = fs::temp_directory_path() / "lockstep_damage_XXXXXX";
  if (mkdtemp(folder_name.data()) == nullptr) return 4;
  const fs::path folder = folder_name;
  const fs::path model = folder / "net.joint";
  const fs::path manifest = folder / "damaged" / "manifest.json";
  const fs::path messages = folder / "messages";
  std::FILE* terminal = fdopen(dup(STDOUT_FILENO), "w");
  if (std::freopen("/dev/null", "w", stdout) == nullptr) return 4;

  const Bytes file = lockstep::test::Write(lockstep::test::SmallNetwork());
  WriteBytes(model, file);
  const std::string data = WriteInputs(folder, file);
  Command dump("dump", {"run", model, "--data", data, "--dump", folder / "whole", "-q"});
  if (!dump.Run(messages)) return 1;
  bool good = true;
  fs::copy(folder / "whole", folder / "damaged");
  const Bytes whole_manifest = ReadBytes(manifest);

  std::vector<Command> of_model = {
      {"info", {"info", model, "--json", "-"}},
      {"run native", {"run", model, "--data", data, "--engine", "native", "-q"}},
      {"run reference", {"run", model, "--data", data, "--engine", "reference", "--threads", "1", "-q"}},
      {"crosscheck", {"crosscheck", model, "--data", data, "--board", "local", "--threads", "1", "-q"}},
  };
  Command compare("compare", {"compare", folder / "whole", folder / "damaged"});
  lockstep::test::RandomDamage damage(file, seed);
  lockstep::SeededBytes random(seed);
  for (int i = 0; i < count && good; ++i) {
    std::string what;
    WriteBytes(model, damage.WithDigest(damage.Next(&what)));
    WriteBytes(manifest, DamagedText(whole_manifest, random));
    for (Command& command : of_model) {
      good = good && command.Run(messages);
      if (!good) std::fprintf(terminal, "%s fails on %s, round %d\n", command.name().c_str(), what.c_str(), i);
      if (!good) break;
    }
    if (good && !compare.Run(messages)) {
      std::fprintf(terminal, "compare fails on a manifest, round %d\n", i);
      good = false;
    }
    if ((i + 1) % 1000 == 0) std::fprintf(terminal, "%d of %d\n", i + 1, count), std::fflush(terminal);
  }
  for (const Command& command : of_model) command.Print(terminal);
  compare.Print(terminal);
  if (good) {
    fs::remove_all(folder);
  } else {
    std::fprintf(terminal, "the files are kept in %s\n", folder.c_str());
  }
  std::fclose(terminal);
  return good ? 0 : 1;
}
