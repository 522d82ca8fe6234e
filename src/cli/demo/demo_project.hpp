// What the demo puts into its project: guidelines, rubric, prompts, golds and tasks.
#pragma once

#include <cstdint>
#include <vector>

#include "cli/demo/api_client.hpp"
#include "cli/demo/demo_plan.hpp"
#include "cli/demo/simulated_people.hpp"

namespace preceptor::cli {

std::int64_t create_demo_project(ApiClient&, const DemoPlan&);

// Answers the ids in the order of the prompts and enters each into the book.
std::vector<std::int64_t> add_prompts(ApiClient&, std::int64_t project, const std::vector<demo::DemoPrompt>&,
                                      PromptBook&);
void add_golds(ApiClient&, std::int64_t project, const std::vector<demo::GoldComparison>&, PromptBook&);

// One rating of an answer for the first plan.rated_prompts of the judged prompts; for each of the others a
// comparison of two of its answers that differ. Which two is decided by their order alone, never by their
// truth.
void add_judging_tasks(ApiClient&, std::int64_t project, std::int64_t round, const DemoPlan&,
                       const std::vector<std::int64_t>& judged);
// One comparison for each prompt of the round whose answers differ, for one person each. Answers how many.
std::size_t add_comparisons_for_people(ApiClient&, std::int64_t project, std::int64_t round);
// For plan.demonstrated of the judged prompts, every kind in its share.
void add_writing_tasks(ApiClient&, std::int64_t project, std::int64_t round, const DemoPlan&,
                       const std::vector<std::int64_t>& judged);

}  // namespace preceptor::cli
