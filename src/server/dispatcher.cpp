#include "server/dispatcher.hpp"

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "feedback/personal_data.hpp"
#include "server/answers.hpp"
#include "server/problem.hpp"
#include "server/request_checks.hpp"
#include "server/request_id.hpp"
#include "server/routes/match.hpp"
#include "server/wire/writer.hpp"

namespace preceptor::server {

namespace {

constexpr std::size_t body_bytes_inline = 64 << 10;  // larger bodies are not parsed on an IO thread

struct Refused {};  // rolls a write back; the refusal itself waits in the Serving

// For scripts: a token of their own, no cookie.
Result<feedback::Actor> bearer_of(Context& context, const http::Request& request) {
  if (request.header("authorization").empty())
    return refuse(ErrorKind::unauthenticated, "An API token is missing",
                  "Make one under Tokens and send it as Authorization: Bearer TOKEN");
  const auto caller = context.authentication.caller_of(request);
  if (!caller) return tl::unexpected(caller.error());
  if (caller->actor.scope != feedback::TokenScope::model)
    return refuse(ErrorKind::forbidden, "This token may not ask models", "Make one with the scope model");
  return caller->actor;
}

}  // namespace

Dispatcher::Dispatcher(Context& context)
    : context_(context),
      openai_(
          context.parts.models,
          [&context](const http::Request& request) { return bearer_of(context, request); },
          context.parts.clock, context.stopping.get_token()),
      request_prefix_(hex(secure_random(4)) + "-") {}

void Dispatcher::stop() {
  handlers_.stop();
  hashing_.stop();
  code_.stop();
  streams_.stop();
  openai_.stop();
}

std::size_t Dispatcher::body_bytes_max(std::string_view method, std::string_view path) {
  const auto found = match(method, path);
  return found.route != nullptr ? found.route->body_bytes_max : body_bytes_max_default;
}

http::Response Dispatcher::broken(int status) {
  ErrorKind kind = ErrorKind::invalid;
  std::string message = "This is not HTTP as the server understands it", hint;
  if (status == 413) {
    kind = ErrorKind::too_large;
    message = "The body is larger than this route takes";
    hint = "Send it in several calls";
  } else if (status == 431) {
    message = "The headers are larger than the server takes";
  } else if (status == 503) {
    kind = ErrorKind::unavailable;
    message = "Too many connections are open";
    hint = "Try again in a moment";
  }
  http::Response response = problem({kind, std::move(message), std::move(hint), {}}, status);
  add_api_headers(response);
  return response;
}

http::HandlerPool& Dispatcher::pool_for(const Route& route) {
  if (route.runs_code) return code_;
  return route.transaction == Route::Transaction::none && !route.streams ? hashing_ : handlers_;
}

Route::Transaction Dispatcher::transaction_of(const Route& route) const {
  const bool at_once =
      route.transaction == Route::Transaction::steps && !context_.parts.storage.writes_one_by_one();
  return at_once ? Route::Transaction::write : route.transaction;
}

void Dispatcher::handle(http::Request request, std::shared_ptr<http::Reply> reply) {
  if (context_.parts.models.open && openai::Endpoint::serves(request.path))
    return openai_.handle(std::move(request), std::move(reply));
  std::string id =
      request_id(request.header("x-request-id"), request_prefix_ + std::to_string(++request_number_));
  context_.metrics.begun();
  auto serving = std::make_shared<Serving>(context_, std::move(request), std::move(reply), std::move(id));
  auto found = match(serving->request.method, serving->request.path);
  if (found.route == nullptr) {
    if (found.allow.empty()) return outside_.serve(serving);
    http::Response response = problem(
        {ErrorKind::invalid, "This path does not know this method", "Allowed: " + found.allow, {}}, 405);
    response.headers.emplace_back("Allow", found.allow);
    add_api_headers(response);
    return serving->send(std::move(response));
  }
  serving->route = found.route;
  serving->call.route = found.route;
  serving->call.ids = std::move(found.ids);
  // A write waits in the storage's own queue, so that nothing here would block; all else may.
  const bool quick = transaction_of(*found.route) == Route::Transaction::write &&
                     serving->request.body.size() <= body_bytes_inline &&
                     context_.authentication.remembers(serving->request);
  if (quick) return serve(std::move(serving));
  if (!pool_for(*found.route).post([this, serving] { serve(serving); }))
    refuse(serving, {ErrorKind::unavailable, "The server is stopping", "Try again in a moment", {}});
}

void Dispatcher::serve(std::shared_ptr<Serving> serving) {
  try {
    run(serving);
  } catch (...) {
    refuse(serving, error_of(std::current_exception()));
  }
}

void Dispatcher::run(const std::shared_ptr<Serving>& serving) {
  const Route& route = *serving->route;
  if (auto origin = check_origin(serving->request); !origin) return refuse(serving, origin.error());
  if (route.access.kind != Access::Kind::anyone) {
    auto caller = context_.authentication.caller_of(serving->request);
    if (!caller) return refuse(serving, caller.error());
    serving->call.caller = std::move(*caller);
    if (auto may = check_access(route, serving->call.actor()); !may) return refuse(serving, may.error());
  }
  serving->input = route.make_input();
  if (auto read = read_input(route, serving->request, serving->input.get()); !read)
    return refuse(serving, read.error());
  if (route.streams) return stream(serving);
  auto claim = claim_of(serving->call);
  if (!claim) return refuse(serving, claim.error());
  serving->claim = std::move(*claim);
  // A write makes its claim in its own transaction.
  if (serving->claim && transaction_of(route) != Route::Transaction::write) {
    const bool first = loop::write(context_.parts.storage, [&](loop::Records& records) {
      return first_with_key(records, *serving->claim, serving->before);
    });
    if (!first) return repeat(serving);
  }
  run_transaction(serving);
}

void Dispatcher::repeat(const std::shared_ptr<Serving>& serving) {
  if (!serving->before)
    return serving->refuse(
        {ErrorKind::conflict, "The first request with this key has just ended", "Send it again", {}});
  auto response = answer_again(*serving->route, *serving->claim, *serving->before);
  if (!response) return serving->refuse(response.error());
  add_api_headers(*response);
  serving->send(std::move(*response));
}

void Dispatcher::run_transaction(const std::shared_ptr<Serving>& serving) {
  const Route& route = *serving->route;
  auto& storage = context_.parts.storage;
  switch (transaction_of(route)) {
    case Route::Transaction::none:
      return answer(serving, route.run(serving->call, nullptr, serving->input.get()));
    case Route::Transaction::read:
      storage.read([&](loop::Records& records) {
        serving->output = route.run(serving->call, &records, serving->input.get());
      });
      return log_read(serving);
    case Route::Transaction::write: return run_write(serving);
    case Route::Transaction::steps: return run_steps(serving);
  }
}

// Who looks at other people's data is on record before they see it.
void Dispatcher::log_read(const std::shared_ptr<Serving>& serving) {
  auto& people = serving->call.people_read;
  std::erase(people, serving->call.actor().person);
  if (!serving->output || people.empty()) return answer(serving, std::move(serving->output));
  context_.parts.storage.post_write(
      [this, serving](loop::Records& records) {
        feedback::record_read_of_people(records, serving->call.actor().person, serving->route->operation,
                                        serving->call.project_read, serving->call.people_read,
                                        context_.parts.clock.now());
      },
      [this, serving](std::exception_ptr failure) {
        if (failure) return refuse(serving, error_of(failure));
        answer(serving, std::move(serving->output));
      });
}

void Dispatcher::run_steps(const std::shared_ptr<Serving>& serving) {
  context_.parts.storage.read([&](loop::Records& records) {
    serving->found = serving->route->steps.look(serving->call, records, serving->input.get(), nullptr);
  });
  if (!serving->found) return refuse(serving, serving->found.error());
  context_.parts.storage.post_write(
      [serving](loop::Records& records) {
        serving->output =
            serving->route->steps.act(serving->call, records, serving->input.get(), serving->found->get());
        if (!serving->output) throw Refused{};
      },
      [this, serving](std::exception_ptr failure) {
        if (failure) return refuse(serving, serving->output ? error_of(failure) : serving->output.error());
        if (!handlers_.post([this, serving] { show(serving); }))
          refuse(serving, {ErrorKind::unavailable, "The server is stopping", "Try again in a moment", {}});
      });
}

void Dispatcher::show(const std::shared_ptr<Serving>& serving) {
  try {
    const auto done = std::move(serving->output);
    context_.parts.storage.read([&](loop::Records& records) {
      serving->output = serving->route->steps.show(serving->call, records, serving->input.get(), done->get());
    });
    answer(serving, std::move(serving->output));
  } catch (...) {
    refuse(serving, error_of(std::current_exception()));
  }
}

void Dispatcher::run_write(const std::shared_ptr<Serving>& serving) {
  auto work = [serving](loop::Records& records) {
    serving->output = Route::Output{};
    serving->repeated = serving->claim && !first_with_key(records, *serving->claim, serving->before);
    if (serving->repeated) return;
    serving->output = serving->route->run(serving->call, &records, serving->input.get());
    if (!serving->output) throw Refused{};
    if (!serving->claim) return;
    serving->keep_answer(*serving->output);
    records.finish_answer(*serving->claim);
  };
  auto done = [this, serving](std::exception_ptr failure) {
    const bool refused = !serving->output;
    if (failure && !refused) return serving->refuse(error_of(failure));
    if (serving->repeated && !failure) return repeat(serving);
    serving->claim.reset();  // kept, or rolled back with all else
    answer(serving, std::move(serving->output));
  };
  const Route& route = *serving->route;
  if (route.subjects && !serving->claim && serving->request.body.size() <= body_bytes_inline) {
    return context_.parts.storage.post_gathered_write(std::move(work), std::move(done),
                                                      route.subjects(serving->call));
  }
  context_.parts.storage.post_write(std::move(work), std::move(done));
}

void Dispatcher::answer(const std::shared_ptr<Serving>& serving, Route::Output output) {
  if (!output) return refuse(serving, output.error());
  if (serving->claim) {
    serving->keep_answer(*output);
    return context_.parts.storage.post_write(
        [claim = *serving->claim](loop::Records& records) { records.finish_answer(claim); },
        [this, serving, output](std::exception_ptr) {
          // What was done stands; without the note a second request is told that it is under way.
          serving->claim.reset();
          answer(serving, output);
        });
  }
  // Written on the connection's thread: the storage's thread has other things to do.
  auto reply = std::move(serving->reply);
  reply->send_built([serving, value = std::move(*output)] {
    const Route& route = *serving->route;
    http::Response response;
    response.status = serving->status_with(value);
    if (response.status != 204) {
      wire::write_json(response.body, *route.output, value.get());
      response.headers.emplace_back("Content-Type", "application/json");
    }
    add_api_headers(response);
    for (auto& header : serving->call.response_headers) response.headers.push_back(std::move(header));
    response.headers.emplace_back("X-Request-Id", serving->id);
    serving->answered(response.status);
    return response;
  });
}

void Dispatcher::stream(const std::shared_ptr<Serving>& serving) {
  auto response = serving->route->stream(serving->call, serving->input.get());
  if (!response) return refuse(serving, response.error());
  response->headers.emplace_back("Content-Type", "text/event-stream");
  response->headers.emplace_back("X-Accel-Buffering", "no");
  add_api_headers(*response);
  response->events = [this, id = serving->id,
                      begin = std::move(response->events)](std::shared_ptr<http::EventSink> sink) {
    const bool posted = streams_.post([id, begin, sink] {
      try {
        begin(sink);
      } catch (...) {
        log_error("request {}: a stream ended early: {}", id, error_of(std::current_exception()).text());
        sink->close();
      }
    });
    if (!posted) sink->close();
  };
  serving->send(std::move(*response));
}

void Dispatcher::refuse(const std::shared_ptr<Serving>& serving, const Error& error) {
  // A refusal leaves nothing behind: the key is free again.
  if (!serving->claim || transaction_of(*serving->route) == Route::Transaction::write)
    return serving->refuse(error);
  context_.parts.storage.post_write(
      [claim = *serving->claim](loop::Records& records) {
        records.drop_answer(claim.person, claim.route, claim.key);
      },
      [this, serving, error](std::exception_ptr) { serving->refuse(error); });
}

}  // namespace preceptor::server
