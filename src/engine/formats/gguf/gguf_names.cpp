#include "engine/formats/gguf/gguf_names.hpp"

#include <array>
#include <utility>

namespace preceptor::engine {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 6> outside_layers = {{{"model.embed_tokens", "token_embd"},
                                                 {"model.norm", "output_norm"},
                                                 {"lm_head", "output"},
                                                 {"transformer.wte", "token_embd"},
                                                 {"transformer.wpe", "position_embd"},
                                                 {"transformer.ln_f", "output_norm"}}};

constexpr std::array<Pair, 19> inside_layers = {{{"input_layernorm", "attn_norm"},
                                                 {"self_attn.q_proj", "attn_q"},
                                                 {"self_attn.k_proj", "attn_k"},
                                                 {"self_attn.v_proj", "attn_v"},
                                                 {"self_attn.o_proj", "attn_output"},
                                                 {"self_attn.q_norm", "attn_q_norm"},
                                                 {"self_attn.k_norm", "attn_k_norm"},
                                                 {"post_attention_layernorm", "ffn_norm"},
                                                 {"pre_feedforward_layernorm", "ffn_norm"},
                                                 {"post_feedforward_layernorm", "post_ffw_norm"},
                                                 {"mlp.gate_proj", "ffn_gate"},
                                                 {"mlp.up_proj", "ffn_up"},
                                                 {"mlp.down_proj", "ffn_down"},
                                                 {"ln_1", "attn_norm"},
                                                 {"attn.c_attn", "attn_qkv"},
                                                 {"attn.c_proj", "attn_output"},
                                                 {"ln_2", "ffn_norm"},
                                                 {"mlp.c_fc", "ffn_up"},
                                                 {"mlp.c_proj", "ffn_down"}}};

template <std::size_t count>
std::optional<std::string_view> look_up(const std::array<Pair, count>& table, std::string_view name) {
  for (const auto& [ours, theirs] : table) {
    if (ours == name) return theirs;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> gguf_name(std::string_view name, const ModelConfig& config) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string ending(name.substr(dot));  // ".weight" or ".bias"
  const std::string_view stem = name.substr(0, dot);
  if (const auto found = look_up(outside_layers, stem)) return std::string(*found) + ending;
  const std::string_view layers = config.naming == TensorNaming::gpt2 ? "transformer.h." : "model.layers.";
  if (!stem.starts_with(layers)) return std::nullopt;
  const std::size_t after = stem.find('.', layers.size());
  if (after == std::string_view::npos) return std::nullopt;
  const std::string number(stem.substr(layers.size(), after - layers.size()));
  const std::string_view part = stem.substr(after + 1);
  auto found = look_up(inside_layers, part);
  // Between attention and feed-forward stands one norm, or two.
  const bool after_attention = config.norm_placement == NormPlacement::before_and_after;
  if (after_attention && part == "post_attention_layernorm") found = "post_attention_norm";
  if (!found) return std::nullopt;
  return "blk." + number + "." + std::string(*found) + ending;
}

}  // namespace preceptor::engine
