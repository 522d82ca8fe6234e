#include "loop/model_files.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/hash.hpp"

namespace preceptor::loop {
namespace {

TEST(ModelFiles, ComeBackFromTheirJson) {
  const std::vector<ModelFile> files = {{"config.json", "aa", 12}, {"model.safetensors", "bb", 34}};
  const auto back = model_files_from_json(model_files_to_json(files)).value();
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[1].name, "model.safetensors");
  EXPECT_EQ(back[1].sha256, "bb");
  EXPECT_EQ(back[1].bytes, 34);
}

TEST(ModelFiles, WithANameThatLeavesTheFolderAreRefused) {
  for (const std::string name : {"../escape", "/etc/passwd", "a/b", "", ".hidden", ".."}) {
    const auto refused = model_files_from_json(model_files_to_json({{name, "aa", 1}}));
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().kind, ErrorKind::corrupt);
  }
}

TEST(ModelFiles, ThatAreNoListAreRefused) {
  EXPECT_FALSE(model_files_from_json("not json"));
  EXPECT_FALSE(model_files_from_json(R"([{"name":"config.json"}])"));
  EXPECT_FALSE(model_files_from_json("[3]"));
  EXPECT_FALSE(model_files_from_json("3"));
}

TEST(ModelFiles, AreStoredByNameAndFoundAgainByHash) {
  const TemporaryFolder folder;
  const auto model = folder.path() / "model";
  std::filesystem::create_directories(model / "a folder");
  write_file_atomic(model / "b.json", "second");
  write_file_atomic(model / "a.json", "first");
  LocalBlobStore blobs(folder.path() / "blobs");
  const auto files = store_model_files(blobs, model);
  ASSERT_EQ(files.size(), 2U) << "folders are no files of a model";
  EXPECT_EQ(files[0].name, "a.json");
  EXPECT_EQ(files[0].sha256, sha256_hex("first"));
  EXPECT_EQ(files[0].bytes, 5);
  EXPECT_EQ(read_file(blobs.path_of(files[1].sha256).value(), 100).value(), "second");
}

TEST(WeightsHash, IsThatOfTheOneFileOfWeights) {
  EXPECT_EQ(weights_hash({{"config.json", "aa", 1}, {"model.safetensors", "bb", 1}}), "bb");
}

TEST(WeightsHash, RestsOnEveryShardAndOnNothingElse) {
  const std::vector<ModelFile> shards = {{"model-1.safetensors", "aa", 1}, {"model-2.safetensors", "bb", 1}};
  auto with_config = shards;
  with_config.insert(with_config.begin(), {"config.json", "cc", 1});
  EXPECT_EQ(weights_hash(shards), weights_hash(with_config));
  auto changed = shards;
  changed[1].sha256 = "bc";
  EXPECT_NE(weights_hash(shards), weights_hash(changed));
}

}  // namespace
}  // namespace preceptor::loop
