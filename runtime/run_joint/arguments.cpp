#include "run_joint/arguments.h"

#include <getopt.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "base/list.h"

namespace lockstep {
namespace {

enum Code : int {
  kVerify = 256,
  kSelfTest,
  kInject,
  kNoDigest,
  kThreads,
  kBenchmark,
  kReportMemory,
  kProfilePath,
  kMemoryPath,
  kDumpLevel,
  kDumpFolder,
  kDumpLayers,
  kMd5,
  kDryRun,
  kModelInfo,
  kSeed,
  kGroupRows,
};

constexpr option kOptions[] = {{"data", required_argument, nullptr, 'd'},
                               {"input-folder", required_argument, nullptr, 'i'},
                               {"output-folder", required_argument, nullptr, 'o'},
                               {"bin-out-dir", required_argument, nullptr, 'o'},
                               {"list", required_argument, nullptr, 'l'},
                               {"repeat", required_argument, nullptr, 'r'},
                               {"warmup", required_argument, nullptr, 'w'},
                               {"affinity", required_argument, nullptr, 'a'},
                               {"version", no_argument, nullptr, 'v'},
                               {"help", no_argument, nullptr, 'h'},
                               {"verify", required_argument, nullptr, kVerify},
                               {"self-test", no_argument, nullptr, kSelfTest},
                               {"inject", required_argument, nullptr, kInject},
                               {"no-digest", no_argument, nullptr, kNoDigest},
                               {"threads", required_argument, nullptr, kThreads},
                               {"save-benchmark", required_argument, nullptr, kBenchmark},
                               {"report-peak-memory-footprint", no_argument, nullptr, kReportMemory},
                               {"profile-path", required_argument, nullptr, kProfilePath},
                               {"memory-path", required_argument, nullptr, kMemoryPath},
                               {"dump-intermediate", required_argument, nullptr, kDumpLevel},
                               {"dump-folder", required_argument, nullptr, kDumpFolder},
                               {"dump-layers", required_argument, nullptr, kDumpLayers},
                               {"md5", no_argument, nullptr, kMd5},
                               {"dry-run", no_argument, nullptr, kDryRun},
                               {"model-info", no_argument, nullptr, kModelInfo},
                               {"seed", required_argument, nullptr, kSeed},
                               {"group-rows", no_argument, nullptr, kGroupRows},
                               {nullptr, 0, nullptr, 0}};

const char* NameOf(int code) {
  for (const option& known : kOptions) {
    if (known.name != nullptr && known.val == code) return known.name;
  }
  return "?";
}

// Levenshtein's distance to the beginning of `b`: a long name is rarely written out.
size_t Distance(const String& a, const String& b) {
  List<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[std::min(b.size(), a.size() + 1)];
}

Status UnknownName(const String& name) {
  String candidates;  // getopt takes the beginning of a name, but not of several
  int count = 0;
  const char* nearest = "help";
  for (const option& known : kOptions) {
    if (known.name == nullptr) break;
    if (Distance(name, known.name) < Distance(name, nearest)) nearest = known.name;
    if (std::strncmp(known.name, name.c_str(), name.size()) != 0) continue;
    candidates += String(count++ == 0 ? "--" : ", --") + known.name;
  }
  if (count > 1) {
    return Status::Error(StatusCode::kInvalidArgument, "option --%.64s may be %.150s; write it out", name.c_str(),
                         candidates.c_str());
  }
  return Status::Error(StatusCode::kInvalidArgument,
                       "option --%.64s is unknown; did you mean --%s? --help lists them all", name.c_str(), nearest);
}

// What getopt answered with '?'. It leaves in optopt the letter it does not know, the code of the option that takes no
// value, or 0 for a name it does not know, which `text` has.
Status Unknown(const String& text) {
  if (optopt == 0) return UnknownName(text.substr(2, text.find('=') - 2));
  if (text.starts_with("--") && text.find('=') != String::npos) {
    return Status::Error(StatusCode::kInvalidArgument, "--%s takes no value; leave out '%.64s'", NameOf(optopt),
                         text.c_str() + text.find('='));
  }
  return Status::Error(StatusCode::kInvalidArgument, "option -%c is unknown; --help lists them all", optopt);
}

template <typename Number>
Status Parse(int code, const char* text, uint64_t low, uint64_t high, Number* number) {
  char* end = nullptr;
  errno = 0;
  const unsigned long long value = std::strtoull(text, &end, 0);
  if (end == text || *end != 0 || errno != 0 || std::strchr(text, '-') != nullptr || value < low || value > high) {
    return Status::Error(StatusCode::kInvalidArgument, "--%s '%.32s': give a whole number of %llu..%llu", NameOf(code),
                         text, static_cast<unsigned long long>(low), static_cast<unsigned long long>(high));
  }
  *number = static_cast<Number>(value);
  return Status::Ok();
}

// An empty value would be as if the option had not been given.
Status Take(int code, const char* text, String* value) {
  *value = text;
  if (!value->empty()) return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument, "--%s: the value is empty; give one, or leave the option out",
                       NameOf(code));
}

Status Apply(int code, const char* text, Arguments* a) {
  constexpr uint64_t kMaxRuns = 1000000;
  switch (code) {
    case 'd':
      return Take(code, text, &a->data);
    case 'i':
      return Take(code, text, &a->input_folder);
    case 'o':
      return Take(code, text, &a->output_folder);
    case 'l':
      return Take(code, text, &a->list);
    case 'r':
      return Parse(code, text, 1, kMaxRuns, &a->repeat);
    case 'w':
      return Parse(code, text, 0, kMaxRuns, &a->warmup);
    case 'a':
      return Parse(code, text, 1, UINT64_MAX, &a->affinity);
    case 'v':
      a->version = true;
      break;
    case 'h':
      a->help = true;
      break;
    case kVerify:
      return Take(code, text, &a->verify);
    case kSelfTest:
      a->self_test = true;
      break;
    case kInject:
      return Take(code, text, &a->inject);
    case kNoDigest:
      a->check_digest = false;
      break;
    case kThreads:
      return Parse(code, text, 1, 64, &a->threads);
    case kBenchmark:
      return Take(code, text, &a->benchmark);
    case kReportMemory:
      a->report_memory = true;
      break;
    case kProfilePath:
      return Take(code, text, &a->profile_path);
    case kMemoryPath:
      return Take(code, text, &a->memory_path);
    case kDumpLevel:
      return Parse(code, text, 0, 3, &a->dump_level);
    case kDumpFolder:
      return Take(code, text, &a->dump_folder);
    case kDumpLayers:
      return Take(code, text, &a->dump_layers);
    case kMd5:
      a->md5_only = true;
      break;
    case kDryRun:
      a->dry_run = true;
      break;
    case kModelInfo:
      a->model_info = true;
      break;
    case kSeed:
      return Parse(code, text, 0, UINT64_MAX, &a->seed);
    case kGroupRows:
      a->group_rows = true;
      break;
    default:
      break;
  }
  return Status::Ok();
}

using Given = List<int>;  // codes of the options on the command line

bool Has(const Given& given, int code) { return std::find(given.begin(), given.end(), code) != given.end(); }

// `mode` leaves the run out or does one of its own, so that only these others still mean something.
Status CheckOnlyWith(int mode, std::initializer_list<int> meaningful, const Given& given) {
  if (!Has(given, mode)) return Status::Ok();
  for (const int code : given) {
    if (code == mode || std::find(meaningful.begin(), meaningful.end(), code) != meaningful.end()) continue;
    return Status::Error(StatusCode::kInvalidArgument, "--%s has no effect with --%s; leave one of them out",
                         NameOf(code), NameOf(mode));
  }
  return Status::Ok();
}

// A setting that would have no effect is a mistake of the caller.
Status CheckTogether(const Arguments& a, const Given& given) {
  const auto bad = [](const char* text) { return Status::Error(StatusCode::kInvalidArgument, "%s", text); };
  LOCKSTEP_RETURN_IF_ERROR(CheckOnlyWith(kModelInfo, {kNoDigest}, given));
  LOCKSTEP_RETURN_IF_ERROR(CheckOnlyWith(kDryRun, {kNoDigest, kThreads, 'a', kGroupRows}, given));
  LOCKSTEP_RETURN_IF_ERROR(CheckOnlyWith(
      kSelfTest,
      {kNoDigest, kThreads, 'a', kReportMemory, kProfilePath, kMemoryPath, kDumpLevel, kDumpFolder, kDumpLayers, kMd5},
      given));
  const int sources = (a.data.empty() ? 0 : 1) + (a.input_folder.empty() ? 0 : 1) + (a.list.empty() ? 0 : 1);
  if (sources > 1) return bad("--data, --input-folder and --list exclude each other; give one of them");
  if (Has(given, kSeed) && a.has_data()) return bad("--seed has no effect with data; leave one of them out");
  // On other input than the dump's every layer behind the first would be blamed.
  if (!a.inject.empty() && !a.has_data() && !Has(given, kSeed)) {
    return bad("--inject needs the input that the dump was made with; give it with --data, or the dump's --seed");
  }
  if (a.dump_level != 0) return Status::Ok();
  for (const int code : {kDumpFolder, kDumpLayers, kMd5}) {
    if (!Has(given, code)) continue;
    return Status::Error(StatusCode::kInvalidArgument, "--%s has no effect without --dump-intermediate 1, 2 or 3",
                         NameOf(code));
  }
  return Status::Ok();
}

// --dump_layers and --dump-layers are the same option.
void NormalizeSpelling(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--") == 0) return;
    if (std::strncmp(argv[i], "--", 2) != 0) continue;
    for (char* c = argv[i] + 2; *c != 0 && *c != '='; ++c) {
      if (*c == '_') *c = '-';
    }
  }
}

}  // namespace

Status ParseArguments(int argc, char** argv, Arguments* arguments) {
  NormalizeSpelling(argc, argv);
  Given given;
  opterr = 0;
  optind = 0;  // glibc and musl start anew at 0, which a second call in one process needs
  for (;;) {
    const int code = getopt_long(argc, argv, ":d:i:o:l:r:w:a:vh", kOptions, nullptr);
    if (code == -1) break;
    if (code == '?' && optopt == '?') {  // -?
      arguments->help = true;
      continue;
    }
    if (code == '?') return Unknown(argv[optind - 1]);
    if (code == ':') {
      return Status::Error(StatusCode::kInvalidArgument, "option --%s needs a value; see --help", NameOf(optopt));
    }
    given.push_back(code);
    LOCKSTEP_RETURN_IF_ERROR(Apply(code, optarg, arguments));
  }
  if (arguments->help || arguments->version) return Status::Ok();
  if (optind + 1 != argc) {
    return Status::Error(StatusCode::kInvalidArgument, "%s; see --help",
                         optind == argc ? "give the path of a joint model" : "give one joint model, not several");
  }
  arguments->model = argv[optind];
  return CheckTogether(*arguments, given);
}

}  // namespace lockstep
