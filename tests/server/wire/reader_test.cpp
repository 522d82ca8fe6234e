#include "server/wire/reader.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "server/wire/describe.hpp"

namespace preceptor::server::wire {
namespace {

using ShelfId = Id<struct ShelfTag>;

struct Book {
  std::string title;
  std::optional<double> weight;
  static void describe(Description<Book>& is) {
    is.named("Book");
    is.field("title", &Book::title, {.length_min = 1, .length_max = 20});
    is.optional("weight", &Book::weight, {.minimum = 0, .maximum = 10});
  }
};

struct Shelf {
  ShelfId id;
  std::string colour = "brown";
  bool open = false;
  std::int32_t height = 7;
  std::vector<Book> books;
  std::map<std::string, std::int64_t> marks;
  Json anything;
  std::optional<Timestamp> built_at;
  static void describe(Description<Shelf>& is) {
    is.named("Shelf");
    is.field("id", &Shelf::id);
    is.optional("colour", &Shelf::colour, {.choices = {"brown", "white"}});
    is.optional("open", &Shelf::open);
    is.optional("height", &Shelf::height, {.minimum = 1});
    is.optional("books", &Shelf::books, {.items_max = 2});
    is.optional("marks", &Shelf::marks, {.minimum = 0, .maximum = 5});
    is.optional("anything", &Shelf::anything, {.length_max = 50});
    is.optional("built_at", &Shelf::built_at);
  }
};

Result<Shelf> read(std::string_view text) {
  Shelf shelf;
  auto done = read_json(text, type_of<Shelf>(), &shelf);
  if (!done) return tl::unexpected(done.error());
  return shelf;
}

std::string place_of_refusal(std::string_view text) {
  const auto shelf = read(text);
  return shelf ? "accepted" : shelf.error().where;
}

TEST(WireReader, FillsEveryKindOfField) {
  const auto shelf = read(R"({"id": 3, "colour": "white", "open": true, "height": 9, "marks": {"a": 5},
                              "books": [{"title": "One", "weight": 1.5}, {"title": "Zwölf", "weight": null}],
                              "anything": {"b": [1]}, "built_at": "2026-01-31T12:00:00Z"})");
  ASSERT_TRUE(shelf) << shelf.error().text();
  EXPECT_EQ(shelf->id.value, 3);
  EXPECT_EQ(shelf->colour, "white");
  EXPECT_TRUE(shelf->open);
  EXPECT_EQ(shelf->height, 9);
  ASSERT_EQ(shelf->books.size(), 2u);
  EXPECT_EQ(shelf->books[0].weight, 1.5);
  EXPECT_EQ(shelf->books[1].title, "Zwölf");
  EXPECT_FALSE(shelf->books[1].weight);
  EXPECT_EQ(shelf->marks.at("a"), 5);
  EXPECT_EQ(shelf->anything.text, R"({"b":[1]})");
  EXPECT_EQ(shelf->built_at->iso8601(), "2026-01-31T12:00:00.000000Z");
}

TEST(WireReader, KeepsTheInitialValueOfAFieldThatIsLeftOut) {
  const auto shelf = read(R"({"id": 1})");
  ASSERT_TRUE(shelf);
  EXPECT_EQ(shelf->colour, "brown");
  EXPECT_EQ(shelf->height, 7);
}

TEST(WireReader, NamesThePlaceOfWhatItRefuses) {
  EXPECT_EQ(place_of_refusal(R"({})"), "/id");
  EXPECT_EQ(place_of_refusal(R"({"id": 1, "depth": 2})"), "/depth");
  EXPECT_EQ(place_of_refusal(R"({"id": 1, "books": [{"title": "a"}, {"title": ""}]})"), "/books/1/title");
  EXPECT_EQ(place_of_refusal(R"({"id": 1, "books": [{"title": "a", "weight": 11}]})"), "/books/0/weight");
  EXPECT_EQ(place_of_refusal(R"({"id": 1, "books": [{"title": "a", "pages": 1}]})"), "/books/0/pages");
  EXPECT_EQ(place_of_refusal(R"({"id": 1, "marks": {"b": 6}})"), "/marks/b");
}

TEST(WireReader, RefusesWrongTypesAndValuesOutOfRange) {
  for (const auto* text : {R"({"id": 0})",
                           R"({"id": -4})",
                           R"({"id": 1.5})",
                           R"({"id": "1"})",
                           R"({"id": null})",
                           R"({"id": 18446744073709551615})",
                           R"({"id": 1, "colour": "green"})",
                           R"({"id": 1, "open": 1})",
                           R"({"id": 1, "height": 0})",
                           R"({"id": 1, "height": 4294967296})",
                           R"({"id": 1, "books": {}})",
                           R"({"id": 1, "books": [{"title": "a"}, {"title": "b"}, {"title": "c"}]})",
                           R"({"id": 1, "marks": []})",
                           R"({"id": 1, "colour": 7})",
                           R"({"id": 1, "built_at": "yesterday"})",
                           R"({"id": 1, "built_at": 5})",
                           R"({"id": 1, "books": [{"title": "a\u0000b"}]})",
                           R"({"id": 1, "books": [{"title": "123456789012345678901"}]})",
                           R"({"id": 1, "anything": "123456789012345678901234567890123456789012345678901"})",
                           R"([])",
                           R"("x")",
                           R"(5)"}) {
    const auto shelf = read(text);
    ASSERT_FALSE(shelf) << text;
    EXPECT_EQ(shelf.error().kind, ErrorKind::invalid) << text;
  }
}

TEST(WireReader, RefusesBrokenText) {
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read("{\"id\": 1"));
  EXPECT_FALSE(read("{\"id\": 1} x"));
  EXPECT_FALSE(read("{\"id\": 1, \"colour\": \"\xff\"}"));
  EXPECT_FALSE(read("{\"id\": 1, \"anything\": " + std::string(50, '[') + std::string(50, ']') + "}"));
  EXPECT_TRUE(read("{\"id\": 1, \"anything\": " + std::string(20, '[') + std::string(20, ']') + "}"));
}

