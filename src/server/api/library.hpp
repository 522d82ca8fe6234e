#pragma once
// The project's sources, and what a model says while somebody works on a task.
#include "server/api/content.hpp"
#include "server/api/session.hpp"

namespace preceptor::server::api {

struct NewSource {
  std::string title, address, excerpt;
  static void describe(wire::Description<NewSource>& is) {
    is.named("NewSource");
    is.field("title", &NewSource::title, {.length_min = 1, .length_max = 500});
    is.optional("address", &NewSource::address, {.length_max = 2000, .about = "A URL or a citation."});
    is.field("excerpt", &NewSource::excerpt,
             {.length_min = 1, .length_max = 65'536, .about = "What it says."});
  }
};

struct Source {
  SourceId id;
  std::string title, address, excerpt, sha256;
  Timestamp created_at;
  static void describe(wire::Description<Source>& is) {
    is.named("Source");
    is.field("id", &Source::id);
    is.field("title", &Source::title);
    is.field("address", &Source::address);
    is.field("excerpt", &Source::excerpt);
    is.field("sha256", &Source::sha256, {.about = "Of the excerpt."});
    is.field("created_at", &Source::created_at);
  }
};

struct SourceQuery {
  std::optional<std::string> words;
  std::int64_t limit = 100;
  std::optional<std::string> cursor;
  static void describe(wire::Description<SourceQuery>& is) {
    is.optional("words", &SourceQuery::words, {.length_max = 200, .about = "In the title or the address."});
    describe_page(is);
  }
};

struct Trial {
  std::vector<Message> messages;
  static void describe(wire::Description<Trial>& is) {
    is.named("Trial");
    is.field("messages", &Trial::messages,
             {.items_min = 1, .items_max = 200, .about = "The last is the user's."});
  }
};

struct Exchange {
  ExchangeId id;
  std::vector<Message> messages;
  std::string reply, finish;
  static void describe(wire::Description<Exchange>& is) {
    is.named("Exchange");
    is.field("id", &Exchange::id);
    is.field("messages", &Exchange::messages);
    is.field("reply", &Exchange::reply);
    is.field("finish", &Exchange::finish);
  }
};

struct Exchanges {
  std::vector<Exchange> exchanges;
  static void describe(wire::Description<Exchanges>& is) {
    is.named("Exchanges");
    is.field("exchanges", &Exchanges::exchanges, {.about = "In the order of asking."});
  }
};

}  // namespace preceptor::server::api
