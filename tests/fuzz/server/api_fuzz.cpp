// Calls of the API by people who are signed in, over a real database: "login METHOD path\nbody\n---\n…". Each
// goes through the table of routes, the typed reading of its body or query, the handler, and the writing of
// its answer; all of an input's calls share one transaction, which is rolled back at its end. LEASE in a body
// stands for the lease last given. No call is the server's own mistake, and every answer is JSON.
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "driver/input.hpp"
#include "fuzz/workspace.hpp"
#include "server/problem.hpp"
#include "server/routes/match.hpp"
#include "server/wire/writer.hpp"

using namespace preceptor;

namespace {

struct RolledBack {};

struct ApiCall {
  feedback::Authenticated caller;
  server::http::Request request;
};

Result<void> read_input(const server::Route& route, const server::http::Request& request, void* input) {
  if (route.method == "GET") {
    const auto items = server::query_items(request.query);
    if (!items) return tl::unexpected(items.error());
    return server::wire::read_query(*items, *route.input, input);
  }
  if (route.input->kind == server::wire::Kind::nothing) return {};
  return server::wire::read_json(request.body, *route.input, input);
}

void require_honest(const Error& error) {
  const auto response = server::problem(error);
  fuzz::require(parse_json(response.body).has_value(), "a problem is told in JSON");
  const bool own_mistake = response.status >= 500;
  fuzz::require(!own_mistake, "no call is the server's own mistake: " + error.text());
}

void run(ApiCall& api, fuzz::Workspace& workspace, loop::Records& records, std::string& lease) {
  auto found = server::match(api.request.method, api.request.path);
  if (found.route == nullptr || !found.route->run) return;
  const server::Route& route = *found.route;
  if (route.transaction == server::Route::Transaction::none) return;
  if (route.access.kind == server::Access::Kind::administrator && !api.caller.actor.administrator) return;
  if (const auto at = api.request.body.find("LEASE"); at != std::string::npos) {
    api.request.body.replace(at, 5, lease);
  }
  const auto input = route.make_input();
  if (auto read = read_input(route, api.request, input.get()); !read) return require_honest(read.error());
  server::Call call{workspace.context(), api.request, std::move(found.ids), api.caller, {}, &route};
  server::Route::Output output;
  try {
    output = route.run(call, &records, input.get());
  } catch (const Failure& failure) {
    return require_honest(failure.error);
  }
  if (!output) return require_honest(output.error());
  if (*output == nullptr || route.output->kind == server::wire::Kind::nothing) return;
  std::string body;
  server::wire::write_json(body, *route.output, output->get());
  const auto json = parse_json(body, {.depth_max = 64});
  fuzz::require(json.has_value(), "an answer is JSON");
  if (json->is_object() && json->contains("lease")) lease = json->at("lease").at("token");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::Workspace workspace;
  std::vector<ApiCall> calls;
  std::string_view rest = fuzz::as_text(data, size);
  while (!rest.empty() && calls.size() < 16) {
    std::string_view body = fuzz::take_until(rest, "\n---\n");
    std::string_view line = fuzz::take_until(body, "\n");
    ApiCall api;
    api.caller = workspace.person(fuzz::take_until(line, " "));
    api.request.method = fuzz::take_until(line, " ");
    api.request.path = std::string(server::api_prefix) + std::string(fuzz::take_until(line, "?"));
    api.request.query = line;
    api.request.body = body;
    api.request.headers = {{"idempotency-key", std::string(body.substr(0, body.size() / 8))}};
    if (api.caller.actor.person) calls.push_back(std::move(api));
  }
  try {
    workspace.storage().write([&](loop::Records& records) {
      std::string lease = "none";
      for (ApiCall& api : calls) run(api, workspace, records, lease);
      throw RolledBack{};
    });
  } catch (const RolledBack&) {}
  return 0;
}
