// What `preceptor serve` offers under OpenAI's paths.
#pragma once

#include <filesystem>

#include "base/time.hpp"
#include "loop/chat.hpp"
#include "server/openai/models.hpp"

namespace preceptor::cli {

// The language models of a workspace, named as they are there; where a name stands for several, the newest
// has it, and each can be named by its number. Borrows the chat.
server::openai::Models workspace_models(loop::Chat& chat);

// One model alone, under its folder's name; a request may name it as it likes.
server::openai::Models single_model(std::shared_ptr<loop::CompletionModel> model,
                                    const std::filesystem::path& folder, const Clock& clock);

}  // namespace preceptor::cli
