#include "cli/recipe.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"

namespace preceptor::cli {
namespace {

const std::string complete = R"(name = "tiny"
[corpus]
files = ["a.jsonl"]
seed = 7
[tokenizer]
vocabulary_size = 300
end_of_text = "<|end|>"
turn_end = "<|turn|>"
[model]
hidden_size = 8
intermediate_size = 16
layer_count = 1
head_count = 2
kv_head_count = 1
context_length_max = 32
[training]
steps = 10
seed = 9223372036854775807
learning_rate = 1e-3
[generation]
tokens_max = 16
)";

Result<Recipe> read(const std::string& text) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "recipe.toml", text);
  return read_recipe(folder.path() / "recipe.toml");
}

// What is said when one line of the recipe reads otherwise.
Error refusal(const std::string& line, const std::string& otherwise) {
  std::string text = complete;
  text.replace(text.find(line + "\n"), line.size(), otherwise);
  const auto recipe = read(text);
  return recipe ? Error{.message = "accepted"} : recipe.error();
}

TEST(RecipeValues, ReadsWholeNumbersToTheirLastBit) {
  const auto recipe = read(complete);
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_EQ(recipe->training.seed, 9223372036854775807U);
  EXPECT_EQ(recipe->corpus.seed, 7U);
  EXPECT_EQ(recipe->model.layer_count, 1);
  EXPECT_EQ(recipe->model.head_dim, 4) << "left out, it follows from the others";
  EXPECT_EQ(recipe->generation.tokens_max, 16);
}

TEST(RecipeValues, RefusesACountThatWouldBecomeAnotherOneIn32Bits) {
  const Error error = refusal("layer_count = 1", "layer_count = 4294967297");
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_EQ(error.message, "layer_count must be from -2147483648 to 2147483647.");
  EXPECT_TRUE(error.where.ends_with("recipe.toml: line 12")) << error.where;
  EXPECT_TRUE(refusal("vocabulary_size = 300", "vocabulary_size = 2147483648")
                  .message.starts_with("vocabulary_size must be"));
  EXPECT_TRUE(refusal("seed = 7", "chats = -4294967295").message.starts_with("chats must be"));
  EXPECT_TRUE(
      refusal("tokens_max = 16", "tokens_max = 9999999999").message.starts_with("tokens_max must be"));
}

TEST(RecipeValues, RefusesASeedBelowZeroOrBeyond63Bits) {
  EXPECT_EQ(refusal("seed = 7", "seed = -1").message, "seed must be from 0 to 9223372036854775807.");
  const Error error = refusal("seed = 7", "seed = 18446744073709551617");
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_TRUE(error.where.ends_with("recipe.toml:4")) << error.where;
}

TEST(RecipeValues, RefusesAFractionWhereAWholeNumberBelongs) {
  const Error error = refusal("head_count = 2", "head_count = 2.5");
  EXPECT_EQ(error.message, "head_count must be a whole number.");
  EXPECT_TRUE(error.where.ends_with("recipe.toml: line 13")) << error.where;
  EXPECT_EQ(refusal("steps = 10", "steps = 1e3").message, "steps must be a whole number.");
  EXPECT_EQ(refusal("seed = 7", "seed = 0.5").message, "seed must be a whole number.");
}

TEST(RecipeValues, RefusesARealNumberThatSinglePrecisionCannotHold) {
  EXPECT_EQ(refusal("learning_rate = 1e-3", "learning_rate = 1e300").message,
            "learning_rate must be a finite number of single precision.");
  EXPECT_EQ(refusal("learning_rate = 1e-3", "learning_rate = nan").message,
            "learning_rate must be a finite number of single precision.");
}

TEST(RecipeValues, SaysWhichKeyIsMissing) {
  EXPECT_EQ(refusal("layer_count = 1", "").message, "layer_count is missing in [model].");
}

}  // namespace
}  // namespace preceptor::cli
