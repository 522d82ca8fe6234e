// Asio and Beast, compiled once: module.cmake sets their separate compilation for this module.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
