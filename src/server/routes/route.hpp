#pragma once
// One row of the typed table of routes: it serves the request, validates it, and writes its part of the
// OpenAPI document.
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/accounts.hpp"
#include "loop/storage.hpp"
#include "server/context.hpp"
#include "server/http/message.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server {

struct Route;

// What a handler may know about the call it serves.
struct Call {
  Context& context;
  const http::Request& request;
  std::vector<std::int64_t> ids = {};                                      // of the path, from left to right
  feedback::Authenticated caller = {};                                     // empty on a route for anyone
  std::vector<std::pair<std::string, std::string>> response_headers = {};  // added to the answer
  const Route* route = nullptr;  // the row of the table that was called
  // Whose data the answer shows: written into the event log before it is sent, unless it is the caller's own.
  std::vector<feedback::PersonId> people_read = {};
  feedback::ProjectId project_read = {};

  template <class IdType>
  IdType id(std::size_t place) const {
    return IdType{ids.at(place)};
  }
  const feedback::Actor& actor() const { return caller.actor; }
  const Clock& clock() const { return context.parts.clock; }
};

// Who may call a route.
struct Access {
  enum class Kind {
    anyone,
    signed_in,
    session,
    administrator,
    administrator_session,
    member
  } kind = Kind::anyone;
  feedback::Right right = feedback::Right::see_project;  // of a member

  static Access anyone() { return {Kind::anyone}; }
  static Access signed_in() { return {Kind::signed_in}; }
  static Access session() { return {Kind::session}; }  // never with an API token
  static Access administrator_session() { return {Kind::administrator_session}; }
  static Access administrator() { return {Kind::administrator}; }
  static Access member(feedback::Right right) { return {Kind::member, right}; }
};

constexpr std::size_t body_bytes_max_default = 8 << 20;
constexpr std::size_t body_bytes_max_import = 64 << 20;

struct Route {
  std::string_view method, path;  // "/tasks/{task}/skip", below /api/v1
  std::string_view operation;     // the id in the document: "skipTask"
  std::string_view summary;
  std::string_view topic;
  Access access;
  std::vector<ErrorKind> errors = {};  // beyond those that follow from the rest
  int status = 200;
  std::size_t body_bytes_max = body_bytes_max_default;
  bool runs_code = false;       // waits for the sandbox: on threads of its own
  bool takes_tag = false;       // minds If-Match
  bool answers_secret = false;  // which is shown once and kept nowhere

  // From here on filled in by read(), write() and unbound().
  enum class Transaction { none, read, write, steps } transaction = Transaction::none;
  bool may_be_empty = false;           // 204 when there is nothing to answer
  const wire::Type* input = nullptr;   // the body, or with GET the query
  const wire::Type* output = nullptr;  // of the answer, or of each event's data
  bool streams = false;
  std::function<std::shared_ptr<void>()> make_input;
  using Output = Result<std::shared_ptr<const void>>;
  std::function<Output(Call&, loop::Records*, const void* input)> run;
  using Step = Output(Call&, loop::Records&, const void* input, const void* left);
  struct Steps {  // see in_steps; each gets what the one before it left, the first nothing
    std::function<Step> look, act, show;
  } steps;
  std::function<Result<http::Response>(Call&, const void* input)> stream;
  // Of a write that may be done side by side with others (loop::Storage); see gathered().
  std::function<loop::Subjects(const Call&)> subjects;
};

