#include "cli/file_generation.hpp"

#include <chrono>
#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "cli/command.hpp"
#include "cli/given_texts.hpp"
#include "engine/constrained/text_form.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

constexpr std::size_t settings_bytes_max = 1 << 20;
constexpr std::chrono::milliseconds wait_max{200};  // between looks at the stop token

std::string_view name_of(engine::GenerationResult::Finish finish) {
  switch (finish) {
    case engine::GenerationResult::Finish::stop: return "stop";
    case engine::GenerationResult::Finish::length: return "length";
    case engine::GenerationResult::Finish::cancelled: return "cancelled";
    case engine::GenerationResult::Finish::failed: return "failed";
  }
  return "";
}

// The form that the options ask for; none when they ask for none.
std::shared_ptr<const engine::Constraint> form_of(const FileGenerationOptions& options,
                                                  const engine::ModelText& model) {
  if (options.json_schema.empty() && options.regular_expression.empty() && !options.json_object)
    return nullptr;
  auto tokens = or_throw(engine::token_bytes(model.tokenizer));
  tokens.bytes.resize(static_cast<std::size_t>(model.config.vocabulary_size));
  auto vocabulary = std::make_shared<const engine::FormVocabulary>(std::move(tokens));
  if (options.json_object) return or_throw(engine::json_object_form(std::move(vocabulary)));
  if (options.json_schema.empty())
    return or_throw(engine::regular_expression_form(options.regular_expression, std::move(vocabulary)));
  const std::string schema = or_throw(read_file(options.json_schema, settings_bytes_max));
  auto form = engine::json_schema_form(schema, std::move(vocabulary));
  if (!form) form.error().where = options.json_schema.string() + form.error().where;
  return or_throw(std::move(form));
}

std::string form_name(const FileGenerationOptions& options) {
  if (!options.json_schema.empty()) return "schema " + sha256_file(options.json_schema);
  return options.json_object ? "object" : options.regular_expression;
}

