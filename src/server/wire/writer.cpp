#include "server/wire/writer.hpp"

#include <charconv>
#include <cmath>

namespace preceptor::server::wire {

namespace {

template <class Number>
void append_number(std::string& out, Number value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void write_object(std::string& out, const Type& type, const void* value) {
  out += '{';
  bool first = true;
  for (const Field& field : type.fields) {
    if (!first) out += ',';
    first = false;
    out += '"';
    out += field.key;
    out += "\":";
    write_json(out, *field.type, static_cast<const char*>(value) + field.offset);
  }
  out += '}';
}

struct MapWriter {
  std::string& out;
  const Type& element;
  bool first = true;
};

void write_map(std::string& out, const Type& type, const void* value) {
  MapWriter writer{out, *type.element};
  out += '{';
  type.each(value, &writer, [](void* context, const std::string& key, const void* item) {
    auto& self = *static_cast<MapWriter*>(context);
    if (!self.first) self.out += ',';
    self.first = false;
    write_json_string(self.out, key);
    self.out += ':';
    write_json(self.out, self.element, item);
  });
  out += '}';
}

}  // namespace

void write_json_string(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // start of the bytes that need no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    if (c == '"' || c == '\\') {
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += 'n';
    } else if (c == '\t') {
      out += 't';
    } else if (c == '\r') {
      out += 'r';
    } else {
      out += "u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    }
  }
  out.append(text, plain);
  out += '"';
}

void write_json(std::string& out, const Type& type, const void* value) {
  switch (type.kind) {
    case Kind::nothing: break;
    case Kind::boolean: out += type.integer(value) != 0 ? "true" : "false"; break;
    case Kind::integer: append_number(out, type.integer(value)); break;
    case Kind::number:
      if (const double number = type.number(value); std::isfinite(number))
        append_number(out, number);
      else
        out += "null";
      break;
    case Kind::string: write_json_string(out, *static_cast<const std::string*>(value)); break;
    case Kind::timestamp: write_json_string(out, static_cast<const Timestamp*>(value)->iso8601()); break;
    case Kind::json: out += static_cast<const Json*>(value)->text; break;
    case Kind::nullable:
      if (const void* held = type.value(value))
        write_json(out, *type.element, held);
      else
        out += "null";
      break;
    case Kind::list: {
      out += '[';
      const std::size_t size = type.size(value);
      for (std::size_t i = 0; i < size; ++i) {
        if (i > 0) out += ',';
        write_json(out, *type.element, type.at(value, i));
      }
      out += ']';
      break;
    }
    case Kind::map: write_map(out, type, value); break;
    case Kind::object: write_object(out, type, value); break;
  }
}

}  // namespace preceptor::server::wire
