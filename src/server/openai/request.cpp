#include "server/openai/request.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "server/openai/prompts.hpp"
#include "server/openai/response_format.hpp"

namespace preceptor::server::openai {
namespace {

using nlohmann::json;

constexpr std::int64_t text_tokens_default = 16;  // of /v1/completions, as OpenAI has it

// Known to OpenAI and without meaning for the text.
const std::set<std::string, std::less<>> let_be = {"user",         "metadata",          "store",
                                                   "service_tier", "safety_identifier", "prompt_cache_key"};

// Takes parameters out of a body, and at last refuses what is left.
class Parameters {
public:
  explicit Parameters(json body) : body_(std::move(body)) {}

  // Absent and null are the same.
  json take(const std::string& name) {
    const auto found = body_.find(name);
    if (found == body_.end()) return {};
    json value = std::move(*found);
    body_.erase(found);
    return value;
  }

  Result<void> number(const std::string& name, double least, double most,
                      const std::function<void(double)>& use) {
    const json value = take(name);
    if (value.is_null()) return {};
    if (!value.is_number() || !(value.get<double>() >= least && value.get<double>() <= most))
      return refuse(ErrorKind::invalid, fmt::format("{} must be a number from {} to {}", name, least, most),
                    {}, name);
    use(value.get<double>());
    return {};
  }

  Result<void> integer(const std::string& name, std::int64_t least, std::int64_t most,
                       const std::function<void(std::int64_t)>& use) {
    const json value = take(name);
    if (value.is_null()) return {};
    const bool fits = value.is_number_integer() &&
                      (!value.is_number_unsigned() || value.get<std::uint64_t>() < (1ULL << 63U)) &&
                      value.get<std::int64_t>() >= least && value.get<std::int64_t>() <= most;
    if (!fits)
      return refuse(ErrorKind::invalid, fmt::format("{} must be an integer from {} to {}", name, least, most),
                    {}, name);
    use(value.get<std::int64_t>());
    return {};
  }

  Result<void> flag(const std::string& name, bool& into) {
    const json value = take(name);
    if (value.is_null()) return {};
    if (!value.is_boolean()) return refuse(ErrorKind::invalid, name + " must be true or false", {}, name);
    into = value.get<bool>();
    return {};
  }

  // Refuses any value but those that ask for nothing.
  Result<void> unsupported(const std::string& name, const std::vector<json>& harmless) {
    const json value = take(name);
    if (value.is_null() || std::ranges::find(harmless, value) != harmless.end()) return {};
    return refuse(ErrorKind::unsupported, name + " is not supported", {}, name);
  }

