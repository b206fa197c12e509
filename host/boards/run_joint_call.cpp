#include "boards/run_joint_call.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "graph/error.h"

namespace lockstep::boards {
namespace {

bool SaysDiskFull(const ProcessResult& result) {
  return (result.err + result.out).find(std::strerror(ENOSPC)) != std::string::npos;
}

}  // namespace

std::vector<std::string> ArgumentsOf(const BoardJob& job, const BoardOptions& options) {
  std::string data;
  for (const std::filesystem::path& input : job.inputs) data += (data.empty() ? "" : ";") + input.string();
  std::vector<std::string> arguments;
  if (!data.empty()) arguments = {"--data", data};
  if (!job.output_folder.empty()) arguments.insert(arguments.end(), {"--output-folder", job.output_folder.string()});
  if (!job.dump_folder.empty()) {
    const char* level = job.dump_inputs ? "3" : "2";
    arguments.insert(arguments.end(), {"--dump_intermediate", level, "--dump_folder", job.dump_folder.string()});
    if (job.digests_only) arguments.emplace_back("--md5");
    if (!job.layers.empty()) arguments.insert(arguments.end(), {"--dump_layers", job.layers});
  }
  if (!job.inject_folder.empty()) arguments.insert(arguments.end(), {"--inject", job.inject_folder.string()});
  const auto count = [&arguments](const char* flag, int value, int fallback) {
    if (value != fallback) arguments.insert(arguments.end(), {flag, std::to_string(value)});
  };
  count("--repeat", job.repeat, 1);
  count("--warmup", job.warmup, 0);
  count("--threads", job.threads, 1);
  if (job.build == "profile" && !job.report_folder.empty()) {
    arguments.insert(arguments.end(), {"--profile-path", job.report_folder.string()});
  }
  if (job.build == "nmem" && !job.report_folder.empty()) {
    arguments.insert(arguments.end(), {"--memory-path", (job.report_folder / "nmem_memory.txt").string()});
  }
  if (job.dry_run) arguments.emplace_back("--dry-run");
  if (!options.check_digest) arguments.emplace_back("--no-digest");
  arguments.push_back(job.model.string());
  return arguments;
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string LastWords(const ProcessResult& result) {
  std::string text = result.err.empty() ? result.out : result.err;
  constexpr size_t kMost = 400;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (text.size() > kMost) text = ".." + text.substr(text.size() - kMost);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  return text;
}

void CheckAnswer(const ProcessResult& result, const BoardOptions& options, const std::string& who,
                 const std::string& where_full) {
  if (result.timed_out) {
    throw BoardError(who + "did not end within " + std::to_string(options.time_limit.count()) +
                     " s; give it longer with --timeout");
  }
  if (result.status == 0) return;
  if (result.status == 128 + SIGKILL) {
    throw BoardError(who +
                     "was killed, as it is when memory runs out; end other programs there, or take a smaller model");
  }
  const std::string ended = who + "ended with status " + std::to_string(result.status);
  if (result.err.empty() && result.out.empty()) {
    throw BoardError(ended + " and said nothing; give the run_joint_debug of this board, or build it again");
  }
  constexpr int kUnsupportedModel = 3;
  constexpr int kBadInput = 4;
  if (result.status == kUnsupportedModel) throw UnsupportedModel(ended + ": " + LastWords(result));
  if (SaysDiskFull(result)) throw BoardError(ended + ": " + LastWords(result) + where_full);
  if (result.status == kBadInput) throw BadInput(ended + ": " + LastWords(result));
  throw BoardError(ended + ": " + LastWords(result));
}

}  // namespace lockstep::boards
