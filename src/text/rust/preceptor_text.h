/* The C interface of the Rust library. Text goes in as pointer and length (UTF-8 where not said otherwise), comes
 * back as pt_bytes to be released with pt_bytes_free. Every function that can refuse returns a pt_status and, unless
 * it is PT_OK, puts a message into *error and leaves the other results untouched. A panic inside is PT_INTERNAL.
 * Handles may be used by many threads at once, but freed by one. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  PT_OK = 0,
  PT_INVALID = 1,     /* the input breaks a rule that its sender can read */
  PT_CORRUPT = 2,     /* a file contradicts itself */
  PT_TOO_LARGE = 3,
  PT_UNSUPPORTED = 4,
  PT_INTERNAL = 5
} pt_status;

typedef struct pt_tokenizer pt_tokenizer;
typedef struct pt_chat pt_chat;

typedef struct { const char* data; size_t size; } pt_text;
typedef struct { char* data; size_t size, capacity; } pt_bytes;
void pt_bytes_free(pt_bytes bytes);

typedef struct { size_t begin, end; } pt_span;
typedef struct { uint32_t id; size_t begin, end; } pt_token;
typedef struct { pt_token* data; size_t size, capacity; } pt_tokens;
void pt_tokens_free(pt_tokens tokens);

/* Tokenizers. */
pt_status pt_tokenizer_load(pt_text json, pt_tokenizer** out, pt_bytes* error);
void pt_tokenizer_free(pt_tokenizer* tokenizer);
pt_status pt_tokenizer_encode(const pt_tokenizer* tokenizer, pt_text text, int add_special_tokens, pt_tokens* out,
                              pt_bytes* error);
/* Inside the spans of `plain` (ascending, apart) control tokens are text. No token crosses a position of `cuts`
 * (ascending). Adds no special tokens. */
pt_status pt_tokenizer_encode_marked(const pt_tokenizer* tokenizer, pt_text text, const pt_span* plain,
                                     size_t plain_count, const size_t* cuts, size_t cut_count, pt_tokens* out,
                                     pt_bytes* error);
pt_status pt_tokenizer_decode(const pt_tokenizer* tokenizer, const uint32_t* ids, size_t count, int skip_special,
                              pt_bytes* out, pt_bytes* error);
uint32_t pt_tokenizer_vocabulary_size(const pt_tokenizer* tokenizer);
int64_t pt_tokenizer_id_of(const pt_tokenizer* tokenizer, pt_text token); /* -1: none */
int pt_tokenizer_is_special(const pt_tokenizer* tokenizer, uint32_t id);
pt_status pt_tokenizer_token_of(const pt_tokenizer* tokenizer, uint32_t id, pt_bytes* out, pt_bytes* error);
pt_status pt_tokenizer_to_json(const pt_tokenizer* tokenizer, pt_bytes* out, pt_bytes* error);

typedef struct {
  uint32_t vocabulary_size;
  uint32_t pair_count_min;
  int number_tokens;
  const pt_text* special_tokens;
  size_t special_token_count;
} pt_bpe_options;
/* *out: a tokenizer.json. */
pt_status pt_train_bpe(const pt_text* texts, size_t count, const pt_bpe_options* options, pt_bytes* out,
                       pt_bytes* error);

/* Chat templates. */
typedef struct { pt_text role, content; } pt_message;
typedef struct { size_t turn_begin, content_begin, content_end, turn_end; } pt_message_span;
/* *error_line: the line of the template, 0 when unknown. */
pt_status pt_chat_load(pt_text source, pt_text bos, pt_text eos, pt_chat** out, size_t* error_line, pt_bytes* error);
void pt_chat_free(pt_chat* chat);
/* spans: room for `count` of them. now_seconds: since 1970, what strftime_now shows. */
pt_status pt_chat_render(const pt_chat* chat, const pt_message* messages, size_t count, int add_generation_prompt,
                         int64_t now_seconds, pt_bytes* text, pt_message_span* spans, size_t* error_line,
                         pt_bytes* error);

#ifdef __cplusplus
}
#endif
