#include "bundle/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <utility>

#include "files/output_file.h"
#include "graph/error.h"
#include "graph/quoted.h"

namespace lockstep::bundle {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostNames = 20000;

struct CloseWriter {
  void operator()(struct archive* archive) const { archive_write_free(archive); }
};
struct CloseReader {
  void operator()(struct archive* archive) const { archive_read_free(archive); }
};
struct FreeEntry {
  void operator()(struct archive_entry* entry) const { archive_entry_free(entry); }
};

// "a/b.bin": no root, no "..", no ".", nothing that a file system could take for something else.
bool IsPlainPath(const std::string& name) {
  constexpr size_t kMostCharacters = 1024;
  if (name.empty() || name.size() > kMostCharacters || name.front() == '/' || name.back() == '/') return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\') return false;
  }
  for (const fs::path& part : fs::path(name)) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return name.find("//") == std::string::npos;
}

}  // namespace

struct ArchiveWriter::Impl {
  fs::path path;
  int descriptor = -1;
  int error = 0;  // of the first write that failed
  // libarchive loses the memory of its gzip filter when a write fails: it is not told.
  std::unique_ptr<struct archive, CloseWriter> archive{archive_write_new()};

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    archive.reset();
    if (descriptor >= 0) close(descriptor);
  }

  static la_ssize_t Write(struct archive* /*archive*/, void* self, const void* bytes, size_t count) {
    Impl& impl = *static_cast<Impl*>(self);
    const char* at = static_cast<const char*>(bytes);
    for (size_t left = count; left > 0 && impl.error == 0;) {
      const ssize_t written = write(impl.descriptor, at, left);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        impl.error = errno;
        break;
      }
      at += written;
      left -= static_cast<size_t>(written);
    }
    return static_cast<la_ssize_t>(count);
  }

  void Require(int status) const {
    if (error != 0) files::FailToWrite(path, error);
    if (status == ARCHIVE_OK) return;
    const char* why = archive_error_string(archive.get());
    throw BadInput("cannot write " + path.string() + ": " + (why != nullptr ? why : "unknown error") +
                   "; choose another place");
  }
};

ArchiveWriter::ArchiveWriter(const fs::path& file, const fs::path& shown) : impl_(std::make_unique<Impl>()) {
  impl_->path = shown.empty() ? file : shown;
  struct archive* archive = impl_->archive.get();
  impl_->Require(archive_write_add_filter_gzip(archive));
  impl_->Require(archive_write_set_format_pax_restricted(archive));
  // The same content is the same archive.
  impl_->Require(archive_write_set_options(archive, "gzip:!timestamp"));
  impl_->descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (impl_->descriptor < 0) files::FailToWrite(impl_->path, errno);
  impl_->Require(archive_write_set_bytes_in_last_block(archive, 1));
  impl_->Require(archive_write_open(archive, impl_.get(), nullptr, Impl::Write, nullptr));
}

ArchiveWriter::~ArchiveWriter() = default;

void ArchiveWriter::Add(const std::string& name, const std::vector<uint8_t>& bytes) {
  const std::unique_ptr<struct archive_entry, FreeEntry> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), 0, 0);
  impl_->Require(archive_write_header(impl_->archive.get(), entry.get()));
  if (archive_write_data(impl_->archive.get(), bytes.data(), bytes.size()) != static_cast<la_ssize_t>(bytes.size())) {
    impl_->Require(ARCHIVE_FATAL);
  }
  impl_->Require(ARCHIVE_OK);
}

void ArchiveWriter::Finish() {
  const int closed = archive_write_close(impl_->archive.get());
  impl_->Require(closed);
  if (close(std::exchange(impl_->descriptor, -1)) != 0) files::FailToWrite(impl_->path, errno);
}

void ReadArchive(const fs::path& file, const Allowed& allowed, const TakeFile& take) {
  files::RequireFile(file);
  const std::unique_ptr<struct archive, CloseReader> reader(archive_read_new());
  struct archive* archive = reader.get();
  const auto fail = [&](const std::string& what) { throw BadInput(file.string() + ": " + what); };
  const auto require = [&](int status) {
    if (status == ARCHIVE_OK) return;
    const char* why = archive_error_string(archive);
    fail("is damaged, cut short or no .tar.gz (" + std::string(why != nullptr ? why : "unknown error") +
         "); fetch it again");
  };
  require(archive_read_support_filter_gzip(archive));
  require(archive_read_support_format_tar(archive));
  constexpr size_t kBlock = size_t{1} << 16;
  require(archive_read_open_filename(archive, file.c_str(), kBlock));
  std::set<std::string> seen;
  for (;;) {
    struct archive_entry* entry = nullptr;
    const int status = archive_read_next_header(archive, &entry);
    if (status == ARCHIVE_EOF) return;
    require(status);
    const char* path = archive_entry_pathname(entry);
    const std::string name = path != nullptr ? path : "";
    const std::string named = "the entry " + graph::Quoted(name);
    if (!IsPlainPath(name)) fail(named + " is no plain path within the archive; it is refused");
    const bool link = archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr;
    if (link) fail(named + " is a link; it is refused");
    if (archive_entry_filetype(entry) != AE_IFREG) fail(named + " is no regular file; it is refused");
    if (!seen.insert(name).second) fail(named + " is there twice; it is refused");
    if (seen.size() > kMostNames) fail("has more than " + std::to_string(kMostNames) + " entries; it is refused");
    const uint64_t most = allowed(name);
    std::vector<uint8_t> bytes;
    std::vector<uint8_t> block(kBlock);
    for (;;) {
      const la_ssize_t got = archive_read_data(archive, block.data(), block.size());
      if (got == 0) break;
      if (got < 0) require(ARCHIVE_FATAL);
      if (bytes.size() + static_cast<uint64_t>(got) > most) {
        fail(named + " has more than " + std::to_string(most) + " bytes; it is refused");
      }
      bytes.insert(bytes.end(), block.begin(), block.begin() + got);
    }
    take(name, std::move(bytes));
  }
}

}  // namespace lockstep::bundle
