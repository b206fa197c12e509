// make_pages FOLDER: the pages that page_test.py opens.
#include <cstdio>
#include <filesystem>

#include "files/output_file.h"
#include "page/page.h"
#include "page/picture_part.h"
#include "results.h"

using namespace lockstep;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const page::PageData& data) {
    files::WriteFile(folder / name, page::ToHtml(data));
  };
  const std::filesystem::path model = testing::BuildSmallDetector(folder);
  files::WriteFile(folder / "profile.csv", testing::ProfileCsvOf(model, 3, 1));
  const std::vector<page::Result> results{testing::AnalysisOf(model, folder / "pictures"),
                                          testing::CrosscheckOf(model, 9),
                                          page::ReadResult(page::ResultKind::kProfile, folder / "profile.csv")};
  page::PageData small = page::MakePage({"report", model, results, model, {testing::CrosscheckOf(model, 20)}});
  small.layers[1].name += " </script><script>throw 1</script>";  // names are data, whatever they hold
  small.boards[1].name += " <img src=\"elsewhere.png\" onerror=\"throw 2\">";
  small.memory.planned = {{"model file", 40000}, {"all of these", 70000}};
  small.memory.targets = {{"mipsel", "mipsel", 2048, 512, 72560, 120000}, {"armv7", "host", 1024, 0, 71024, -1}};
  small.memory.savings = {{"keep one thing out of the arena", 16384, true}};
  small.memory.phases = {{"made up", "load", 100000, 120000}, {"made up", "steady", 110000, 130000}};
  page::PictureOptions pictures;
  pictures.data = {{"", (folder / "pictures").string()}};
  page::AddPictures(model, pictures, small, [](int, int) {});
  small.pictures = testing::PicturesOf(std::filesystem::directory_iterator(folder / "pictures")->path());
  write("small.html", small);
  write("bare.html", page::MakePage({"report", model, {}, {}, {}}));
  write("large.html", testing::LargePage(1000, true));
  write("large_flat.html", testing::LargePage(1000, false));
  return 0;
}
