// What the program knows of a kind of work: one row a kind, one file a row. A new kind is an entry in
// types.hpp, its file here, and its row in table.cpp; ARCHITECTURE.md names its files in the other layers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "feedback/rights.hpp"
#include "feedback/types.hpp"

namespace preceptor::feedback {

struct Subject;

// What a payload may speak of. submit() makes it from the records; a test makes it by hand.
struct Matter {
  std::vector<ResponseId> responses;
  RubricVersion rubric;
  std::vector<Message> messages;                                       // of the prompt
  std::function<std::optional<std::string>(ResponseId)> text_of = {};  // of the task's responses
  std::function<bool(SourceId)> has_source = {};
  std::function<std::optional<Exchange>(ExchangeId)> exchange = {};  // held in this task
  std::shared_ptr<const Subject> subject = {};
};
// What a review, an appeal or an adjudication is about.
struct Subject {
  JudgmentId judgment;  // none: all judgments of a task
  TaskKind kind = TaskKind::compare;
  std::string payload;
  Matter matter;  // what a payload that replaces it is checked against
};

enum class PromptIs { conversation, brief };
enum class MadeBy { leads, rules };  // rules: the program opens such tasks itself

struct Kind {
  TaskKind kind = TaskKind::compare;
  std::size_t responses_min = 0, responses_max = 0;
  PromptIs prompt = PromptIs::conversation;
  MadeBy made_by = MadeBy::leads;
  Right right = Right::judge;  // who may be handed it
  std::int64_t overlap = 1;    // unless the project wants another
  // Answers the payload in the form in which it is kept: known keys only, sorted, no white space; that form
  // is accepted again, unchanged. Refusals name the place (`where`: JSON pointer) and what to do.
  Result<std::string> (*check)(std::string_view payload, const Matter&) = nullptr;
  // How far the payloads of one task agree, 0 to 1, of kinds whose disagreements can be adjudicated.
  double (*agreement)(std::span<const std::string> payloads, const Matter&) = nullptr;
  // What follows from a counted judgment of this kind once it stands: at once, or where it is reviewed when
  // it is accepted or fixed. After that it cannot be corrected.
  Result<void> (*settle)(Records&, const Task&, const Judgment&) = nullptr;
};

const Kind& kind_of(TaskKind);
// The kinds that are offered, in the order of their numbers.
std::span<const TaskKind> all_kinds();
std::span<const std::string_view> all_kind_names();

// One for each file of this folder.
Kind compare_kind();
Kind rate_kind();
Kind write_kind();
Kind review_kind();
Kind spans_kind();
Kind edit_kind();
Kind rewrite_kind();
Kind flag_kind();
Kind rubric_kind();
Kind fact_check_kind();
Kind prompt_kind();
Kind chat_kind();
Kind adjudicate_kind();
Kind appeal_kind();

}  // namespace preceptor::feedback
