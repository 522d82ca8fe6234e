#include "loop/workspace.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "loop/model_files.hpp"

namespace preceptor::loop {
namespace {

struct StoredModel : testing::Test {
  Model store(const std::string& config) {
    const std::vector<ModelFile> files = {
        {"config.json", workspace.blobs().put(config), 1},
        {"model.safetensors", workspace.blobs().put("weights of " + config), 1}};
    Model model;
    model.id = {4};
    model.name = "nano";
    model.files = model_files_to_json(files);
    return model;
  }

  TemporaryFolder folder;
  Workspace workspace{folder.path() / "new" / "workspace"};
};

TEST_F(StoredModel, BecomesAFolderOfItsBlobs) {
  const auto place = workspace.model_folder(store("{}")).value();
  EXPECT_EQ(read_file(place / "config.json", 100).value(), "{}");
  EXPECT_EQ(read_file(place / "model.safetensors", 100).value(), "weights of {}");
}

TEST_F(StoredModel, IsLaidOutOnceAndThenFoundAgain) {
  const Model model = store("{}");
  const auto first = workspace.model_folder(model).value();
  const auto written = std::filesystem::last_write_time(first);
  EXPECT_EQ(workspace.model_folder(model).value(), first);
  EXPECT_EQ(std::filesystem::last_write_time(first), written);
}

TEST_F(StoredModel, WithAMissingBlobIsRefusedAndLeavesNoHalfFolder) {
  Model model = store("{}");
  const auto files = model_files_from_json(model.files).value();
  std::filesystem::remove(workspace.blobs().path_of(files[1].sha256).value());
  const auto refused = workspace.model_folder(model);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::not_found);
  EXPECT_FALSE(std::filesystem::exists(workspace.folder() / "models" / "4"));
}

TEST_F(StoredModel, WithoutAConfigIsRefusedAsIncomplete) {
  Model model = store("{}");
  model.files = model_files_to_json({{"model.safetensors", workspace.blobs().put("w"), 1}});
  const auto refused = workspace.model_folder(model);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::corrupt);
}

TEST_F(StoredModel, LeavesItsBlobsAloneWhenTheFolderIsRemoved) {
  const Model model = store("{}");
  std::filesystem::remove_all(workspace.model_folder(model).value());
  EXPECT_TRUE(workspace.model_folder(model));
}

TEST(Workspace, SaysWhichFolderItCannotMake) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "file", "in the way");
  try {
    Workspace(folder.path() / "file" / "workspace");
    FAIL() << "a workspace below a file";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error.kind, ErrorKind::unavailable);
    EXPECT_NE(failure.error.message.find("file/workspace"), std::string::npos);
  }
}

TEST(Workspace, GivesEachJobAFolderOfItsOwn) {
  const TemporaryFolder folder;
  const Workspace workspace(folder.path());
  EXPECT_NE(workspace.job_folder({1}), workspace.job_folder({11}));
}

}  // namespace
}  // namespace preceptor::loop