namespace detail {

template <class In>
void take(Route& route) {
  route.input = &wire::type_of<In>();
  route.make_input = [] { return std::static_pointer_cast<void>(std::make_shared<In>()); };
}

template <class Out>
struct Answer {
  using Value = Out;
  static Route::Output erase(Result<Out> answer) {
    if (!answer) return tl::unexpected(std::move(answer.error()));
    return std::make_shared<const Out>(std::move(*answer));
  }
};

template <class Out>
struct Answer<std::optional<Out>> {
  using Value = Out;
  static Route::Output erase(Result<std::optional<Out>> answer) {
    if (!answer) return tl::unexpected(std::move(answer.error()));
    if (!answer->has_value()) return std::shared_ptr<const void>();
    return std::make_shared<const Out>(std::move(**answer));
  }
};

template <class Out>
void give(Route& route) {
  route.output = &wire::type_of<typename Answer<Out>::Value>();
  route.may_be_empty = !std::is_same_v<Out, typename Answer<Out>::Value>;
  if (std::is_same_v<Out, wire::Nothing>) route.status = 204;
}

template <class Out, class In>
Route transacted(Route route, Route::Transaction transaction,
                 Result<Out> (*handler)(Call&, loop::Records&, const In&)) {
  take<In>(route);
  give<Out>(route);
  route.transaction = transaction;
  route.run = [handler](Call& call, loop::Records* records, const void* input) {
    return Answer<Out>::erase(handler(call, *records, *static_cast<const In*>(input)));
  };
  return route;
}

}  // namespace detail

// The handler runs inside one read-only view.
template <class Out, class In>
Route read(Route route, Result<Out> (*handler)(Call&, loop::Records&, const In&)) {
  return detail::transacted(std::move(route), Route::Transaction::read, handler);
}

// The handler runs inside one write; a refusal rolls it back, and the answer leaves once it is durable.
template <class Out, class In>
Route write(Route route, Result<Out> (*handler)(Call&, loop::Records&, const In&)) {
  return detail::transacted(std::move(route), Route::Transaction::write, handler);
}

// Three handlers for a call that many make at once, where the one thread that writes should not be kept busy:
// `look` in a read-only view finds out what the write is about, `act` does no more than that in one write,
// and `show` in a read-only view, once it is durable, makes the answer. A refusal of any ends the call. Where
// writes do not wait for each other, `act` and `show` share one write, and `act` is told nothing: a Found of
// default values.
template <class Out, class In, class Found, class Done>
Route in_steps(Route route, Result<Found> (*look)(Call&, loop::Records&, const In&),
               Result<Done> (*act)(Call&, loop::Records&, const In&, const Found&),
               Result<Out> (*show)(Call&, loop::Records&, const In&, const Done&)) {
  detail::take<In>(route);
  detail::give<Out>(route);
  route.transaction = Route::Transaction::steps;
  const auto keep = [](auto result) -> Route::Output {
    if (!result) return tl::unexpected(std::move(result.error()));
    return std::make_shared<const std::decay_t<decltype(*result)>>(std::move(*result));
  };
  route.steps.look = [look, keep](Call& call, loop::Records& records, const void* input, const void*) {
    return keep(look(call, records, *static_cast<const In*>(input)));
  };
  route.steps.act = [act, keep](Call& call, loop::Records& records, const void* input, const void* found) {
    return keep(act(call, records, *static_cast<const In*>(input), *static_cast<const Found*>(found)));
  };
  route.run = [act, show](Call& call, loop::Records* records, const void* input) -> Route::Output {
    const auto& in = *static_cast<const In*>(input);
    const auto done = act(call, *records, in, Found{});
    if (!done) return tl::unexpected(done.error());
    return detail::Answer<Out>::erase(show(call, *records, in, *done));
  };
  route.steps.show = [show](Call& call, loop::Records& records, const void* input, const void* done) {
    return detail::Answer<Out>::erase(
        show(call, records, *static_cast<const In*>(input), *static_cast<const Done*>(done)));
  };
  return route;
}

// The handler opens its own transactions: for work that is slow and must not hold one open.
template <class Out, class In>
Route unbound(Route route, Result<Out> (*handler)(Call&, const In&)) {
  detail::take<In>(route);
  detail::give<Out>(route);
  route.run = [handler](Call& call, loop::Records*, const void* input) {
    return detail::Answer<Out>::erase(handler(call, *static_cast<const In*>(input)));
  };
  return route;
}

// The answer is a stream of server-sent events, their data being of the given type.
template <class In>
Route stream(Route route, const wire::Type& event, Result<http::Response> (*handler)(Call&, const In&)) {
  detail::take<In>(route);
  route.output = &event;
  route.streams = true;
  route.stream = [handler](Call& call, const void* input) {
    return handler(call, *static_cast<const In*>(input));
  };
  return route;
}

}  // namespace preceptor::server
