#include "engine/formats/manifest.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "engine/formats/hugging_face.hpp"
#include "tests/formats/fixture_models.hpp"
#include "tests/formats/raw_safetensors.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;

class ExportedModel : public testing::Test {
protected:
  ExportedModel() {
    auto model = load_model(fixture_model("untied"));
    manifest_ = save_model(path_, model->parameters, model->files, {.golden_ids = {9, 8, 7, 200, 31}});
  }

  TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "model";
  Manifest manifest_;
};

TEST_F(ExportedModel, TheManifestNamesEveryFileWithItsHash) {
  std::size_t files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    if (entry.path().filename() == "manifest.json") continue;
    ++files;
    const auto named =
        std::ranges::find(manifest_.files, entry.path().filename().string(), &ManifestFile::name);
    ASSERT_NE(named, manifest_.files.end()) << entry.path();
    EXPECT_EQ(named->sha256, sha256_file(entry.path()));
    EXPECT_EQ(named->bytes, entry.file_size());
  }
  EXPECT_EQ(files, manifest_.files.size());
  EXPECT_EQ(manifest_.template_sha256, sha256_file(path_ / "chat_template.jinja"));
}

TEST_F(ExportedModel, TheManifestOnDiskIsTheOneReturned) {
  const auto read = read_manifest(path_);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(manifest_text(*read), manifest_text(manifest_));
  EXPECT_EQ(read->model_sha256(), manifest_.model_sha256());
  EXPECT_TRUE(verify_files(path_, *read).has_value());
}

TEST_F(ExportedModel, GoldenAnswersBelongToTheWeightsAsStored) {
  ASSERT_EQ(manifest_.golden.logprobs.size(), 4U);
  const auto stored = load_parameters(path_);
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(golden_error_max(manifest_.golden, *stored), 0.0F);
  const auto original = load_parameters(fixture_model("untied"));
  EXPECT_GT(golden_error_max(manifest_.golden, *original), 0.0F);
}

TEST_F(ExportedModel, GoldenAnswersTellAnotherModelApart) {
  const auto other = load_parameters(fixture_model("half"));
  ASSERT_TRUE(other.has_value());
  EXPECT_GT(golden_error_max(manifest_.golden, *other), 0.1F);
}

TEST_F(ExportedModel, TheManifestSaysWhatDeterminismDependsOn) {
  const Determinism& here = manifest_.determinism;
  EXPECT_FALSE(here.isa.empty());
  EXPECT_GT(here.threads, 0);
  for (const char* library : {"preceptor", "onednn", "highway", "libc", "compiler"}) {
    EXPECT_TRUE(here.libraries.contains(library)) << library;
  }
}

TEST_F(ExportedModel, AChangedOrMissingFileIsNamed) {
  write_bytes(path_ / "config.json", "{}");
  auto verified = verify_files(path_, manifest_);
  ASSERT_FALSE(verified.has_value());
  EXPECT_NE(verified.error().where.find("config.json"), std::string::npos);
  fs::remove(path_ / "config.json");
  verified = verify_files(path_, manifest_);
  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error().kind, ErrorKind::corrupt);
}

TEST_F(ExportedModel, ABrokenManifestIsRefused) {
  for (const char* text :
       {"", "[]", "{}", R"({"format":"other","files":{}})", R"({"format":"preceptor-model-1","files":[]})",
        R"({"format":"preceptor-model-1","files":{"a":{"sha256":1,"bytes":2}}})",
        R"({"format":"preceptor-model-1","files":{"../a":{"sha256":"00","bytes":2}}})",
        R"({"format":"preceptor-model-1","files":{},"golden":{"ids":"no"}})"}) {
    write_bytes(path_ / "manifest.json", text);
    const auto read = read_manifest(path_);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_NE(read.error().where.find("manifest.json"), std::string::npos) << read.error().text();
  }
}

}  // namespace
}  // namespace preceptor::engine
