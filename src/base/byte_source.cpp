#include "base/byte_source.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace preceptor {
namespace {

constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";

class PlainSource final : public ByteSource {
public:
  explicit PlainSource(MappedFile file) : file_(std::move(file)), left_(file_.bytes()) {}

  Result<std::size_t> read(std::span<char> room) override {
    const std::size_t count = std::min(room.size(), left_.size());
    if (count > 0) std::memcpy(room.data(), left_.data(), count);
    left_ = left_.subspan(count);
    return count;
  }

private:
  MappedFile file_;
  std::span<const std::byte> left_;
};

tl::unexpected<Error> damaged(std::string_view what) {
  return refuse(ErrorKind::corrupt, std::string(what), "fetch the file again");
}

class GzipSource final : public ByteSource {
public:
  explicit GzipSource(MappedFile file) : file_(std::move(file)), left_(file_.bytes()) {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw Failure(ErrorKind::internal, "zlib could not start");
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  Result<std::size_t> read(std::span<char> room) override {
    constexpr std::size_t piece_max = 1U << 30U;
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = static_cast<uInt>(std::min(room.size(), piece_max));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted) {
      if (member_ended_) {
        if (left_.empty()) return std::size_t{0};
        if (inflateReset(&stream_) != Z_OK) return damaged("the gzip data is damaged");
        member_ended_ = false;
      }
      const std::size_t piece = std::min(left_.size(), piece_max);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(left_.data()));
      stream_.avail_in = static_cast<uInt>(piece);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      left_ = left_.subspan(piece - stream_.avail_in);
      if (status == Z_STREAM_END) {
        member_ended_ = true;
      } else if (status == Z_BUF_ERROR || (status == Z_OK && left_.empty() && stream_.avail_out == wanted)) {
        return damaged("the gzip data ends in the middle");
      } else if (status != Z_OK) {
        return damaged("the gzip data is damaged");
      }
    }
    return static_cast<std::size_t>(wanted - stream_.avail_out);
  }

private:
  MappedFile file_;
  std::span<const std::byte> left_;
  z_stream stream_{};
  bool member_ended_ = false;
};

class ZstdSource final : public ByteSource {
public:
  explicit ZstdSource(MappedFile file) : file_(std::move(file)), context_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
    if (!context_) throw Failure(ErrorKind::internal, "Zstandard could not start");
    input_ = {file_.bytes().data(), file_.bytes().size(), 0};
  }

  Result<std::size_t> read(std::span<char> room) override {
    ZSTD_outBuffer output{room.data(), room.size(), 0};
    while (output.pos == 0) {
      if (input_.pos == input_.size && frame_ended_) return std::size_t{0};
      const std::size_t before = input_.pos;
      const std::size_t status = ZSTD_decompressStream(context_.get(), &output, &input_);
      if (ZSTD_isError(status) != 0) return damaged("the Zstandard data is damaged");
      frame_ended_ = status == 0;
      if (!frame_ended_ && output.pos == 0 && input_.pos == before) {
        return damaged("the Zstandard data ends in the middle");
      }
    }
    return output.pos;
  }

private:
  MappedFile file_;
  std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context_;
  ZSTD_inBuffer input_{};
  bool frame_ended_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path) {
  auto file = MappedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const std::string_view start(reinterpret_cast<const char*>(file->bytes().data()),
                               std::min<std::size_t>(file->bytes().size(), 4));
  std::unique_ptr<ByteSource> source;
  if (start.starts_with(gzip_magic)) {
    source = std::make_unique<GzipSource>(std::move(*file));
  } else if (start.starts_with(zstd_magic)) {
    source = std::make_unique<ZstdSource>(std::move(*file));
  } else {
    source = std::make_unique<PlainSource>(std::move(*file));
  }
  return source;
}

}  // namespace preceptor
