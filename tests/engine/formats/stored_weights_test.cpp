#include "engine/formats/stored_weights.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "engine/formats/opened_model.hpp"
#include "tests/formats/fixture_models.hpp"
#include "tests/formats/gguf/gguf_fixtures.hpp"

namespace preceptor::engine {
namespace {

std::vector<std::filesystem::path> models() {
  std::vector<std::filesystem::path> paths;
  for (const char* name : {"untied", "tied", "sharded", "half", "bfloat"})
    paths.push_back(fixture_model(name));
  for (const char* name : {"llama3", "mistral", "qwen2", "qwen3", "gemma3", "gpt2", "llama_half_f16",
                           "llama_bfloat_bf16", "llama_tied_q8_0"})
    paths.push_back(gguf_fixture(std::string(name) + ".gguf"));
  return paths;
}

TEST(StoredWeights, HoldWhatLoadingUnpacksTensorByTensorAndRowByRow) {
  for (const auto& path : models()) {
    const auto stored = open_stored_weights(path);
    ASSERT_TRUE(stored.has_value()) << stored.error().text();
    const auto parameters = load_parameters(path);
    ASSERT_TRUE(parameters.has_value()) << parameters.error().text();
    ASSERT_EQ(stored->list().size(), parameters->list().size());
    EXPECT_EQ(stored->count(), parameters->count());
    for (std::size_t index = 0; index < stored->list().size(); ++index) {
      const ParameterInfo& info = parameters->list()[index];
      const std::span<const float> expected = parameters->values().subspan(info.offset, info.count);
      const StoredMatrix& matrix = stored->matrix(index);
      std::vector<float> whole(info.count), row(matrix.columns);
      matrix.read(whole, 0, matrix.rows);
      EXPECT_TRUE(std::ranges::equal(whole, expected)) << path << ' ' << info.name;
      stored->forget_pages();
      matrix.read(row, matrix.rows - 1, 1);
      EXPECT_TRUE(std::ranges::equal(row, expected.last(matrix.columns))) << path << ' ' << info.name;
    }
  }
}

TEST(StoredWeights, OutliveTheModelThatTheyWereOpenedWith) {
  auto opened = open_model(gguf_fixture("gemma3.gguf"));
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  const auto text = opened->read_text();
  ASSERT_TRUE(text.has_value()) << text.error().text();
  const StoredWeights weights = std::move(opened->weights);
  opened = tl::unexpected(Error{});
  EXPECT_GT(weights.bytes(), 0U);
  std::vector<float> row(weights.matrix(0).columns);
  weights.matrix(0).read(row, 0, 1);
  EXPECT_EQ(text->config.vocabulary_size, weights.config().vocabulary_size);
}

}  // namespace
}  // namespace preceptor::engine