  Result<void> nothing_left() const {
    for (const auto& [name, value] : body_.items()) {
      if (value.is_null() || let_be.contains(name)) continue;
      return refuse(ErrorKind::invalid, "there is no parameter " + name, {}, name);
    }
    return {};
  }

private:
  json body_;
};

Result<void> read_stop(const json& stop, std::vector<std::string>& stops) {
  if (stop.is_null()) return {};
  const json list = stop.is_array() ? stop : json::array({stop});
  for (const json& one : list) {
    if (!one.is_string() || one.get<std::string>().empty())
      return refuse(ErrorKind::invalid, "stop must be a text or a list of texts, none of them empty", {},
                    "stop");
    stops.push_back(one.get<std::string>());
  }
  return {};
}

Result<void> read_logit_bias(const json& biases, loop::CompletionSettings& settings) {
  if (biases.is_null()) return {};
  const auto wrong = [] {
    return refuse(ErrorKind::invalid, "logit_bias must map ids of tokens to numbers from -100 to 100", {},
                  "logit_bias");
  };
  if (!biases.is_object()) return wrong();
  for (const auto& [key, value] : biases.items()) {
    if (key.empty() || key.size() > 9 || key.find_first_not_of("0123456789") != std::string::npos)
      return wrong();
    if (!value.is_number() || std::abs(value.get<double>()) > 100) return wrong();
    settings.logit_bias.emplace_back(std::stoll(key), value.get<double>());
  }
  return {};
}

Result<void> read_settings(Parameters& given, TextsRequest& request) {
  loop::CompletionSettings& to = request.settings;
  to.temperature = 1;
  to.top_p = 1;
  const std::array<Result<void>, 11> read = {
      given.number("temperature", 0, 2, [&](double value) { to.temperature = value; }),
      given.number("top_p", 0, 1, [&](double value) { to.top_p = value; }),
      given.integer("top_k", -1, INT32_MAX, [&](auto value) { to.top_k = std::max<std::int64_t>(value, 0); }),
      given.number("min_p", 0, 1, [&](double value) { to.min_p = value; }),
      given.integer("min_tokens", 0, 1'000'000, [&](auto value) { to.tokens_min = value; }),
      given.integer("max_tokens", 1, INT32_MAX, [&](auto value) { to.tokens_max = value; }),
      given.number("presence_penalty", -2, 2, [&](double value) { to.presence_penalty = value; }),
      given.number("frequency_penalty", -2, 2, [&](double value) { to.frequency_penalty = value; }),
      given.number("repetition_penalty", 0.01, 100, [&](double value) { to.repetition_penalty = value; }),
      read_stop(given.take("stop"), to.stops),
      read_logit_bias(given.take("logit_bias"), to)};
  for (const auto& one : read) {
    if (!one) return one;
  }
  if (*to.top_p == 0) to.top_p = 1e-6;  // OpenAI takes 0 for the likeliest token alone
  std::array<std::byte, sizeof to.seed> drawn{};
  std::ranges::copy(secure_random(drawn.size()), drawn.begin());
  std::memcpy(&to.seed, drawn.data(), sizeof to.seed);
  return given.integer("seed", INT64_MIN, INT64_MAX,
                       [&](auto value) { to.seed = static_cast<std::uint64_t>(value); });
}

Result<void> read_stream(Parameters& given, TextsRequest& request) {
  if (auto read = given.flag("stream", request.stream); !read) return read;
  const json options = given.take("stream_options");
  if (options.is_null()) return {};
  if (!request.stream || !options.is_object())
    return refuse(ErrorKind::invalid, "stream_options is an object and goes with stream alone", {},
                  "stream_options");
  const json usage = options.value("include_usage", json(false));
  if (!usage.is_boolean())
    return refuse(ErrorKind::invalid, "include_usage must be true or false", {},
                  "stream_options.include_usage");
  request.include_usage = usage.get<bool>();
  return {};
}

Result<void> read_chat(Parameters& given, std::string_view body, TextsRequest& request) {
  auto messages = messages_of(given.take("messages"));
  if (!messages) return tl::unexpected(messages.error());
  request.prompts.emplace_back(*std::move(messages));
  loop::CompletionSettings& to = request.settings;
  const std::vector<Result<void>> read = {
      given.integer("max_completion_tokens", 1, INT32_MAX, [&](auto value) { to.tokens_max = value; }),
      given.flag("logprobs", to.logprobs),
      given.integer("top_logprobs", 0, 20, [&](auto value) { to.top_logprobs = value; }),
      read_response_format(given.take("response_format"), body, to),
      given.unsupported("tools", {json::array()}),
      given.unsupported("tool_choice", {"none", "auto"}),
      given.unsupported("parallel_tool_calls", {true, false}),
      given.unsupported("functions", {json::array()}),
      given.unsupported("function_call", {"none", "auto"}),
      given.unsupported("modalities", {json::array({"text"})}),
      given.unsupported("audio", {}),
      given.unsupported("prediction", {}),
      given.unsupported("reasoning_effort", {"none"}),
      given.unsupported("verbosity", {"medium"}),
      given.unsupported("web_search_options", {})};
  for (const auto& one : read) {
    if (!one) return one;
  }
  if (to.top_logprobs > 0 && !to.logprobs)
    return refuse(ErrorKind::invalid, "top_logprobs goes with logprobs alone", {}, "top_logprobs");
  return {};
}

Result<void> read_text(Parameters& given, std::string_view body, TextsRequest& request) {
  auto prompts = prompts_of(given.take("prompt"));
  if (!prompts) return tl::unexpected(prompts.error());
  request.prompts = *std::move(prompts);
  loop::CompletionSettings& to = request.settings;
  if (!to.tokens_max) to.tokens_max = text_tokens_default;
  const std::vector<Result<void>> read = {
      given.integer("logprobs", 0, 20,
                    [&](auto value) {
                      to.logprobs = true;
                      to.top_logprobs = value;
                    }),
      given.flag("echo", request.echo), read_response_format(given.take("response_format"), body, to),
      given.unsupported("suffix", {""}), given.unsupported("best_of", {1})};
  for (const auto& one : read) {
    if (!one) return one;
  }
  if (request.echo && to.logprobs)
    return refuse(ErrorKind::unsupported, "echo with logprobs is not supported",
                  "preceptor score tells the log-probabilities of a given text.", "echo");
  for (const auto& prompt : request.prompts) {
    if (request.echo && !std::holds_alternative<std::string>(prompt))
      return refuse(ErrorKind::unsupported, "echo of a prompt of ids is not supported", {}, "echo");
  }
  return {};
}

}  // namespace

Result<TextsRequest> read_request(Kind kind, std::string_view body) {
  auto parsed = parse_json(body, {.depth_max = 64});
  if (!parsed) return tl::unexpected(parsed.error());
  if (!parsed->is_object()) return refuse(ErrorKind::invalid, "the body must be a JSON object");
  Parameters given(*std::move(parsed));
  TextsRequest request;
  request.kind = kind;
  const json model = given.take("model");
  if (!model.is_string()) return refuse(ErrorKind::invalid, "model must name a model", {}, "model");
  request.model = model.get<std::string>();
  Result<void> read = given.integer("n", 1, 128, [&](auto value) { request.samples = value; });
  if (read) read = read_settings(given, request);
  if (read) read = read_stream(given, request);
  if (read) read = kind == Kind::chat ? read_chat(given, body, request) : read_text(given, body, request);
  if (read) read = given.nothing_left();
  if (!read) return tl::unexpected(read.error());
  return request;
}

}  // namespace preceptor::server::openai
