# Sourced by the other scripts: the project's folder as $top, its private Node in front of PATH, Rust's usual
# place behind it, one locale.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$top/.cache
[ ! -x "$cache/node/bin/node" ] || PATH=$cache/node/bin:$PATH
[ ! -x "$HOME/.cargo/bin/cargo" ] || command -v cargo >/dev/null || PATH=$PATH:$HOME/.cargo/bin
export PATH LC_ALL=C.UTF-8 npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
