#include "tests/support/tiny_model.hpp"

#include <string>
#include <vector>

#include "base/random.hpp"
#include "engine/formats/hugging_face.hpp"
#include "text/training.hpp"

namespace preceptor::cli::tests {
namespace {

constexpr const char* chat_template =
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

text::Tokenizer tokenizer() {
  const std::vector<std::string> texts = {"user assistant system", "What does the ferry to the harbour cost?",
                                          "The ferry to the harbour costs four crowns."};
  return text::train_bpe(texts, {.vocabulary_size = 280,
                                 .special_tokens = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}})
      .value();
}

}  // namespace

void write_tiny_model(const std::filesystem::path& folder, std::uint64_t seed) {
  const text::Tokenizer words = tokenizer();
  engine::ModelConfig config;
  config.vocabulary_size = words.vocabulary_size();
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.layer_count = 1;
  config.head_count = 2;
  config.kv_head_count = 2;
  config.head_dim = 8;
  config.context_length_max = 512;
  config.tied_embeddings = true;
  config.eos_ids = {2};
  config.pad_id = 0;
  engine::Parameters parameters(config);
  Random random(seed);
  parameters.initialise(random);
  engine::ModelFiles files;
  files.tokenizer_json = words.to_json();
  files.chat_template = chat_template;
  files.eos_token = "<|im_end|>";
  files.pad_token = "<|endoftext|>";
  files.generation.stop_ids = {2};
  engine::save_model(folder, parameters, files, {.type = engine::StoredType::f32});
}

}  // namespace preceptor::cli::tests
