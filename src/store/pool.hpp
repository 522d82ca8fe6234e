// A bounded set of connections, opened as they are needed and lent to one user at a time.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace preceptor::store {

template <class Connection>
class Pool {
public:
  Pool(int connections_max, std::function<std::unique_ptr<Connection>()> open)
      : free_places_(connections_max), open_(std::move(open)) {}

  // Returns the connection to the pool unless it was dropped.
  class Lease {
  public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    ~Lease() { pool_.give_back(std::move(connection_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Connection& operator*() { return *connection_; }
    Connection* operator->() { return connection_.get(); }
    bool is_dropped() const { return connection_ == nullptr; }
    void drop() { connection_.reset(); }  // it is in a state that nobody wants to inherit

  private:
    Pool& pool_;
    std::unique_ptr<Connection> connection_;
  };

  Lease take() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return !idle_.empty() || free_places_ > 0; });
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection));
    }
    --free_places_;
    lock.unlock();
    try {
      return Lease(*this, open_());
    } catch (...) {
      give_back(nullptr);
      throw;
    }
  }

private:
  void give_back(std::unique_ptr<Connection> connection) {
    {
      const std::lock_guard lock(mutex_);
      if (connection) {
        idle_.push_back(std::move(connection));
      } else {
        ++free_places_;
      }
    }
    returned_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  int free_places_;
  std::function<std::unique_ptr<Connection>()> open_;
};

}  // namespace preceptor::store
