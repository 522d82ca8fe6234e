#include "engine/formats/model_card.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "engine/formats/hugging_face.hpp"
#include "tests/formats/fixture_models.hpp"
#include "tests/formats/gguf/gguf_fixtures.hpp"

namespace preceptor::engine {
namespace {

TEST(ModelCard, TellsWhatTheFolderHolds) {
  const auto card = read_model_card(fixture_model("sharded"));
  ASSERT_TRUE(card.has_value()) << card.error().text();
  EXPECT_EQ(card->parameter_count, 33'952);  // torch: sum(p.numel() for p in model.parameters())
  EXPECT_EQ(card->stored_types, "BF16");
  EXPECT_GE(card->file_bytes, 2 * card->parameter_count);
  EXPECT_EQ(card->cache_bytes_per_token, 2 * 2 * 2 * 8 * 2);
  EXPECT_TRUE(card->has_chat_template);
  EXPECT_EQ(card->model_sha256, "");
}

TEST(ModelCard, AnExportShowsTheHashOfItsManifest) {
  const TemporaryFolder folder;
  const auto model = load_model(fixture_model("tied"));
  ASSERT_TRUE(model.has_value());
  const Manifest manifest = save_model(folder.path() / "copy", model->parameters, model->files, {});
  const auto card = read_model_card(folder.path() / "copy");
  ASSERT_TRUE(card.has_value()) << card.error().text();
  EXPECT_EQ(card->model_sha256, manifest.model_sha256());
  EXPECT_EQ(card->parameter_count, static_cast<std::int64_t>(model->parameters.count()));
}

TEST(ModelCard, AGgufFileIsToldAlike) {
  const auto card = read_model_card(gguf_fixture("llama_tied_q8_0.gguf"));
  ASSERT_TRUE(card.has_value()) << card.error().text();
  EXPECT_EQ(card->stored_types, "F16, F32, Q8_0");
  EXPECT_EQ(card->parameter_count, read_model_card(fixture_model("tied"))->parameter_count);
  EXPECT_LT(card->file_bytes, 2 * card->parameter_count);
  EXPECT_TRUE(card->has_chat_template);
}

TEST(ModelCard, AFolderWithoutAModelIsRefused) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_model_card(folder.path()).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace preceptor::engine
