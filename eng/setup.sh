# Sourced by ./run, ./test and ./bench: brings what a fresh Debian or Ubuntu lacks, quickly when nothing is missing.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD
STAMPS=$ROOT/artifacts/stamps
CONFIGURATION=${CONFIGURATION:-Release}
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
mkdir -p "$STAMPS"

say() { printf '\033[2m· %s\033[0m\n' "$*"; }
fail() { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

# Each of these holds when a thing is here, however it came here.
has_commands() { local name; for name in "$@"; do command -v "$name" >/dev/null || return 1; done; }
has_library() { [[ "$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null)" == *"$1 "* ]]; }
# Debian's own Python: another one in the path knows nothing of its packages.
has_python_modules() { local name; for name in "$@"; do /usr/bin/python3 -c "import $name" 2>/dev/null || return 1; done; }
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
has_photographs() { [[ -f ${PORTICO_ARTWORK:-/usr/share/backgrounds/mate}/nature/Garden.jpg ]]; }
has_browser() {
  [[ -n ${CHROMIUM_PATH:-} ]] || CHROMIUM_PATH=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
  export CHROMIUM_PATH
  [[ -x $CHROMIUM_PATH ]] || { unset CHROMIUM_PATH; return 1; }
}

# What is needed | how to tell that it is here | the packages that bring it: the first that apt knows is taken
# (Debian 13 and Ubuntu 24.04 renamed libraries with a 64-bit time).
RUNTIME_NEEDS=(
  "ffmpeg|has_commands ffmpeg ffprobe|ffmpeg"
  "libvips|has_library libvips.so.42|libvips42t64 libvips42"
  "SQLite|has_library libsqlite3.so.0|libsqlite3-0"
  "setpriv, prlimit, flock, setsid|has_commands setpriv prlimit flock setsid|util-linux"
)
TEST_NEEDS=(
  "Chromium (or CHROMIUM_PATH)|has_browser|chromium chromium-browser"
  "photographs (or PORTICO_ARTWORK)|has_photographs|mate-backgrounds"
)
# What ./bench host compares with, and the load it does so under.
PEER_NEEDS=(
  "wrk|has_commands wrk|wrk"
  "FastAPI|has_python_modules fastapi|python3-fastapi"
  "uvicorn|has_python_modules uvicorn|python3-uvicorn"
  "uvloop|has_python_modules uvloop|python3-uvloop"
  "httptools|has_python_modules httptools|python3-httptools"
  "PostgreSQL|has_postgres|postgresql"
)
# The photographs of ./bench quality (tests/Benchmarks/Quality/photograph-list.ts).
QUALITY_NEEDS=(
  "photographs for Plasma|test -d /usr/share/wallpapers/Path|plasma-workspace-wallpapers"
  "photographs for Lomiri|test -f /usr/share/backgrounds/picosdeeuropa_by_Aitzol_Berasategi.jpg|lomiri-wallpapers-16.04"
  "more photographs for Lomiri|test -f /usr/share/backgrounds/Kleiber_by_Lukas_Baubkus.jpg|lomiri-wallpapers-20.04"
  "photographs for LXQt|test -f /usr/share/lxqt/wallpapers/Valendas.png|lxqt-themes"
  "photographs for puzzles|test -f /usr/share/palapeli/collection/citrus-fruits.jpg|palapeli-data"
)

# missing_toolchains: a line for each that is not here or too old.
missing_toolchains() {
  local version sdks
  sdks=$(dotnet --list-sdks 2>/dev/null || true)
  [[ $'\n'$sdks == *$'\n10.'* ]] ||
    echo "the .NET 10 SDK${sdks:+ (found ${sdks%% *})}: https://learn.microsoft.com/dotnet/core/install/linux"
  version=$(node --version 2>/dev/null || true)
  [[ $version =~ ^v([0-9]+)\.([0-9]+) ]] && ((BASH_REMATCH[1] > 20 || (BASH_REMATCH[1] == 20 && BASH_REMATCH[2] >= 19))) ||
    echo "Node.js 20.19 or newer${version:+ (found $version)}: https://nodejs.org"
}

# package_of CANDIDATE…: the first that apt knows, else the first.
package_of() {
  local name
  if (($# > 1)); then
    for name in "$@"; do
      [[ "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" == *Package:* ]] && { echo "$name"; return; }
    done
  fi
  echo "$1"
}

# setup_machine NEED…: installs what is missing when it may, else says in one message all that is missing and what to type.
setup_machine() {
  local need what probe candidates toolchains wanted=() packages=() sudo=()
  toolchains=$(missing_toolchains)
  for need in "$@"; do
    IFS='|' read -r what probe candidates <<<"$need"
    $probe || wanted+=("$need")
  done
  [[ -z $toolchains ]] && ((!${#wanted[@]})) && return 0

  local may_install=
  if ((${#wanted[@]})) && [[ -z $toolchains ]] && command -v apt-get >/dev/null; then
    if [[ $EUID -eq 0 ]]; then may_install=1
    elif sudo -n true 2>/dev/null; then may_install=1 sudo=(sudo)
    fi
  fi
  # A fresh container knows no packages before this.
  [[ -z $may_install ]] || "${sudo[@]}" apt-get update -qq >"$STAMPS/apt.log" 2>&1 || true
  for need in "${wanted[@]}"; do
    IFS='|' read -r what probe candidates <<<"$need"
    # shellcheck disable=SC2086 # a list of names
    packages+=("$(package_of $candidates)")
  done

  if [[ -z $may_install ]]; then
    printf '\033[31m✗ Missing on this machine:\033[0m\n' >&2
    [[ -z $toolchains ]] || sed 's/^/  - /' <<<"$toolchains" >&2
    for need in "${wanted[@]}"; do printf '  - %s\n' "${need%%|*}" >&2; done
    ((!${#wanted[@]})) || printf 'On Debian or Ubuntu: sudo apt-get update && sudo apt-get install -y %s\n' "${packages[*]}" >&2
    exit 1
  fi
  say "installing ${packages[*]}"
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >>"$STAMPS/apt.log" 2>&1 ||
    fail "apt-get could not install ${packages[*]}; see artifacts/stamps/apt.log"
  hash -r
  for need in "${wanted[@]}"; do
    IFS='|' read -r what probe candidates <<<"$need"
    $probe || fail "$what is still missing after installing ${packages[*]}; see artifacts/stamps/apt.log"
  done
}

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

# signature PATH…: of the names, sizes and times of every source file under the paths.
signature() {
  find "$@" \( -name bin -o -name obj -o -name node_modules -o -name dist -o -name build \) -prune -o -type f -printf '%p %s %T@\n' 2>/dev/null |
    LC_ALL=C sort | sha1sum | cut -d' ' -f1
}

# once STAMP "what" PATH… -- COMMAND…: runs the command unless nothing under the paths changed since it last succeeded.
once() {
  local stamp=$STAMPS/$1 what=$2 paths=() before; shift 2
  while [[ $1 != -- ]]; do paths+=("$1"); shift; done; shift
  before=$(signature "${paths[@]}")
  [[ -f $stamp && "$(<"$stamp")" == "$before" ]] && return 0
  say "$what"
  "$@" >"$stamp.log" 2>&1 || { tail -n 60 "$stamp.log" >&2; fail "$what: failed (${stamp#"$ROOT"/}.log)"; }
  printf '%s' "$before" >"$stamp"
}

APP_DLL=$ROOT/artifacts/app/Portico.App.dll

npm_install() { npm ci --no-audit --no-fund --loglevel=error; }
build_web() { npm run build; }
# Compiled ahead of time where the compiler's package can be had: the start spends most of its time on the JIT compiler.
build_app() { publish_app -p:PublishReadyToRun=true || publish_app; }
publish_app() { rm -rf artifacts/app && dotnet publish functions/App/App.csproj -c "$CONFIGURATION" --use-current-runtime --self-contained false -o artifacts/app -v q --nologo "$@"; }

setup_web() {
  [[ -d node_modules ]] || rm -f "$STAMPS/npm"
  [[ -f static-webxr/dist/index.html ]] || rm -f "$STAMPS/web"
  once npm "installing npm packages" package.json package-lock.json static-webxr/package.json static-webxr/tracker/package.json tests/web/package.json tests/e2e/package.json -- npm_install
  once web "building the web pages" static-webxr package-lock.json -- build_web
}

# Apart from the other packages: it brings some 450 of its own, and only its tests and ./run --cosmos want it.
setup_cosmos_emulator() {
  [[ -d eng/cosmos-emulator/node_modules ]] || rm -f "$STAMPS/cosmos-emulator"
  once cosmos-emulator "installing the Cosmos DB emulator" eng/cosmos-emulator/package.json eng/cosmos-emulator/package-lock.json -- in_folder eng/cosmos-emulator npm_install
}
# Likewise: what ./bench tracking and ./bench markers compare with.
setup_mindar() {
  [[ -d tests/Benchmarks/mindar/node_modules ]] || rm -f "$STAMPS/mindar"
  once mindar "installing MindAR" tests/Benchmarks/mindar/package.json tests/Benchmarks/mindar/package-lock.json -- in_folder tests/Benchmarks/mindar npm_install
}
in_folder() { (cd "$1" && "${@:2}"); }

setup_app() {
  [[ -f $APP_DLL ]] || rm -f "$STAMPS/app"
  once app "building the functions" functions Directory.Build.props Directory.Packages.props global.json host.json -- build_app
  # For the scripts that start it themselves.
  export PORTICO_APP_DLL=$APP_DLL
}