// The hashes of a folder's weights, or of the one file that is the model. Against mistakes, not against
// attacks: with xxh3 the start does not wait for them.
json weight_hashes(const std::filesystem::path& model) {
  json hashes = json::object();
  const auto add = [&](const std::filesystem::path& file) {
    const MappedFile mapped = or_throw(MappedFile::open(file));
    const std::span<const std::byte> bytes = mapped.bytes();
    hashes[file.filename().string()] =
        fmt::format("{:016x}", xxh3({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  };
  if (!std::filesystem::is_directory(model)) {
    add(model);
    return hashes;
  }
  for (const auto& entry : std::filesystem::directory_iterator(model)) {
    if (entry.is_regular_file() && entry.path().extension() == ".safetensors") add(entry.path());
  }
  return hashes;
}

// All that the texts depend on.
json settings_of(const FileGenerationOptions& options, const engine::TextModel& model) {
  const engine::SamplingOptions& sampling = options.sampling;
  json biases = json::array();
  for (const engine::LogitBias& entry : sampling.logit_bias) biases.push_back({entry.id, entry.bias});
  return {{"weights", weight_hashes(options.model)},
          {"tokenizer", sha256_hex(model.model().files.tokenizer_json)},
          {"data", sha256_file(options.data)},
          {"samples", options.samples},
          {"seed", options.seed},
          {"temperature", sampling.temperature},
          {"top_k", sampling.top_k},
          {"top_p", sampling.top_p},
          {"min_p", sampling.min_p},
          {"tokens_max", sampling.tokens_max},
          {"tokens_min", sampling.tokens_min},
          {"repetition_penalty", sampling.repetition_penalty},
          {"presence_penalty", sampling.presence_penalty},
          {"frequency_penalty", sampling.frequency_penalty},
          {"logit_bias", biases},
          {"stop", options.stops},
          {"form", form_name(options)},
          {"logprobs", options.logprobs ? json(sampling.top_logprobs) : json()},
          {"precision", options.engine.precision == engine::Precision::bf16 ? "bf16" : "fp32"},
          {"weight_format", options.engine.weights == engine::WeightFormat::int8 ? "int8" : "as products"}};
}

// Checks that an earlier run had the same settings, or notes them for a later one.
void agree_on_settings(const std::filesystem::path& out, const json& settings) {
  const std::filesystem::path path = out.string() + ".settings.json";
  if (!std::filesystem::exists(out)) return write_file_atomic(path, settings.dump(2) + "\n");
  const std::string hint = fmt::format("Name another output file, or remove {} to begin anew.", out.string());
  const auto text = read_file(path, settings_bytes_max);
  const auto before = text ? parse_json(*text) : tl::unexpected(text.error());
  if (!before)
    throw Failure(ErrorKind::conflict, "the output file is there already, without its settings", hint,
                  out.string());
  for (const auto& [key, value] : settings.items()) {
    if (!before->contains(key) || before->at(key) != value)
      throw Failure(ErrorKind::conflict, fmt::format("the output file was begun with another {}", key), hint,
                    out.string());
  }
}

// Counts the texts of an earlier run and cuts off a line that was not finished.
std::int64_t keep_whole_lines(const std::filesystem::path& out, std::int64_t samples) {
  if (!std::filesystem::exists(out)) return 0;
  std::ifstream file(out, std::ios::binary);
  std::int64_t count = 0;
  std::uintmax_t whole_bytes = 0;
  for (std::string line; std::getline(file, line) && !file.eof(); ++count) {
    const auto row = parse_json(line);
    if (!row || row->value("row", -1) != count / samples || row->value("sample", -1) != count % samples)
      throw Failure(ErrorKind::corrupt, "the output file holds a line that is not of this run",
                    "Name another output file.", fmt::format("{}:{}", out.string(), count + 1));
    whole_bytes += line.size() + 1;
  }
  file.close();
  if (whole_bytes < std::filesystem::file_size(out)) std::filesystem::resize_file(out, whole_bytes);
  return count;
}

class FileRun {
public:
  FileRun(const FileGenerationOptions& options, std::stop_token stop,
          const std::function<void(const FileGenerationReport&)>& progress)
      : options_(options),
        stop_(std::move(stop)),
        progress_(progress),
        rows_(or_throw(read_given_texts(options.data))),
        model_(or_throw(engine::TextModel::open(options.model, options.engine))),
        form_(form_of(options, model_->model())) {
    prompts_.reserve(rows_.size());
    for (const GivenText& row : rows_) prompts_.push_back(prompt_of(row));
    agree_on_settings(options_.out, settings_of(options_, *model_));
    report_.prompts = static_cast<std::int64_t>(rows_.size());
    report_.texts_before = report_.texts = keep_whole_lines(options_.out, options_.samples);
    out_.open(options_.out, std::ios::binary | std::ios::app);
    check_written();
  }

  FileGenerationReport run() {
    const auto begin = std::chrono::steady_clock::now();
    const auto total = report_.prompts * options_.samples;
    const auto under_way_max = static_cast<std::size_t>(options_.engine.batch_max) * 2;
    std::int64_t next = report_.texts;
    while (report_.texts < total && !stop_.stop_requested()) {
      while (next < total && under_way_.size() < under_way_max) under_way_.push_back(start(next++));
      const auto event = under_way_.front()->next(wait_max);
      if (!event || !event->end) continue;
      write(*event->end);
      under_way_.pop_front();
      report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      if (progress_) progress_(report_);
    }
    out_.close();
    check_written();
    report_.complete = report_.texts == total;
    return report_;
  }

private:
  // Refused before anything is generated.
  std::vector<text::TokenId> prompt_of(const GivenText& row) const {
    auto ids =
        tokens_of(row, model_->model().tokenizer, model_->model().chat_template, text::GenerationPrompt::add);
    Result<void> valid;
    if (ids)
      valid =
          check(engine::GenerationRequest{.prompt = *ids, .sampling = sampling(0)}, model_->model().config);
    if (ids && valid) return *std::move(ids);
    Error error = ids ? valid.error() : ids.error();
    error.where = fmt::format("{}:{}", options_.data.string(), row.line);
    throw Failure(std::move(error));
  }

  engine::SamplingOptions sampling(std::int64_t text) const {
    engine::SamplingOptions sampling = options_.sampling;
    sampling.stop_ids = model_->default_sampling().stop_ids;
    sampling.seed = xxh3(fmt::format("{}/{}", options_.seed, text));
    return sampling;
  }

  std::unique_ptr<engine::TextStream> start(std::int64_t text) const {
    const auto row = static_cast<std::size_t>(text / options_.samples);
    std::vector<engine::TextRequest> requests;
    requests.push_back(
        {.generation = {.prompt = prompts_[row], .sampling = sampling(text), .constraint = form_},
         .stops = options_.stops});
    return or_throw(model_->start(std::move(requests)));
  }

  void write(const engine::TextResult& result) {
    const engine::GenerationResult& generated = result.generation;
    if (generated.failure) throw Failure(*generated.failure);
    const std::int64_t row = report_.texts / options_.samples;
    json line = {{"row", row},
                 {"sample", report_.texts % options_.samples},
                 {"text", result.text},
                 {"finish", name_of(generated.finish)},
                 {"tokens", generated.tokens.size()},
                 {"prompt_tokens", result.prompt_tokens},
                 {"logprob", std::accumulate(generated.logprobs.begin(), generated.logprobs.end(),
                                             generated.stop_id < 0 ? 0.0 : double{generated.stop_logprob})}};
    if (result.stop) line["stop"] = *result.stop;
    const std::string& id = rows_[static_cast<std::size_t>(row)].id_json;
    if (!id.empty()) line["id"] = json::parse(id);
    if (options_.logprobs) add_logprobs(line, generated);
    out_ << line.dump() << '\n' << std::flush;
    check_written();
    report_.texts += 1;
    report_.tokens += static_cast<std::int64_t>(generated.tokens.size());
  }

  static void add_logprobs(json& line, const engine::GenerationResult& generated) {
    line["token_ids"] = generated.tokens;
    line["logprobs"] = generated.logprobs;
    if (generated.top_logprobs.empty()) return;
    json& all = line["top_logprobs"] = json::array();
    for (const auto& tokens : generated.top_logprobs) {
      json top = json::array();
      for (const engine::TokenLogprob& token : tokens) top.push_back({token.id, token.logprob});
      all.push_back(std::move(top));
    }
  }

  void check_written() const {
    if (!out_)
      throw Failure(ErrorKind::out_of_space, "the output file cannot be written",
                    "Free some space and run the same command again: it goes on where it ended.",
                    options_.out.string());
  }

  const FileGenerationOptions& options_;
  std::stop_token stop_;
  const std::function<void(const FileGenerationReport&)>& progress_;
  std::vector<GivenText> rows_;
  std::unique_ptr<engine::TextModel> model_;
  std::shared_ptr<const engine::Constraint> form_;  // shared with the texts under way
  std::vector<std::vector<text::TokenId>> prompts_;
  std::ofstream out_;
  FileGenerationReport report_;
  std::deque<std::unique_ptr<engine::TextStream>> under_way_;  // the front one is written next
};

}  // namespace

FileGenerationReport generate_file(const FileGenerationOptions& options, std::stop_token stop,
                                   const std::function<void(const FileGenerationReport&)>& progress) {
  return FileRun(options, std::move(stop), progress).run();
}

}  // namespace preceptor::cli
