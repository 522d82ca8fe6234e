#pragma once
// From a request to its route, and back: matching, authentication, reading the input, the transaction, the
// answer.
#include <atomic>
#include <memory>
#include <string>

#include "server/context.hpp"
#include "server/http/handler_pool.hpp"
#include "server/http/server.hpp"
#include "server/openai/endpoint.hpp"
#include "server/outside_table.hpp"
#include "server/serving.hpp"

namespace preceptor::server {

class Dispatcher final : public http::Handler {
public:
  explicit Dispatcher(Context& context);

  std::size_t body_bytes_max(std::string_view method, std::string_view path) override;
  void handle(http::Request request, std::shared_ptr<http::Reply> reply) override;
  http::Response broken(int status) override;

  // After the HTTP server has stopped: waits for long answers to end.
  void stop();

private:
  void serve(std::shared_ptr<Serving> serving);
  void run(const std::shared_ptr<Serving>& serving);
  void run_transaction(const std::shared_ptr<Serving>& serving);
  void run_write(const std::shared_ptr<Serving>& serving);
  Route::Transaction transaction_of(const Route&) const;
  void run_steps(const std::shared_ptr<Serving>& serving);
  void show(const std::shared_ptr<Serving>& serving);
  void answer(const std::shared_ptr<Serving>& serving, Route::Output output);
  void stream(const std::shared_ptr<Serving>& serving);
  void repeat(const std::shared_ptr<Serving>& serving);
  void log_read(const std::shared_ptr<Serving>& serving);
  void refuse(const std::shared_ptr<Serving>& serving, const Error& error);
  http::HandlerPool& pool_for(const Route& route);

  Context& context_;
  openai::Endpoint openai_;
  // Chat, and the hashing of passwords, each have threads of their own, so that they never keep others
  // waiting.
  http::HandlerPool handlers_{16};  // reads: more would only wait for the database's connections
  http::HandlerPool streams_{32};
  http::HandlerPool hashing_{2};
  http::HandlerPool code_{CodeRunner::runs_max + 2};  // those that are refused need a thread too
  OutsideTable outside_{context_, handlers_};
  const std::string request_prefix_;
  std::atomic<std::uint64_t> request_number_{0};
};

}  // namespace preceptor::server
