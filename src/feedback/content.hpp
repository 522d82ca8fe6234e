// Prompts, responses and tasks. Each add_… is all or nothing: the first bad item refuses the call, `where`
// names it
// ("/items/3/messages/0/role").
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

constexpr std::size_t items_max = 1000;        // per call
constexpr std::size_t text_bytes_max = 65536;  // of one message, response, written answer

// Needs Right::edit_content. Prompt::id, project, author and created_at are filled in here. A key that is
// already in use with the same messages answers the old id (so that sending again is harmless); with others
// it is a conflict.
Result<std::vector<PromptId>> add_prompts(Records&, const Actor&, ProjectId, std::span<const Prompt>,
                                          const Clock&);
Result<std::vector<ResponseId>> add_responses(Records&, const Actor&, ProjectId, std::span<const Response>,
                                              const Clock&);
// overlap 0: the project's overlap for the kind. How many responses a kind takes stands in its row
// (kinds/kind.hpp). A gold must be a comparison of two; its answer is one of them. Tasks with an evaluation
// prompt get the purpose evaluation, whatever was asked for: what is measured on must never be trained on.
Result<std::vector<TaskId>> add_tasks(Records&, const Actor&, ProjectId, std::span<const Task>, const Clock&);

struct PromptView {
  Prompt prompt;
  std::vector<Response> responses;  // only where asked for
};
Result<Listing<Prompt>> list_prompts(Records&, const Actor&, const PromptFilter&);
Result<PromptView> show_prompt(Records&, const Actor&, ProjectId, PromptId);
Result<Listing<Response>> list_responses(Records&, const Actor&, const ResponseFilter&);
Result<Listing<Task>> list_tasks(Records&, const Actor&, const TaskFilter&);

// The same for the program's own jobs, which act for nobody in particular (actor none, rights not asked).
Result<std::vector<ResponseId>> record_responses(Records&, ProjectId, std::span<const Response>,
                                                 const Clock&);
Result<std::vector<TaskId>> record_tasks(Records&, ProjectId, std::span<const Task>, const Clock&);
Result<std::vector<PromptId>> record_prompts(Records&, ProjectId, std::span<const Prompt>, const Clock&);

}  // namespace preceptor::feedback