struct Search {
  std::optional<std::string> word;
  std::int64_t limit = 10;
  bool deep = false;
  std::optional<ShelfId> shelf;
  static void describe(Description<Search>& is) {
    is.optional("word", &Search::word, {.length_max = 5});
    is.optional("limit", &Search::limit, {.minimum = 1, .maximum = 20});
    is.optional("deep", &Search::deep);
    is.optional("shelf", &Search::shelf);
  }
};

TEST(WireReader, ReadsAQueryString) {
  Search search;
  ASSERT_TRUE(read_query({{"word", "é"}, {"limit", "20"}, {"deep", "true"}, {"shelf", "8"}},
                         type_of<Search>(), &search));
  EXPECT_EQ(search.word, "é");
  EXPECT_EQ(search.limit, 20);
  EXPECT_TRUE(search.deep);
  EXPECT_EQ(search.shelf->value, 8);
}

TEST(WireReader, RefusesABadQueryString) {
  for (const QueryItems& items : std::vector<QueryItems>{{{"words", "a"}},
                                                         {{"limit", "0"}},
                                                         {{"limit", "21"}},
                                                         {{"limit", "1e3"}},
                                                         {{"limit", ""}},
                                                         {{"deep", "yes"}},
                                                         {{"shelf", "0"}},
                                                         {{"word", "too long"}},
                                                         {{"word", "\xff"}},
                                                         {{"limit", "1"}, {"limit", "2"}}}) {
    Search search;
    EXPECT_FALSE(read_query(items, type_of<Search>(), &search))
        << items.front().first << "=" << items.front().second;
  }
}

}  // namespace
}  // namespace preceptor::server::wire
