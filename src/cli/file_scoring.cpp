#include "cli/file_scoring.hpp"

#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "base/format.hpp"
#include "cli/command.hpp"
#include "cli/given_texts.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/model/network.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

struct Row {
  std::string id_json;
  std::vector<text::TokenId> tokens;
};

Result<std::vector<text::TokenId>> whole_text(const GivenText& given, const engine::LoadedModel& model) {
  const auto* messages = std::get_if<std::vector<text::Message>>(&given.content);
  if (messages == nullptr || !model.chat_template)
    return tokens_of(given, model.tokenizer, model.chat_template, text::GenerationPrompt::none);
  const auto rendered = model.chat_template->render(*messages, text::GenerationPrompt::none);
  if (!rendered) return tl::unexpected(rendered.error());
  auto chat = text::tokenize_chat(model.tokenizer, *rendered);
  if (!chat) return tl::unexpected(chat.error());
  chat->ids.resize(chat->messages.back().end);
  return std::move(chat->ids);
}

Result<void> check_fits(std::span<const text::TokenId> tokens, const engine::ModelConfig& config) {
  if (tokens.empty()) return refuse(ErrorKind::invalid, "the row has no tokens");
  if (tokens.size() > static_cast<std::size_t>(config.context_length_max))
    return refuse(ErrorKind::too_large, fmt::format("the row has {} tokens, more than the context of {}",
                                                    tokens.size(), config.context_length_max));
  for (const text::TokenId id : tokens) {
    if (id < 0 || id >= config.vocabulary_size)
      return refuse(ErrorKind::invalid,
                    fmt::format("the id {} is outside the vocabulary of {}", id, config.vocabulary_size));
  }
  return {};
}

std::vector<Row> read_rows(const FileScoringOptions& options, const engine::LoadedModel& model) {
  std::vector<Row> rows;
  for (const GivenText& given : or_throw(read_given_texts(options.data))) {
    auto tokens = whole_text(given, model);
    Result<void> fits;
    if (tokens) fits = check_fits(*tokens, model.parameters.config());
    if (!tokens || !fits) {
      Error error = tokens ? fits.error() : tokens.error();
      error.where = fmt::format("{}:{}", options.data.string(), given.line);
      throw Failure(std::move(error));
    }
    rows.push_back({given.id_json, *std::move(tokens)});
  }
  return rows;
}

json logprobs_row(const Row& row, std::span<const float> logprobs) {
  json values = json::array({nullptr});
  for (const float value : logprobs) values.push_back(value);
  return {{"tokens", row.tokens},
          {"logprobs", std::move(values)},
          {"logprob", std::accumulate(logprobs.begin(), logprobs.end(), 0.0)}};
}

// One pass over consecutive rows; what to tell of each.
std::vector<json> score_batch(engine::Network& network, std::span<const Row> rows, bool rewards) {
  engine::PackedBatch batch{.tokens = {}, .starts = {0}};
  std::vector<engine::Target> targets;
  for (const Row& row : rows) {
    for (std::size_t i = 1; i < row.tokens.size(); ++i)
      targets.push_back({batch.starts.back() + static_cast<std::int32_t>(i) - 1, row.tokens[i]});
    batch.tokens.insert(batch.tokens.end(), row.tokens.begin(), row.tokens.end());
    batch.starts.push_back(static_cast<std::int32_t>(batch.tokens.size()));
  }
  std::vector<json> told;
  if (rewards) {
    const std::vector<float> scores = network.scores(batch);
    for (std::size_t i = 0; i < rows.size(); ++i)
      told.push_back(
          {{"tokens", rows[i].tokens.size()}, {"reward", scores[i * (scores.size() / rows.size())]}});
    return told;
  }
  std::vector<float> logprobs;
  if (!targets.empty()) logprobs = network.logprobs(batch, targets);
  std::span<const float> rest = logprobs;
  for (const Row& row : rows) {
    told.push_back(logprobs_row(row, rest.first(row.tokens.size() - 1)));
    rest = rest.subspan(row.tokens.size() - 1);
  }
  return told;
}

}  // namespace

FileScoringReport score_file(const FileScoringOptions& options, const std::function<void(const json&)>& row) {
  engine::LoadedModel model = or_throw(engine::load_model(options.model));
  const std::vector<Row> rows = read_rows(options, model);
  FileScoringReport report;
  report.rewards = model.parameters.config().label_count > 0;
  engine::Network network(model.parameters, {.precision = options.precision, .threads = options.threads});
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin;
    std::size_t tokens = 0;
    while (end < rows.size() && (end == begin || tokens + rows[end].tokens.size() <= options.batch_tokens))
      tokens += rows[end++].tokens.size();
    std::vector<json> told =
        score_batch(network, std::span(rows).subspan(begin, end - begin), report.rewards);
    for (json& one : told) {
      const std::string& id = rows[static_cast<std::size_t>(report.rows)].id_json;
      if (!id.empty()) one["id"] = json::parse(id);
      one["row"] = report.rows++;
      (report.rewards ? report.reward : report.logprob) +=
          one[report.rewards ? "reward" : "logprob"].get<double>();
      row(one);
    }
    report.tokens += static_cast<std::int64_t>(tokens);
    begin = end;
  }
  return report;
}

}  // namespace preceptor::cli
