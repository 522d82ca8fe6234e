#include "server/routes/match.hpp"

#include <charconv>
#include <map>

#include "base/encoding.hpp"
#include "server/routes/table.hpp"

namespace preceptor::server {

namespace {

using Segments = std::vector<std::string_view>;

Segments segments_of(std::string_view path) {
  Segments segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool parse_id(std::string_view text, std::int64_t& id) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc{} && stop == text.data() + text.size() && id > 0;
}

struct Row {
  Segments segments;
  const Route* route;
};

// By the number of segments, which already tells most paths apart.
const std::multimap<std::size_t, Row>& rows() {
  static const auto built = [] {
    std::multimap<std::size_t, Row> by_length;
    for (const Route& route : all_routes()) {
      Row row{segments_of(route.path), &route};
      const std::size_t length = row.segments.size();
      by_length.emplace(length, std::move(row));
    }
    return by_length;
  }();
  return built;
}

bool fits(const Segments& pattern, const Segments& path, std::vector<std::int64_t>& ids) {
  ids.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_parameter(pattern[i])) {
      if (!parse_id(path[i], ids.emplace_back())) return false;
    } else if (pattern[i] != path[i]) {
      return false;
    }
  }
  return true;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Result<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return refuse(ErrorKind::invalid, "The query string has a broken % sequence");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (!valid_utf8(out)) return refuse(ErrorKind::invalid, "The query string is not UTF-8");
  if (out.find('\0') != std::string::npos)
    return refuse(ErrorKind::invalid, "The character U+0000 is not allowed in a query string");
  return out;
}

}  // namespace

Match match(std::string_view method, std::string_view path) {
  Match found;
  if (!path.starts_with(api_prefix)) return found;
  path.remove_prefix(api_prefix.size());
  if (!path.starts_with('/')) return found;
  const Segments segments = segments_of(path);
  const auto [first, last] = rows().equal_range(segments.size());
  for (auto row = first; row != last; ++row) {
    if (!fits(row->second.segments, segments, found.ids)) continue;
    const Route& route = *row->second.route;
    if (route.method == method || (method == "HEAD" && route.method == "GET" && !route.streams)) {
      found.route = &route;
      return found;
    }
    found.allow += (found.allow.empty() ? "" : ", ") + std::string(route.method);
  }
  return found;
}

Result<wire::QueryItems> query_items(std::string_view query) {
  wire::QueryItems items;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (item.empty()) continue;
    const auto equals = std::min(item.find('='), item.size());
    auto key = decoded(item.substr(0, equals));
    if (!key) return tl::unexpected(key.error());
    auto value = decoded(item.substr(std::min(equals + 1, item.size())));
    if (!value) return tl::unexpected(value.error());
    items.emplace_back(std::move(*key), std::move(*value));
  }
  return items;
}

}  // namespace preceptor::server
