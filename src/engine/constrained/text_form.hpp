#pragma once

#include <memory>
#include <string_view>

#include "engine/constrained/token_bytes.hpp"
#include "engine/constrained/token_trie.hpp"
#include "engine/generation/constraint.hpp"

namespace preceptor::engine {

// A vocabulary prepared for constraints; shared by all of them.
class FormVocabulary {
public:
  explicit FormVocabulary(TokenBytes tokens);

  const TokenBytes& tokens() const { return tokens_; }
  const TokenTrie& trie() const { return trie_; }
  const TokenTrie& first_trie() const { return first_trie_; }  // of a text's first token
  std::string_view bytes_of(TokenId id, bool first) const;
  std::size_t words() const { return (tokens_.bytes.size() + 63) / 64; }  // of a mask
  // Every byte of UTF-8 is a token, so that no text ever gets stuck between tokens.
  bool writes_every_byte() const { return writes_every_byte_; }

private:
  TokenBytes tokens_;
  TokenTrie trie_;
  TokenTrie first_trie_;
  bool writes_every_byte_ = true;
};

// What a text must look like. Only texts of that form are ever written, cut off at most where tokens_max or
// the context ends. Which tokens may come next is worked out once for each state of the form and kept. The
// work for one token is bounded whatever the form is; where the bound is met, some tokens of several bytes
// are left out. Refuses what json_schema_rules and parse_regular_expression refuse, and with unsupported a
// vocabulary that cannot write every byte.
using Form = Result<std::shared_ptr<const Constraint>>;
Form json_schema_form(std::string_view schema_json, std::shared_ptr<const FormVocabulary> vocabulary);
Form json_object_form(std::shared_ptr<const FormVocabulary> vocabulary);
Form regular_expression_form(std::string_view pattern, std::shared_ptr<const FormVocabulary> vocabulary);

}  // namespace preceptor::engine
